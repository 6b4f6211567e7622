package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// HasDatabase reports whether a database was given: accounts live there, and an
// account cookie is bound to the user who is signed in.
func (a *Auth) HasDatabase() bool { return a.databaseSet }

// CreateUserFrom is CreateUser for sources that have more to say of themselves
// than a method: {method, oauth: {providerId, profile}}.
func (a *Auth) CreateUserFrom(ctx context.Context, user store.Record, source *js.Object) (store.Record, error) {
	now := a.now(ctx)
	row := store.Record{"createdAt": now, "updatedAt": now}
	for k, v := range user {
		row[k] = v
	}
	if email, ok := row["email"].(string); ok {
		row["email"] = LowerCase(email)
	}
	source = source.Clone()
	source.Set("action", "create-user")
	if err := a.ValidateUser(ctx, row, source); err != nil {
		return nil, err
	}
	if err := a.refuseTwin(ctx, row["email"], ""); err != nil {
		return nil, err
	}
	return a.Store.Create(ctx, "user", row)
}

// ValidateUser asks user.validateUserInfo whether a user may come in; a refusal
// is a 403 with the hook's own code. It fails closed.
func (a *Auth) ValidateUser(ctx context.Context, user store.Record, source *js.Object) error {
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

// VerificationToken is the token of a link that verifies a user's address.
func (c *Context) VerificationToken(userID, email string) string {
	life := c.Options.EmailVerification.ExpiresIn
	return c.Keys.SignJWT(js.Marshal(js.Obj("email", LowerCase(email), "userId", userID)), c.now, seconds(life))
}

// RequestURL is the whole address of the call's request as the caller had it,
// "" when there is no request.
func (c *Context) RequestURL() string { return c.requestURL() }
