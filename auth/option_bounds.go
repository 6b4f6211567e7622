package auth

import (
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/option"
)

// checkOptions refuses options that cannot work, so that they are an error of the
// start and not of every sign-in: those that their fields do not allow, and those
// that contradict each other.
func (a *Auth) checkOptions() error {
	o := a.Options
	errs := []error{option.Check(&o)}
	if p := o.EmailAndPassword; p.MinPasswordLength > p.MaxPasswordLength {
		errs = append(errs, fmt.Errorf("emailAndPassword.minPasswordLength is %d, but maxPasswordLength is %d: no password is long and short enough", p.MinPasswordLength, p.MaxPasswordLength))
	}
	if age := o.Session.CookieCache.RefreshCache.UpdateAge; age != nil {
		errs = append(errs, below("session.cookieCache.refreshCache", option.Check(&refreshCacheMap{*age})))
	}
	for _, r := range o.RateLimit.CustomRules {
		errs = append(errs, checkCustomRule(r))
	}
	return errors.Join(errs...)
}

// below puts a path before the path of a mistake.
func below(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s.%w", path, err)
}

// checkCustomRule refuses a window of 0: it would count nothing, so the path
// would be without any limit.
func checkCustomRule(r CustomRule) error {
	path := "rateLimit.customRules." + r.Path
	switch {
	case r.Off || r.Func != nil:
		return nil
	case r.Window == 0:
		return fmt.Errorf("%s.window is 0, so nothing is ever counted: say false to leave the path without a limit", path)
	}
	return below(path, option.Check(&RuleSize{r.Window, r.Max}))
}
