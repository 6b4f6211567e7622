package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TrustedProviders are the providers that are trusted to have verified an e-mail address, so that an account can be
// linked: a list, a callback, or both.
type TrustedProviders = Names[TrustRequest]

// TrustRequest is the argument of the callback that returns the trusted providers for a call.
type TrustRequest struct {
	Call *Context `arg:"0,request"`
}

// TrustsProvider reports whether account.accountLinking.trustedProviders contains a provider.
func (c *Context) TrustsProvider(id string) (bool, error) {
	trusted := c.Options.Account.AccountLinking.TrustedProviders
	if trusted.Func == nil {
		return slices.Contains(trusted.List, id), nil
	}
	list, err := trusted.Func(c, TrustRequest{Call: c})
	if err != nil {
		return false, FromCallback(err)
	}
	return slices.Contains(list, id), nil
}

// openProviders registers the social providers of the options.
func (a *Auth) openProviders() error {
	var errs []error
	for _, p := range a.Options.SocialProviders {
		info := p.Info()
		if info.Problem != nil {
			errs = append(errs, fmt.Errorf("social provider %s: %w", info.ID, info.Problem))
		}
		if len(info.Audience) == 0 || info.Audience[0] == "" {
			a.Log.Warn("a social provider has no client id", "provider", info.ID)
		}
	}
	a.Providers = oauth.NewRegistry(a.Options.SocialProviders...)
	return errors.Join(errs...)
}

// validateUser calls user.validateUserInfo and returns its refusal as an error.
func (a *Auth) validateUser(ctx context.Context, user store.Record, source *js.Object) error {
	hook := a.Options.User.ValidateUserInfo
	if hook == nil {
		return nil
	}
	c := From(ctx)
	if c == nil {
		return Forbidden(Code{"validation_context_missing", "User validation requires an endpoint context"})
	}
	verdict, err := hook(c, ValidateUserInfo{User: user, Source: source, Call: c})
	if err != nil {
		return Forbidden(Code{"validation_failed", "User validation failed"}).Because(err)
	}
	return refusal(verdict)
}

// ValidateUser calls user.validateUserInfo. If the callback refuses the user, the error is a 403 with the code that
// it returned. If the callback fails, the user is refused too.
func (c *Context) ValidateUser(user store.Record, source *js.Object) error {
	return c.validateUser(c, user, source)
}

// refusal reads the result of user.validateUserInfo; {error, errorDescription} refuses the user.
func refusal(verdict *js.Object) error {
	if verdict == nil {
		return nil
	}
	name := textOf(verdict, "error")
	if name == "" {
		return nil
	}
	message := textOf(verdict, "errorDescription")
	if message == "" {
		message = name
	}
	return Forbidden(Code{name, message})
}

// VerificationToken returns the token for a link that verifies a user's address.
func (c *Context) VerificationToken(userID, email string) string {
	return c.Keys.SignJWT(js.Marshal(js.Obj("email", LowerCase(email), "userId", userID)), c.now, c.VerificationLife())
}

// VerificationLife returns how long a link that verifies an address is valid.
func (c *Context) VerificationLife() time.Duration {
	return seconds(c.Options.EmailVerification.ExpiresIn)
}

// RequestURL returns the full URL of the request as the caller used it, or "" if there is no request.
func (c *Context) RequestURL() string { return c.requestURL() }
