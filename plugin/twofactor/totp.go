package twofactor

import (
	"errors"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

func (p *Plugin) totp() secret.TOTP {
	o := p.opts.TOTPOptions
	return secret.TOTP{Digits: o.Digits, Period: time.Duration(o.Period) * time.Second}
}

// refuseDisabled returns an error if authenticator apps are turned off.
func (p *Plugin) refuseDisabled(c *auth.Context) error {
	if !p.opts.TOTPOptions.Disable {
		return nil
	}
	c.Log.ErrorContext(c, "two-factor: authenticator apps are turned off by totpOptions.disable")
	return auth.BadRequest(totpDisabled)
}

// key returns the key of a user's app.
func key(c *auth.Context, row *Row) ([]byte, error) {
	plain, err := c.Keys.Decrypt(row.Secret)
	if err != nil {
		return nil, err
	}
	return keyOf(plain)
}

type generateTOTPRequest struct {
	Secret string `json:"secret" doc:"The secret to generate the TOTP code"`
}

type codeAnswer struct {
	Code string `json:"code"`
}

func (p *Plugin) generateTOTP() auth.Endpoint {
	return auth.Handle(fromGo("generateTOTP", "Generate TOTP code"), func(c *auth.Context, in *generateTOTPRequest) (*codeAnswer, error) {
		if err := p.refuseDisabled(c); err != nil {
			return nil, err
		}
		if in.Secret == "" {
			return nil, errNoKey
		}
		return &codeAnswer{p.totp().Code([]byte(in.Secret), c.Now())}, nil
	})
}

type uriAnswer struct {
	TOTPURI string `json:"totpURI"`
}

func (p *Plugin) getTOTPURI() auth.Endpoint {
	route := post("getTOTPURI", "/two-factor/get-totp-uri", "Get TOTP URI", auth.RequireSession, getTOTPURIDoc())
	passwordless := p.opts.AllowPasswordless
	if own := p.opts.TOTPOptions.AllowPasswordless; own != nil {
		passwordless = *own
	}
	if passwordless {
		return auth.Handle(route, func(c *auth.Context, in *optionalPassword) (*uriAnswer, error) {
			return p.uriOf(c, in.Password, true)
		})
	}
	return auth.Handle(route, func(c *auth.Context, in *passwordField) (*uriAnswer, error) {
		return p.uriOf(c, in.Password, false)
	})
}

// uriOf returns the URI of the app of the signed-in user. As in the reference, it names the option appName and not
// issuer.
func (p *Plugin) uriOf(c *auth.Context, password string, passwordless bool) (*uriAnswer, error) {
	if err := p.refuseDisabled(c); err != nil {
		return nil, err
	}
	if err := refuseEnded(c); err != nil {
		return nil, err
	}
	user := c.Session.User
	row, err := find(c, user.ID)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, auth.BadRequest(TOTPNotEnabled)
	}
	k, err := key(c, row)
	if err != nil {
		return nil, err
	}
	if err := confirm(c, password, passwordless); err != nil {
		return nil, err
	}
	return &uriAnswer{p.appURI(k, c.Options.AppName, user.Email)}, nil
}

type verifyRequest struct {
	Code        string `json:"code" doc:"The otp code to verify. Eg: \"012345\""`
	TrustDevice bool   `json:"trustDevice,omitempty" doc:"If true, the device will be trusted for 30 days. It'll be refreshed on every sign in request within this time. Eg: true"`
}

func (p *Plugin) verifyTOTP() auth.Endpoint {
	return auth.Handle(post("verifyTOTP", "/two-factor/verify-totp", "Verify two factor TOTP", auth.Public, verifyTOTPDoc()), func(c *auth.Context, in *verifyRequest) (*tokenAnswer, error) {
		if err := p.refuseDisabled(c); err != nil {
			return nil, err
		}
		w, err := p.caller(c)
		if err != nil {
			return nil, err
		}
		row, err := find(c, w.user.ID)
		if err != nil {
			return nil, err
		}
		if row == nil || w.signsIn() && row.pending() && !p.enrols(w) {
			return nil, auth.BadRequest(TOTPNotEnabled)
		}
		if err := p.checkTOTP(c, w, row, in.Code); err != nil {
			return nil, err
		}
		if !row.proven() || p.enrols(w) {
			if err := p.startUsing(c, w, row); err != nil {
				return nil, err
			}
		}
		return p.complete(c, w, in.TrustDevice)
	})
}

// checkTOTP compares a code of the app.
func (p *Plugin) checkTOTP(c *auth.Context, w *caller, row *Row, code string) error {
	a, err := p.attempt(c, w, row, true)
	if err != nil {
		return err
	}
	k, err := key(c, row)
	if err != nil {
		return undone(a.undo(c), err)
	}
	if !p.totp().Verify(k, code, c.Now()) {
		return undone(a.wrong(c), auth.Unauthorized(InvalidCode))
	}
	return a.right(c)
}

// startUsing notes that the user has proven to have the app. From now on sign-ins ask for it. As in the reference, the
// answer of the call still has the session and the user from before.
func (p *Plugin) startUsing(c *auth.Context, w *caller, row *Row) error {
	user, first := w.user, !hasFactor(w.user)
	err := c.Tx(func(c *auth.Context) (err error) {
		if first {
			if user, err = setFactor(c, user.ID, true); err != nil {
				return err
			}
		}
		_, err = rows(c).Update(c, []store.Where{store.Is("id", row.ID), store.Is("secret", row.Secret)}, store.Record{"verified": true})
		if errors.Is(err, store.ErrNotFound) {
			return auth.Unauthorized(InvalidCode) // another app has been set up meanwhile
		}
		return err
	})
	if err != nil || !first {
		return err
	}
	if w.signsIn() {
		w.user = user
		return nil
	}
	return p.renewProven(c, user)
}

// renewProven gives the signed-in user, who has just proven the first factor, a new session.
func (p *Plugin) renewProven(c *auth.Context, user *auth.User) error {
	if err := renew(c, user); err != nil {
		return err
	}
	return p.record(c, c.NewSession.Session, c.Now())
}

// undone returns err, or failed, the failure of what has to be done before it is answered.
func undone(failed, err error) error {
	if failed != nil {
		return failed
	}
	return err
}
