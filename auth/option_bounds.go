package auth

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/seed-32bd42cb/betterauth/cookie"
)

// LongestTime is the longest time in seconds that an option may name, about a
// hundred years. Longer ones would overflow durations, or make dates that no
// database column and no JSON text can hold.
const LongestTime = 100 * 366 * 24 * 60 * 60

// CheckNumber returns an error that names the option unless n is between low
// and high.
func CheckNumber[N int | int64 | float64](option string, n, low, high N) error {
	switch {
	case n >= low && n <= high:
		return nil
	case n > high:
		return fmt.Errorf("%s is %v, but must be at most %v", option, n, high)
	}
	return fmt.Errorf("%s is %v, but must be at least %v", option, n, low) // NaN too
}

// CheckTime returns an error that names the option unless n is a time in
// seconds that can be waited for: from 0, which stands for the default, to
// LongestTime.
func CheckTime(option string, n int) error { return CheckNumber(option, n, 0, LongestTime) }

// CheckLimit returns an error that names the option unless the rule can limit
// anything. Zeros stand for the defaults.
func CheckLimit(option string, r RuleSize) error {
	return errors.Join(CheckTime(option+".window", r.Window), CheckNumber(option+".max", r.Max, 0, maxCount))
}

// maxCount fits the columns that counts are stored in.
const maxCount = 1<<31 - 1

// checkCookieAge refuses an age that no cookie may have: every answer that sets
// the cookie would fail.
func checkCookieAge(option string, n int) error {
	if n > cookie.LongestAge {
		return fmt.Errorf("%s is %d seconds, but cookies live for at most %d (400 days)", option, n, cookie.LongestAge)
	}
	return CheckNumber(option, n, 0, cookie.LongestAge)
}

// checkNumbers refuses numbers that cannot work, so that they are an error of
// the start and not of every sign-in.
func (a *Auth) checkNumbers() error {
	o := a.Options
	cache := o.Session.CookieCache
	errs := []error{
		checkCookieAge("session.expiresIn", o.Session.ExpiresIn),
		checkCookieAge("session.cookieCache.maxAge", cache.MaxAge),
		CheckTime("session.updateAge", intOr(o.Session.UpdateAge, 0)),
		CheckTime("session.freshAge", intOr(o.Session.FreshAge, 0)),
		CheckTime("session.cookieCache.refreshCache.updateAge", intOr(cache.RefreshCache.UpdateAge, 0)),
		CheckTime("emailAndPassword.resetPasswordTokenExpiresIn", o.EmailAndPassword.ResetPasswordTokenExpiresIn),
		CheckTime("emailVerification.expiresIn", o.EmailVerification.ExpiresIn),
		CheckTime("user.deleteUser.deleteTokenExpiresIn", o.User.DeleteUser.DeleteTokenExpiresIn),
		CheckLimit("rateLimit", RuleSize{o.RateLimit.Window, o.RateLimit.Max}),
		CheckNumber("advanced.ipAddress.ipv6Subnet", o.Advanced.IPAddress.IPv6Subnet, 0, 128),
		CheckNumber("advanced.database.defaultFindManyLimit", o.Advanced.Database.DefaultFindManyLimit, 0, maxCount),
		CheckNumber("maxBodyBytes", o.MaxBodyBytes, 1, math.MaxInt64-1),
		CheckNumber("passwordHashes", o.PasswordHashes, 1, 1024),
		checkPasswordLengths(o.EmailAndPassword),
		checkOverrides("advanced.defaultCookieAttributes", o.Advanced.DefaultCookieAttributes),
	}
	for _, key := range slices.Sorted(maps.Keys(o.Advanced.Cookies)) {
		errs = append(errs, checkOverrides("advanced.cookies."+key+".attributes", o.Advanced.Cookies[key].Attributes))
	}
	for _, r := range o.RateLimit.CustomRules {
		errs = append(errs, checkCustomRule(r))
	}
	return errors.Join(errs...)
}

func checkOverrides(option string, o cookie.Overrides) error {
	if o.MaxAge == nil {
		return nil
	}
	return checkCookieAge(option+".maxAge", *o.MaxAge)
}

// checkPasswordLengths refuses bounds that no password keeps.
func checkPasswordLengths(o EmailAndPassword) error {
	if err := errors.Join(
		CheckNumber("emailAndPassword.minPasswordLength", o.MinPasswordLength, 0, maxCount),
		CheckNumber("emailAndPassword.maxPasswordLength", o.MaxPasswordLength, 0, maxCount),
	); err != nil {
		return err
	}
	if low, high := orDefault(o.MinPasswordLength, 8), orDefault(o.MaxPasswordLength, 128); low > high {
		return fmt.Errorf("emailAndPassword.minPasswordLength is %d, but maxPasswordLength is %d: no password is long and short enough", low, high)
	}
	return nil
}

// checkCustomRule refuses a window of 0: it would count nothing, so the path
// would be without any limit.
func checkCustomRule(r CustomRule) error {
	option := "rateLimit.customRules." + r.Path
	switch {
	case r.Off || r.Func != nil:
		return nil
	case r.Window == 0:
		return fmt.Errorf("%s.window is 0, so nothing is ever counted: say false to leave the path without a limit", option)
	}
	return CheckLimit(option, RuleSize{r.Window, r.Max})
}
