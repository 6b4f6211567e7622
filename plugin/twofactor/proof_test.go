package twofactor_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/passkeytest"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/store"
)

// guard is a plugin that tells when the caller's session proved its factor, as a guard that demands recent factors
// would ask.
type guard struct{ factors *twofactor.Plugin }

type provenAnswer struct {
	At time.Time `json:"at"`
}

func (g *guard) Manifest() auth.Manifest {
	return auth.Manifest{
		ID: "guard",
		Endpoints: []auth.Endpoint{auth.Handle(auth.Route{ID: "proven", Methods: []string{http.MethodGet}, Path: "/proven", Session: auth.StoredSession},
			func(c *auth.Context, _ *auth.None) (*provenAnswer, error) {
				at, err := g.factors.ProvenAt(c, c.Session.Session)
				return &provenAnswer{at}, err
			})},
		Init: func(a *auth.Auth) error {
			g.factors, _ = auth.Find[*twofactor.Plugin](a)
			a.KeepFactorTimes()
			return nil
		},
	}
}

// TestProvenAt: the time of the factor belongs to the session, follows it when it is renewed, and is kept on the server.
func TestProvenAt(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		o.Plugins = []auth.Plugin{&guard{}, passkey.New(passkey.Options{})}
		w := open(t, o, twofactor.Options{})
		c := w.Client()
		proven := func(c *authtest.Client, want time.Time) {
			t.Helper()
			c.Get("/proven").Want(200, "at", want)
		}
		c.SignUp(ann)
		proven(c, time.Time{})
		a := w.scan(c.Post("/two-factor/enable", password))
		w.Advance(time.Minute)
		totp(c, a.now()).Want(200)
		first := w.Now()
		proven(c, first)

		w.Advance(time.Minute)
		c.Post("/change-password", body("currentPassword", authtest.Password, "newPassword", authtest.Password, "revokeOtherSessions", true)).Want(200)
		proven(c, first) // a new session, which continues the old one

		w.Advance(time.Minute)
		totp(c, a.wrong()).WantCode(401, "INVALID_CODE")
		proven(c, first)
		totp(c, a.now()).Want(200)
		proven(c, w.Now())
		w.Advance(time.Minute)
		c.Post("/two-factor/verify-backup-code", body("code", a.codes[0], "disableSession", true)).Want(200)
		second := w.Now()
		proven(c, second)

		device := w.Client()
		w.challenge(device, ann)
		device.Post("/two-factor/verify-totp", body("code", a.now(), "trustDevice", true)).Want(200)
		proven(device, w.Now())
		device.SignIn(ann).Want(200, "token", authtest.Any)
		proven(device, time.Time{}) // trusted, which proves nothing
		device.Post("/two-factor/send-otp", "{}").Want(200)
		w.Advance(time.Second)
		otp(device, w.sent(ann)).Want(200)
		proven(device, w.Now())
		proven(c, second)

		for flags, want := range map[byte]func() time.Time{
			passkeytest.UserPresent: func() time.Time { return time.Time{} }, passkeytest.UserPresent | passkeytest.UserVerified: w.Now,
		} {
			key := passkeytest.New(passkeytest.ES256, authtest.Origin)
			c.Post("/passkey/verify-registration", `{"response":`+key.Create(c.Get("/passkey/generate-register-options").Text("challenge"))+`}`).Want(200)
			key.Flags = flags
			one := w.Client()
			one.Post("/passkey/verify-authentication", `{"response":`+key.Get(one.Get("/passkey/generate-authenticate-options").Text("challenge"))+`}`).Want(200)
			proven(one, want())
		}

		c.Post("/two-factor/disable", password).Want(200)
		proven(c, second)
	})
}

// TestProofsAreNotRecorded: without anybody who asks, no row tells of them.
func TestProofsAreNotRecorded(t *testing.T) {
	w := open(t, auth.Options{}, twofactor.Options{})
	c := w.Client()
	a := w.setUp(c, ann)
	totp(c, a.now()).Want(200)
	w.WantRows(0, "verification", store.Where{Field: "identifier", Op: store.StartsWith, Value: "2fa-proven-"})
}
