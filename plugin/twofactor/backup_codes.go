package twofactor

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// newBackupCodes makes the backup codes of a user, and the form in which they are stored.
func (p *Plugin) newBackupCodes(c *auth.Context) (codes []string, stored string, err error) {
	o := p.opts.BackupCodeOptions
	if o.CustomBackupCodesGenerate != nil {
		if codes, err = o.CustomBackupCodesGenerate(c, callback.Nothing{}); err != nil {
			return nil, "", auth.FromCallback(err)
		}
	} else {
		codes = make([]string, *o.Amount)
		for i := range codes {
			code := secret.Random(*o.Length, "a-z", "0-9", "A-Z")
			dash := min(5, len(code))
			codes[i] = code[:dash] + "-" + code[dash:]
		}
	}
	stored, err = o.StoreBackupCodes.seal(c, codes)
	return codes, stored, err
}

// seal returns the form in which codes are stored.
func (s *BackupCodeStorage) seal(c *auth.Context, codes []string) (string, error) {
	text := string(js.Marshal(codes))
	switch {
	case s.Encrypt != nil:
		sealed, err := s.Encrypt(c, text)
		return sealed, auth.FromCallback(err)
	case s.Plain:
		return text, nil
	}
	return c.Keys.Encrypt(text)
}

// open reverses seal. It returns nil if the text is no list of codes.
func (s *BackupCodeStorage) open(c *auth.Context, stored string) (codes []string, err error) {
	text := stored
	switch {
	case s.Decrypt != nil:
		text, err = s.Decrypt(c, stored)
		err = auth.FromCallback(err)
	case !s.Plain:
		text, err = c.Keys.Decrypt(stored)
	}
	if err != nil {
		return nil, err
	}
	if json.Unmarshal([]byte(text), &codes) != nil {
		return nil, nil
	}
	return codes, nil
}

type verifyBackupCodeRequest struct {
	Code           string `json:"code" doc:"A backup code to verify. Eg: \"123456\""`
	DisableSession bool   `json:"disableSession,omitempty" doc:"If true, the session cookie will not be set."`
	TrustDevice    bool   `json:"trustDevice,omitempty" doc:"If true, the device will be trusted for 30 days. It'll be refreshed on every sign in request within this time. Eg: true"`
}

type backupCodeAnswer struct {
	Token string          `json:"token,omitempty"` // absent if there is no session
	User  *auth.PublicRow `json:"user"`
}

func (p *Plugin) verifyBackupCode() auth.Endpoint {
	return auth.Handle(post("verifyBackupCode", "/two-factor/verify-backup-code", "Verify a backup code for two-factor authentication", auth.Public, verifyBackupCodeDoc()), func(c *auth.Context, in *verifyBackupCodeRequest) (*backupCodeAnswer, error) {
		w, err := p.caller(c)
		if err != nil {
			return nil, err
		}
		row, err := find(c, w.user.ID)
		if err != nil {
			return nil, err
		}
		if row == nil || p.enrols(w) {
			return nil, auth.BadRequest(BackupCodesNotEnabled)
		}
		if err := p.useBackupCode(c, w, row, in.Code); err != nil {
			return nil, err
		}
		if !in.DisableSession {
			done, err := p.complete(c, w, in.TrustDevice)
			if err != nil {
				return nil, err
			}
			return &backupCodeAnswer{done.Token, done.User}, nil
		}
		answer := &backupCodeAnswer{User: w.user.Public()}
		if !w.signsIn() {
			if err := p.record(c, w.session.Session, c.Now()); err != nil {
				return nil, err
			}
			answer.Token = w.session.Session.Token
		}
		return answer, nil
	})
}

// useBackupCode compares a backup code and uses it up.
func (p *Plugin) useBackupCode(c *auth.Context, w *caller, row *Row, code string) error {
	a, err := p.attempt(c, w, row, true)
	if err != nil {
		return err
	}
	codes, err := p.opts.BackupCodeOptions.StoreBackupCodes.open(c, row.BackupCodes)
	if err != nil {
		return undone(a.undo(c), err)
	}
	left := []string{}
	for _, kept := range codes {
		if !secret.Equal(kept, code) {
			left = append(left, kept)
		}
	}
	if len(left) == len(codes) {
		return undone(a.wrong(c), auth.Unauthorized(InvalidBackupCode))
	}
	stored, err := p.opts.BackupCodeOptions.StoreBackupCodes.seal(c, left)
	if err != nil {
		return undone(a.undo(c), err)
	}
	// Of simultaneous calls with the same codes one changes the row.
	_, err = change(c, store.Change{Set: store.Record{"backupCodes": stored}}, store.Is("id", row.ID), store.Is("backupCodes", row.BackupCodes))
	if errors.Is(err, store.ErrNotFound) {
		err = auth.Status(http.StatusConflict, "Failed to verify backup code. Please try again.")
	}
	if err != nil {
		return undone(a.undo(c), err)
	}
	return a.right(c)
}

type backupCodesAnswer struct {
	Status      bool     `json:"status"`
	BackupCodes []string `json:"backupCodes"`
}

type generateRequest struct {
	Password string `json:"password" doc:"The users password."`
}

type generatePasswordless struct {
	Password string `json:"password,omitempty" doc:"The users password."`
}

func (p *Plugin) generateBackupCodes() auth.Endpoint {
	route := post("generateBackupCodes", "/two-factor/generate-backup-codes", "Generate new backup codes for two-factor authentication", auth.RequireSession, generateBackupCodesDoc())
	passwordless := p.opts.AllowPasswordless
	if own := p.opts.BackupCodeOptions.AllowPasswordless; own != nil {
		passwordless = *own
	}
	if passwordless {
		return auth.Handle(route, func(c *auth.Context, in *generatePasswordless) (*backupCodesAnswer, error) {
			return p.replaceBackupCodes(c, in.Password, true)
		})
	}
	return auth.Handle(route, func(c *auth.Context, in *generateRequest) (*backupCodesAnswer, error) {
		return p.replaceBackupCodes(c, in.Password, false)
	})
}

// replaceBackupCodes gives the signed-in user new backup codes; the old ones no longer work.
func (p *Plugin) replaceBackupCodes(c *auth.Context, password string, passwordless bool) (*backupCodesAnswer, error) {
	if err := refuseEnded(c); err != nil {
		return nil, err
	}
	user := c.Session.User
	if !hasFactor(user) {
		return nil, auth.BadRequest(NotEnabled)
	}
	if err := confirm(c, password, passwordless); err != nil {
		return nil, err
	}
	row, err := find(c, user.ID)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, auth.BadRequest(NotEnabled)
	}
	codes, stored, err := p.newBackupCodes(c)
	if err != nil {
		return nil, err
	}
	_, err = rows(c).Update(c, []store.Where{store.Is("id", row.ID)}, store.Record{"backupCodes": stored})
	return &backupCodesAnswer{true, codes}, err
}

type viewBackupCodesRequest struct {
	UserID string `json:"userId" coerce:"true" doc:"The user ID to view all backup codes. Eg: \"user-id\""`
}

// viewBackupCodes is for the host program: it shows the backup codes of any user.
func (p *Plugin) viewBackupCodes() auth.Endpoint {
	return auth.Handle(fromGo("viewBackupCodes", "View the backup codes of a user; from Go only"), func(c *auth.Context, in *viewBackupCodesRequest) (*backupCodesAnswer, error) {
		row, err := rows(c).Get(c, store.Given("userId", in.UserID))
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.BadRequest(BackupCodesNotEnabled)
		}
		if err != nil {
			return nil, err
		}
		codes, err := p.opts.BackupCodeOptions.StoreBackupCodes.open(c, row.BackupCodes)
		if err == nil && codes == nil {
			err = auth.BadRequest(InvalidBackupCode)
		}
		return &backupCodesAnswer{true, codes}, err
	})
}
