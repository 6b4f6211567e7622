package auth

import (
	"errors"
	"fmt"

	"github.com/seed-32bd42cb/betterauth/option"
)

// checkOptions returns an error for options that cannot work, so that the server does not start instead of failing at
// every sign-in: values that a field does not allow, and options that contradict each other.
func (a *Auth) checkOptions() error {
	o := a.Options
	errs := []error{option.Check(&o)}
	if p := o.EmailAndPassword; p.MinPasswordLength > p.MaxPasswordLength {
		errs = append(errs, fmt.Errorf("emailAndPassword.minPasswordLength is %d, but maxPasswordLength is %d: no password can satisfy both", p.MinPasswordLength, p.MaxPasswordLength))
	}
	if age := o.Session.CookieCache.RefreshCache.UpdateAge; age != nil {
		errs = append(errs, below("session.cookieCache.refreshCache", option.Check(&refreshCacheMap{*age})))
	}
	if o.User.DeleteUser.GracePeriod < 0 {
		errs = append(errs, errors.New("user.deleteUser.gracePeriod must be positive"))
	}
	for _, r := range o.RateLimit.CustomRules {
		errs = append(errs, checkCustomRule(r))
	}
	return errors.Join(errs...)
}

// below prefixes the path of an error with another path.
func below(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s.%w", path, err)
}

// checkCustomRule refuses a window of 0, which would count nothing, so that the path would have no limit at all.
func checkCustomRule(r CustomRule) error {
	path := "rateLimit.customRules." + r.Path
	switch {
	case r.Off || r.Func != nil:
		return nil
	case r.Window == 0:
		return fmt.Errorf("%s.window is 0, so nothing is counted; use false to leave the path without a limit", path)
	}
	return below(path, option.Check(&RuleSize{r.Window, r.Max}))
}
