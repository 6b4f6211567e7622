package magiclink_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/store"
)

// mailbox is what was sent.
type mailbox struct{ last magiclink.Mail }

func (b *mailbox) send(_ context.Context, m magiclink.Mail) (callback.Nothing, error) {
	b.last = m
	return callback.Nothing{}, nil
}

func server(t *testing.T, o auth.Options, p magiclink.Options) (*authtest.Server, *mailbox) {
	box := &mailbox{}
	p.SendMagicLink = box.send
	o.Plugins = []auth.Plugin{magiclink.New(p)}
	return authtest.New(t, o), box
}

func ask(t *testing.T, c *authtest.Client, body string) {
	t.Helper()
	if got := c.Post("/sign-in/magic-link", body); got.Status != 200 || got.Body != `{"status":true}` {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
}

func TestLink(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	c := s.Client()
	ask(t, c, `{"email":"New@Example.com","name":"N","callbackURL":"/in?a=b c","newUserCallbackURL":"/hi","errorCallbackURL":"/no"}`)
	link, err := url.Parse(box.last.URL)
	if err != nil {
		t.Fatal(err)
	}
	if q := link.Query(); link.Path != "/api/auth/magic-link/verify" || q.Get("token") != box.last.Token || len(box.last.Token) != 32 || q.Get("callbackURL") != "/in?a=b c" || q.Get("errorCallbackURL") != "/no" {
		t.Fatalf("link %s", box.last.URL)
	}
	path := strings.TrimPrefix(link.RequestURI(), "/api/auth")
	for i, want := range []struct{ location, signedIn string }{{authtest.Origin + "/hi", "yes"}, {authtest.Origin + "/no?error=INVALID_TOKEN", ""}} {
		got := c.Get(path)
		if got.Status != http.StatusFound || got.Header.Get("Location") != want.location || (got.Header.Get("Set-Cookie") != "") != (want.signedIn != "") {
			t.Errorf("use %d: %d %v", i+1, got.Status, got.Header)
		}
	}
	user := c.Get("/get-session").JSON(t)["user"].(map[string]any)
	if user["email"] != "new@example.com" || user["emailVerified"] != true || user["name"] != "N" {
		t.Errorf("user %v", user)
	}
}

func TestStorage(t *testing.T) {
	hash := func(_ context.Context, token string) (string, error) { return "h:" + token, nil }
	for name, tc := range map[string]struct {
		storage auth.TokenStorage
		stored  func(token string) string
	}{
		"plain":  {auth.TokenStorage{}, func(t string) string { return t }},
		"hashed": {auth.TokenStorage{Hashed: true}, auth.HashToken},
		"custom": {auth.TokenStorage{Hash: hash}, func(t string) string { return "h:" + t }},
	} {
		t.Run(name, func(t *testing.T) {
			s, box := server(t, auth.Options{}, magiclink.Options{StoreToken: tc.storage})
			ask(t, s.Client(), `{"email":"a@example.com"}`)
			rows, err := s.Store.Find(t.Context(), "verification", store.Query{})
			if err != nil || len(rows) != 1 || rows[0]["identifier"] != "magic-link:"+tc.stored(box.last.Token) || rows[0]["value"] != `{"type":"magic-link","email":"a@example.com"}` {
				t.Fatalf("%v %v", rows, err)
			}
			if got := s.Client().Get("/magic-link/verify?token=" + box.last.Token); got.Status != 200 || got.JSON(t)["token"] == nil {
				t.Errorf("%d %s", got.Status, got.Body)
			}
		})
	}
}

func TestExpires(t *testing.T) {
	var o auth.Options
	o.Verification.DisableCleanup = true // an expired row is still there when it is asked for
	s, box := server(t, o, magiclink.Options{ExpiresIn: 60})
	for _, tc := range []struct {
		after time.Duration
		code  int
	}{{59 * time.Second, 200}, {61 * time.Second, 302}} {
		ask(t, s.Client(), `{"email":"a@example.com"}`)
		s.Advance(tc.after)
		if got := s.Client().Get("/magic-link/verify?token=" + box.last.Token); got.Status != tc.code {
			t.Errorf("after %s: %d %s", tc.after, got.Status, got.Body)
		}
	}
}

func TestNoSignUp(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{DisableSignUp: true})
	ask(t, s.Client(), `{"email":"a@example.com"}`)
	got := s.Client().Get("/magic-link/verify?token=" + box.last.Token)
	if got.Header.Get("Location") != authtest.Origin+"/?error=new_user_signup_disabled" {
		t.Errorf("%d %v", got.Status, got.Header)
	}
}

func TestSenderDecides(t *testing.T) {
	fails := func(context.Context, magiclink.Mail) (callback.Nothing, error) {
		return callback.Nothing{}, &callback.APIError{Status: 429, Code: "SLOW_DOWN", Message: "Slow down"}
	}
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{magiclink.New(magiclink.Options{SendMagicLink: fails})}})
	if got := s.Client().Post("/sign-in/magic-link", `{"email":"a@example.com"}`); got.Status != 429 || got.Code() != "SLOW_DOWN" {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

func TestMail(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	c := s.Client()
	c.Header.Set("Accept-Language", "de")
	ask(t, c, `{"email":"a@example.com","metadata":{"plan":"pro"}}`)
	m := box.last.Mail()
	meta, _ := m.Details["metadata"].(map[string]any)
	if m.Kind != "magic-link" || m.To != "a@example.com" || m.URL != box.last.URL || m.Language != "de" || meta["plan"] != "pro" {
		t.Errorf("%+v", m)
	}
}
