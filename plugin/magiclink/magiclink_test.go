package magiclink_test

import (
	"context"
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

// mailbox holds the last message.
type mailbox struct{ last magiclink.Mail }

func (b *mailbox) send(_ context.Context, m magiclink.Mail) (callback.Nothing, error) {
	b.last = m
	return callback.Nothing{}, nil
}

func server(t *testing.T, o auth.Options, p magiclink.Options) (*authtest.Server, *mailbox) {
	box := &mailbox{}
	p.SendMagicLink = box.send
	o.Plugins = []auth.Plugin{magiclink.New(p)}
	return authtest.New(t, authtest.PlainPasswords(o)), box
}

func ask(c *authtest.Client, body string) {
	c.Server.T.Helper()
	c.Post("/sign-in/magic-link", body).Want(200, "", map[string]any{"status": true})
}

// follow opens the newest link.
func follow(c *authtest.Client, box *mailbox) *authtest.Answer {
	return c.Get("/magic-link/verify?token=" + box.last.Token)
}

func TestLink(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	c := s.Client()
	ask(c, `{"email":"New@Example.com","name":"N","callbackURL":"/in?a=b c","newUserCallbackURL":"/hi","errorCallbackURL":"/no"}`)
	link, err := url.Parse(box.last.URL)
	if err != nil {
		t.Fatal(err)
	}
	if q := link.Query(); link.Path != "/api/auth/magic-link/verify" || q.Get("token") != box.last.Token || len(box.last.Token) != 32 || q.Get("callbackURL") != "/in?a=b c" || q.Get("errorCallbackURL") != "/no" {
		t.Fatalf("link %s", box.last.URL)
	}
	path := strings.TrimPrefix(link.RequestURI(), "/api/auth")
	c.Get(path).WantRedirect(authtest.Origin + "/hi").WantCookie("better-auth.session_token")
	c.Get(path).WantRedirect(authtest.Origin + "/no?error=INVALID_TOKEN").WantNoCookie()
	c.Get("/get-session").Want(200, "user.email", "new@example.com", "user.emailVerified", true, "user.name", "N")
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
			ask(s.Client(), `{"email":"a@example.com"}`)
			s.WantRows(1, "verification", store.Is("identifier", "magic-link:"+tc.stored(box.last.Token)), store.Is("value", `{"type":"magic-link","email":"a@example.com"}`))
			follow(s.Client(), box).Want(200, "token", authtest.Any)
		})
	}
}

func TestExpires(t *testing.T) {
	var o auth.Options
	o.Verification.DisableCleanup = true // keep expired rows, so that the test can use them
	s, box := server(t, o, magiclink.Options{ExpiresIn: 60})
	for _, tc := range []struct {
		after time.Duration
		code  int
	}{{59 * time.Second, 200}, {61 * time.Second, 302}} {
		ask(s.Client(), `{"email":"a@example.com"}`)
		s.Advance(tc.after)
		follow(s.Client(), box).Want(tc.code)
	}
}

func TestNoSignUp(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{DisableSignUp: true})
	ask(s.Client(), `{"email":"a@example.com"}`)
	follow(s.Client(), box).WantRedirect(authtest.Origin + "/?error=new_user_signup_disabled")
}

func TestSenderDecides(t *testing.T) {
	fails := func(context.Context, magiclink.Mail) (callback.Nothing, error) {
		return callback.Nothing{}, &callback.APIError{Status: 429, Code: "SLOW_DOWN", Message: "Slow down"}
	}
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{magiclink.New(magiclink.Options{SendMagicLink: fails})}})
	s.Client().Post("/sign-in/magic-link", `{"email":"a@example.com"}`).WantCode(429, "SLOW_DOWN")
}

func TestMail(t *testing.T) {
	s, box := server(t, auth.Options{}, magiclink.Options{})
	c := s.Client()
	c.Header.Set("Accept-Language", "de")
	ask(c, `{"email":"a@example.com","metadata":{"plan":"pro"}}`)
	m := box.last.Mail()
	meta, _ := m.Details["metadata"].(map[string]any)
	if m.Kind != "magic-link" || m.To != "a@example.com" || m.URL != box.last.URL || m.Language != "de" || meta["plan"] != "pro" {
		t.Errorf("%+v", m)
	}
}
