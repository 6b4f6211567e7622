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

// TrustedProviders are the providers whose word for an address is enough to
// link an account: a list, or a func of the request.
type TrustedProviders = Names[TrustRequest]

// TrustRequest asks which providers are trusted for the request of a call.
type TrustRequest struct {
	Call *Context `arg:"0,request"`
}

// TrustsProvider reports whether account.accountLinking.trustedProviders names
// a provider.
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

// openProviders takes the social providers of the options.
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

// validateUser asks user.validateUserInfo whether a user may come in.
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

// ValidateUser asks user.validateUserInfo whether a user may come in; a refusal
// is a 403 with the hook's own code. It fails closed.
func (c *Context) ValidateUser(user store.Record, source *js.Object) error {
	return c.validateUser(c, user, source)
}

// refusal reads the verdict of user.validateUserInfo: {error, errorDescription}
// refuses.
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

// VerificationToken is the token of a link that verifies a user's address.
func (c *Context) VerificationToken(userID, email string) string {
	return c.Keys.SignJWT(js.Marshal(js.Obj("email", LowerCase(email), "userId", userID)), c.now, c.VerificationLife())
}

// VerificationLife is how long the link that verifies an address works.
func (c *Context) VerificationLife() time.Duration {
	return seconds(c.Options.EmailVerification.ExpiresIn)
}

// RequestURL is the whole address of the call's request as the caller had it,
// "" when there is no request.
func (c *Context) RequestURL() string { return c.requestURL() }
