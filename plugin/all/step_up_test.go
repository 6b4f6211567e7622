package all_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/forward"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// TestStepUpWithTwoFactor: demands of a recent second factor are satisfied by the codes of the plugin two-factor, behind
// a proxy, before endpoints of others and in handlers of the program.
func TestStepUpWithTwoFactor(t *testing.T) {
	off := false
	careful := auth.Manifest{ID: "careful", Before: []auth.Hook{{On: []string{"/update-user"}, Do: auth.FactorWithin(5 * time.Minute)}}}
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{
		RateLimit: auth.RateLimitOptions{Enabled: &off},
		Plugins: []auth.Plugin{
			twofactor.New(twofactor.Options{}), careful,
			forward.New(forward.Options{RequireEmailVerified: &off, Rules: map[string]forward.Rule{"payout": {FactorWithin: 5}}}),
		},
	}))
	handler := s.RequireStepUp(auth.StepUp{FactorWithin: 5 * time.Minute}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	c := s.Client()
	all := func(want int) {
		t.Helper()
		refused := map[int]int{200: 200, 403: 401}
		c.Get("/forward?rule=payout").Want(refused[want])
		c.Post("/update-user", `{"name":"Ann"}`).Want(want)
		r, w := httptest.NewRequest("GET", "/payout", nil), httptest.NewRecorder()
		for name, value := range c.Jar {
			r.Header.Add("Cookie", name+"="+value)
		}
		if handler.ServeHTTP(w, r); w.Code != want {
			t.Errorf("the handler of the program: %d %s, want %d", w.Code, w.Body, want)
		}
	}
	c.SignUp("ann@example.com")
	all(403)
	c.Post("/two-factor/enable", `{"password":"password1234"}`).Want(200)
	sealed := s.Row("twoFactor").Text("secret")
	key, err := s.Keys.Decrypt(sealed)
	if err != nil {
		t.Fatal(err)
	}
	prove := func() *authtest.Answer {
		return c.Post("/two-factor/verify-totp", `{"code":"`+(secret.TOTP{Digits: 6, Period: 30 * time.Second}).Code([]byte(key), s.Now())+`"}`)
	}
	prove().Want(200)
	all(200)
	s.Advance(5*time.Minute + time.Second)
	all(403)
	prove().Want(200)
	all(200)

	// A sign-in with its factor counts.
	other := c
	c = s.Client()
	c.Post("/sign-in/email", `{"email":"ann@example.com","password":"password1234"}`).Want(200, "twoFactorRedirect", true)
	prove().Want(200)
	all(200)
	c = other
	s.Advance(5*time.Minute + time.Second)
	all(403)
}
