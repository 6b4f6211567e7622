package twofactor_test

import (
	"context"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestEverywhere plays the life of a second factor on every kind of database.
func TestEverywhere(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		w := open(t, o, twofactor.Options{})
		c := w.Client()
		a := w.setUp(c, ann)
		c.Get("/get-session").Want(200, "user.twoFactorEnabled", true)
		c.Post("/two-factor/enable", password).WantCode(400, "TOTP_ALREADY_ENABLED")
		c.Post("/sign-out", "{}")

		got := w.challenge(c, ann)
		got.Want(200, "twoFactorMethods.0", "totp", "twoFactorMethods.1", "otp", "token", authtest.Absent).
			WantCookie("better-auth.two_factor", "Max-Age=600", "HttpOnly")
		wantNoSession(t, got)
		totp(c, a.wrong()).WantCode(401, "INVALID_CODE")
		totp(c, a.now()).Want(200, "user.email", ann, "token", authtest.Any).WantCookie("better-auth.two_factor", "Max-Age=0")
		if !c.SignedIn() {
			t.Error("not signed in after the code")
		}

		mail := w.Client()
		w.challenge(mail, ann)
		mail.Post("/two-factor/send-otp", "{}").Want(200, "status", true)
		otp(mail, "nonsense").WantCode(401, "INVALID_CODE")
		otp(mail, w.sent(ann)).Want(200, "user.twoFactorEnabled", true)

		spare := w.Client()
		w.challenge(spare, ann)
		backup(spare, a.codes[3]).Want(200, "token", authtest.Any)
		w.challenge(spare, ann)
		backup(spare, a.codes[3]).WantCode(401, "INVALID_BACKUP_CODE")
		spare.Post("/two-factor/verify-backup-code", body("code", a.codes[4], "trustDevice", true)).Want(200).
			WantCookie("better-auth.trust_device", "Max-Age=2592000")
		spare.SignIn(ann).Want(200, "token", authtest.Any, "twoFactorRedirect", authtest.Absent)

		spare.Post("/two-factor/disable", password).Want(200, "status", true).WantCookie("better-auth.trust_device", "Max-Age=0")
		w.WantRows(0, "twoFactor")
		w.Client().SignIn(ann).Want(200, "token", authtest.Any, "user.twoFactorEnabled", false)
	})
}

// TestRefusals: every endpoint as a stranger, and with a body that does not fit.
func TestRefusals(t *testing.T) {
	w := open(t, auth.Options{}, twofactor.Options{})
	for path, codes := range map[string][2]string{
		"enable":                {"UNAUTHORIZED", "INVALID_PASSWORD"},
		"disable":               {"UNAUTHORIZED", "INVALID_PASSWORD"},
		"get-totp-uri":          {"UNAUTHORIZED", "TOTP_NOT_ENABLED"},
		"generate-backup-codes": {"UNAUTHORIZED", "TWO_FACTOR_NOT_ENABLED"},
		"verify-totp":           {"INVALID_TWO_FACTOR_COOKIE", "TOTP_NOT_ENABLED"},
		"verify-otp":            {"INVALID_TWO_FACTOR_COOKIE", "OTP_HAS_EXPIRED"},
		"verify-backup-code":    {"INVALID_TWO_FACTOR_COOKIE", "BACKUP_CODES_NOT_ENABLED"},
	} {
		t.Run(path, func(t *testing.T) {
			at := "/two-factor/" + path
			stranger, c := w.In(t).Client(), w.In(t).Client()
			c.SignUp(path + "@example.com")
			stranger.Post(at, `{"password":"wrong password","code":"0"}`).WantCode(401, codes[0])
			c.Post(at, `{"password":"wrong password","code":"0"}`).WantCode(400, codes[1])
			c.Post(at, `{"password":1,"code":2}`).WantCode(400, "VALIDATION_ERROR")
			c.Post(at, `{}`).WantCode(400, "VALIDATION_ERROR")
		})
	}
	w.Client().Post("/two-factor/send-otp", "{}").WantCode(401, "INVALID_TWO_FACTOR_COOKIE")
	w.Client().Post("/two-factor/send-otp", `{"trustDevice":1}`).WantCode(400, "VALIDATION_ERROR")
}

// TestAnother: a code, a challenge and a trusted device of one user are worth nothing for another.
func TestAnother(t *testing.T) {
	w := open(t, auth.Options{}, twofactor.Options{})
	annApp, bobApp := w.setUp(w.Client(), ann), w.setUp(w.Client(), "bob@example.com")
	c := w.Client()
	w.challenge(c, ann)
	totp(c, bobApp.now()).WantCode(401, "INVALID_CODE")
	backup(c, bobApp.codes[0]).WantCode(401, "INVALID_BACKUP_CODE")
	c.Post("/two-factor/send-otp", "{}")
	bob := w.Client()
	w.challenge(bob, "bob@example.com")
	otp(bob, w.sent(ann)).WantCode(400, "OTP_HAS_EXPIRED")
	c.Post("/two-factor/verify-totp", body("code", annApp.now(), "trustDevice", true)).Want(200)
	c.Post("/sign-out", "{}")
	w.challenge(c, "bob@example.com") // the device is Ann's alone
}

func TestOptions(t *testing.T) {
	yes, ten := true, 10
	for name, tc := range map[string]struct {
		o     twofactor.Options
		check func(w *world, c *authtest.Client)
	}{
		"counts at once": {twofactor.Options{SkipVerificationOnEnable: true}, func(w *world, c *authtest.Client) {
			a := w.scan(c.Post("/two-factor/enable", password))
			c.Get("/get-session").Want(200, "user.twoFactorEnabled", true)
			w.challenge(c, ann)
			totp(c, a.now()).Want(200)
		}},
		"no apps": {twofactor.Options{TOTPOptions: twofactor.TOTPOptions{Disable: true}}, func(_ *world, c *authtest.Client) {
			c.Post("/two-factor/enable", password).WantCode(400, "TOTP_NOT_CONFIGURED")
			c.Post("/two-factor/get-totp-uri", password).WantCode(400, "TOTP_NOT_CONFIGURED")
			totp(c, "000000").WantCode(400, "TOTP_NOT_CONFIGURED")
			c.Post("/two-factor/enable", `{"password":"password1234","method":"otp"}`).Want(200, "", map[string]any{"method": "otp"})
			c.SignIn(ann).Want(200, "twoFactorMethods", []string{"otp"})
		}},
		"no password needed": {twofactor.Options{AllowPasswordless: true}, func(w *world, c *authtest.Client) {
			c.Post("/two-factor/enable", "{}").WantCode(400, "INVALID_PASSWORD") // there is one
			w.Change("account", store.Record{"password": nil})
			a := w.scan(c.Post("/two-factor/enable", "{}").Want(200))
			totp(c, a.now()).Want(200)
			c.Post("/two-factor/get-totp-uri", "{}").Want(200)
			c.Post("/two-factor/generate-backup-codes", "{}").Want(200, "backupCodes", authtest.Len(10))
			c.Post("/two-factor/disable", "{}").Want(200)
		}},
		"a password for backup codes": {twofactor.Options{AllowPasswordless: true, BackupCodeOptions: twofactor.BackupCodeOptions{AllowPasswordless: new(bool)}}, func(_ *world, c *authtest.Client) {
			c.Post("/two-factor/generate-backup-codes", "{}").WantCode(400, "VALIDATION_ERROR")
		}},
		"short trust": {twofactor.Options{TrustDeviceMaxAge: &ten, TwoFactorCookieMaxAge: &ten}, func(w *world, c *authtest.Client) {
			a := w.scan(c.Post("/two-factor/enable", password))
			totp(c, a.now()).Want(200)
			w.challenge(c, ann).WantCookie("better-auth.two_factor", "Max-Age=10")
			c.Post("/two-factor/verify-totp", body("code", a.now(), "trustDevice", true)).Want(200).WantCookie("better-auth.trust_device", "Max-Age=10")
			w.Advance(9 * time.Second)
			c.SignIn(ann).Want(200, "token", authtest.Any)
			w.Advance(9 * time.Second)
			c.SignIn(ann).Want(200, "token", authtest.Any)
			w.Advance(11 * time.Second)
			w.challenge(c, ann)
		}},
		"own backup codes": {twofactor.Options{BackupCodeOptions: twofactor.BackupCodeOptions{
			CustomBackupCodesGenerate: func(context.Context, callback.Nothing) ([]string, error) { return []string{"one", "two"}, nil },
			StoreBackupCodes:          twofactor.BackupCodeStorage{Plain: true},
		}}, func(w *world, c *authtest.Client) {
			c.Post("/two-factor/enable", password).Want(200, "backupCodes", []string{"one", "two"})
			if stored := w.Row("twoFactor").Text("backupCodes"); stored != `["one","two"]` {
				w.T.Errorf("stored %s", stored)
			}
			backup(c, "two").Want(200)
			backup(c, "two").WantCode(401, "INVALID_BACKUP_CODE")
		}},
		"another table": {twofactor.Options{TwoFactorTable: "factors"}, func(w *world, _ *authtest.Client) {
			if name := w.Store.Table("twoFactor").Name; name != "factors" {
				w.T.Errorf("table %s", name)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: &yes}}}, tc.o)
			c := w.Client()
			c.SignUp(ann)
			tc.check(w, c)
		})
	}
}

// TestFromGo calls the endpoints that are not served.
func TestFromGo(t *testing.T) {
	w := open(t, auth.Options{}, twofactor.Options{})
	a := w.setUp(w.Client(), ann)
	code, err := auth.Invoke[struct{ Code string }](t.Context(), w.Auth, "generateTOTP", auth.Input{Body: map[string]any{"secret": string(a.key)}})
	if err != nil || code.Code != a.now() {
		t.Errorf("%v %v, want %s", code, err, a.now())
	}
	kept, err := auth.Invoke[struct{ BackupCodes []string }](t.Context(), w.Auth, "viewBackupCodes", auth.Input{Body: map[string]any{"userId": w.ID("user")}})
	if err != nil || len(kept.BackupCodes) != 10 || kept.BackupCodes[0] != a.codes[0] {
		t.Errorf("%v %v", kept, err)
	}
	for _, id := range []string{"generateTOTP", "viewBackupCodes"} {
		w.Client().Post("/"+id, "{}").Want(404)
	}
	w.Client().Post("/", "{}").Want(404)
}

// TestRejectedOptions: New refuses what the plugin cannot do.
func TestRejectedOptions(t *testing.T) {
	s := twofactor.BackupCodeStorage{}
	for text, ok := range map[string]bool{
		`"plain"`: true, `"encrypted"`: true, `null`: true, `"hashed"`: false, `1`: false, `{}`: false,
		`{"encrypt":"https://a.example"}`: false, `{"encrypt":"https://a.example","decrypt":"https://a.example"}`: true, `{"hash":"https://a.example"}`: false,
	} {
		if err := s.UnmarshalJSON([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
