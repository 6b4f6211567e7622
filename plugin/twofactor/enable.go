package twofactor

import (
	"cmp"
	"errors"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// passwordField is the member of a request that confirms who asks.
type passwordField struct {
	Password string `json:"password" doc:"User password"`
}

// optionalPassword is the same with allowPasswordless.
type optionalPassword struct {
	Password string `json:"password,omitempty" doc:"User password"`
}

// confirm checks the password of the signed-in user. With passwordless, a user who has none need not give one.
func confirm(c *auth.Context, password string, passwordless bool) error {
	if passwordless {
		account, err := c.Accounts.FindCredential(c, c.Session.User.ID)
		if err != nil || account == nil || account.Password == "" {
			return err
		}
	}
	if password == "" {
		return auth.BadRequest(auth.InvalidPassword)
	}
	return c.ConfirmPassword(password, auth.InvalidPassword)
}

// refuseEnded returns a 401 if the session of the caller, which may come from the cookie cache, has ended. It must not
// show what replaces the second factor to somebody who replays a cached session and knows the password. The reference
// does not check it.
func refuseEnded(c *auth.Context) error {
	token := c.Session.Session.Token
	if !c.Stateful() || !slices.Contains(c.SessionTokens(), token) {
		return nil // there is no store, or a plugin has made the session for this call
	}
	s, err := c.Sessions.Find(c, token)
	if err == nil && (s == nil || s.Session.ExpiresAt.Before(c.Now())) {
		err = auth.Unauthorized(auth.NotSignedIn)
	}
	return err
}

type factorChoice struct {
	Method string `json:"method,omitempty" enum:"otp,totp" default:"totp"`
	Issuer string `json:"issuer,omitempty" doc:"Custom issuer for the TOTP URI"`
}

type enableRequest struct {
	passwordField
	factorChoice
}

type enablePasswordless struct {
	optionalPassword
	factorChoice
}

type enableAnswer struct {
	Method      string   `json:"method"`
	TOTPURI     string   `json:"totpURI,omitempty"`
	BackupCodes []string `json:"backupCodes,omitzero"`
}

func (p *Plugin) enable() auth.Endpoint {
	route := post("enableTwoFactor", "/two-factor/enable", "Enable two factor authentication", auth.RequireSession, enableDoc())
	enrols := p.opts.Policy.Enrol == Required
	if enrols {
		route.Session = auth.OptionalSession
	}
	if p.opts.AllowPasswordless || enrols {
		return auth.Handle(route, func(c *auth.Context, in *enablePasswordless) (*enableAnswer, error) {
			return p.setUp(c, in.Password, &in.factorChoice)
		})
	}
	return auth.Handle(route, func(c *auth.Context, in *enableRequest) (*enableAnswer, error) {
		return p.setUp(c, in.Password, &in.factorChoice)
	})
}

// setUp gives the signed-in user a second factor.
func (p *Plugin) setUp(c *auth.Context, password string, in *factorChoice) (*enableAnswer, error) {
	s, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if s == nil {
		return p.enrol(c, in)
	}
	if err := confirm(c, password, p.opts.AllowPasswordless); err != nil {
		return nil, err
	}
	if err := p.refuseUnavailable(in.Method); err != nil {
		return nil, err
	}
	if in.Method == "otp" {
		user, err := setFactor(c, s.User.ID, true)
		if err != nil {
			return nil, err
		}
		return &enableAnswer{Method: "otp"}, renew(c, user)
	}
	user, answer, err := p.setUpApp(c, s.User, in.Issuer, p.opts.SkipVerificationOnEnable)
	if err == nil && p.opts.SkipVerificationOnEnable {
		err = renew(c, user)
	}
	return answer, err
}

// refuseUnavailable returns an error for a kind of factor that the options turn off.
func (p *Plugin) refuseUnavailable(method string) error {
	switch {
	case method == "otp" && p.opts.OTPOptions.SendOTP == nil:
		return auth.BadRequest(OTPNotConfigured)
	case method == "totp" && p.opts.TOTPOptions.Disable:
		return auth.BadRequest(TOTPNotConfigured)
	}
	return nil
}

// enrol sets up the first factor of somebody whose sign-in waits for it. No password is asked for: the sign-in has just
// proven who calls. The factor counts when a code of it completes the sign-in.
func (p *Plugin) enrol(c *auth.Context, in *factorChoice) (*enableAnswer, error) {
	if p.opts.Policy.Enrol != Required {
		return nil, auth.Unauthorized(auth.NotSignedIn)
	}
	w, err := p.caller(c)
	if err != nil && !errors.Is(err, InvalidCookie) {
		return nil, err
	}
	if err != nil || !p.enrols(w) || w.expired(c) {
		return nil, auth.Unauthorized(auth.NotSignedIn)
	}
	if err := p.refuseUnavailable(in.Method); err != nil {
		return nil, err
	}
	if in.Method == "otp" {
		return &enableAnswer{Method: "otp"}, nil
	}
	_, answer, err := p.setUpApp(c, w.user, in.Issuer, false)
	return answer, err
}

// setUpApp makes the secret of an authenticator app, and backup codes. They replace those of an app that the user has
// not yet proven to have, never those of an app in use. With done the app counts at once; the user is returned as
// changed.
func (p *Plugin) setUpApp(c *auth.Context, user *auth.User, issuer string, done bool) (*auth.User, *enableAnswer, error) {
	codes, stored, err := p.newBackupCodes(c)
	if err != nil {
		return nil, nil, err
	}
	key := secret.Random(32)
	sealed, err := c.Keys.Encrypt(key)
	if err != nil {
		return nil, nil, err
	}
	err = c.Tx(func(c *auth.Context) error {
		// The lock keeps simultaneous calls from making two rows.
		if err := c.Store.Lock(c, "user", store.Is("id", user.ID)); err != nil {
			return err
		}
		if err := keepApp(c, &Row{Secret: sealed, BackupCodes: stored, UserID: user.ID, Verified: &done}); err != nil || !done {
			return err
		}
		user, err = setFactor(c, user.ID, true)
		return err
	})
	return user, &enableAnswer{
		Method: "totp", BackupCodes: codes,
		TOTPURI: p.appURI([]byte(key), cmp.Or(issuer, p.opts.Issuer, c.Options.AppName), user.Email),
	}, err
}

// keepApp stores the row of a user.
func keepApp(c *auth.Context, row *Row) error {
	old, err := find(c, row.UserID)
	switch {
	case err != nil:
		return err
	case old == nil:
		_, err = rows(c).Create(c, row)
		return err
	case !old.pending():
		return auth.BadRequest(TOTPAlreadyEnabled)
	}
	_, err = rows(c).Update(c, []store.Where{store.Is("id", old.ID)},
		store.Record{"secret": row.Secret, "backupCodes": row.BackupCodes, "verified": *row.Verified})
	return err
}

// renew gives the signed-in user a new session, because the rules for signing in have changed.
func renew(c *auth.Context, user *auth.User) error {
	_, err := c.RenewSession(user, method)
	if errors.Is(err, store.ErrDropped) {
		return errors.New("two-factor: a hook dropped the session")
	}
	return err
}
