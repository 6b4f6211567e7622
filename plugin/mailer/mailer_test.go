package mailer_test

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/plugin/mailer"
)

func server(t *testing.T, o auth.Options, table bool) (*authtest.Server, *mail.Mailer, chan *mail.Envelope) {
	t.Helper()
	kept := make(chan *mail.Envelope, 10)
	m, err := mail.New(mail.Settings{Config: mail.Config{Outbox: true}, Now: time.Now, Print: func(e *mail.Envelope) { kept <- e }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	o.AppName = "Acme"
	o.Plugins = []auth.Plugin{mailer.New(mailer.Options{Mailer: m, Table: table})}
	o.EmailAndPassword.SendResetPassword = func(_ context.Context, in auth.LinkMail) (callback.Nothing, error) {
		return callback.Nothing{}, m.Send("emailAndPassword.sendResetPassword", in.Mail())
	}
	return authtest.New(t, o), m, kept
}

func page(s *authtest.Server, remote, host string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, authtest.Origin+"/api/auth/outbox", nil)
	r.RemoteAddr, r.Host = remote, host
	for _, name := range headers {
		r.Header.Set(name, "localhost")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestOutbox(t *testing.T) {
	for _, table := range []bool{false, true} {
		s, m, printed := server(t, auth.Options{}, table)
		c := s.Client()
		c.SignUp("a@example.com")
		if got := c.Post("/request-password-reset", `{"email":"a@example.com","redirectTo":"/new"}`); got.Status != 200 {
			t.Fatal(got.Body)
		}
		var e *mail.Envelope
		select {
		case e = <-printed:
		case <-time.After(20 * time.Second):
			t.Fatal("nothing was printed")
		}
		if err := m.Close(); err != nil { // the message is stored by then
			t.Fatal(err)
		}
		if e.Subject != "Reset your Acme password" || !strings.HasPrefix(e.URL, authtest.Origin+"/api/auth/reset-password/") {
			t.Errorf("%+v", e)
		}
		got := page(s, "127.0.0.1:999", "localhost:3210")
		body := html.UnescapeString(got.Body.String())
		if got.Code != 200 || !strings.Contains(body, e.URL) || !strings.Contains(body, e.HTML) || got.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("table %v: %d %s", table, got.Code, got.Body)
		}
		if rows, err := s.Store.Count(t.Context(), "verification"); err != nil || rows != 1 {
			t.Errorf("%d %v", rows, err)
		}
	}
}

// The outbox contains links that sign people in, so only a browser on this machine may read it, even if a page on the
// internet uses a DNS name that points here.
func TestAttackOutboxFromElsewhere(t *testing.T) {
	s, _, _ := server(t, auth.Options{}, false)
	for _, tc := range []struct {
		remote, host string
		status       int
	}{
		{"127.0.0.1:1", "localhost:3210", 200},
		{"[::1]:1", "[::1]:3210", 200},
		{"127.0.0.1:1", "rebound.evil.example:3210", 404},
		{"192.0.2.1:1", "localhost:3210", 404},
		{"", "localhost:3210", 404},
	} {
		if got := page(s, tc.remote, tc.host); got.Code != tc.status {
			t.Errorf("%s as %s: %d", tc.remote, tc.host, got.Code)
		}
	}
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"} {
		if got := page(s, "127.0.0.1:1", "127.0.0.1:3210", name); got.Code != 404 {
			t.Errorf("through a proxy that says %s: %d", name, got.Code)
		}
	}
	if _, err := s.Call(t.Context(), "mailOutbox", auth.Input{}); err == nil {
		t.Error("a call without a request got the outbox")
	}
}

func TestProductionHasNoOutbox(t *testing.T) {
	m, err := mail.New(mail.Settings{Config: mail.Config{Outbox: true}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	_, err = auth.New(auth.Options{
		Secret: "0123456789abcdef0123456789abcdefXYZQ", Now: time.Now,
		Plugins: []auth.Plugin{mailer.New(mailer.Options{Mailer: m})},
	})
	if err == nil || !strings.Contains(err.Error(), "mail.outbox") {
		t.Errorf("got %v", errors.Unwrap(err))
	}
}
