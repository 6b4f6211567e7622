package campus_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"

	"example.com/notes/campus"
)

// oauthtest stands in for the provider: it answers every outbound request.
func TestSignIn(t *testing.T) {
	provider := oauthtest.New(t, func() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) })
	provider.Exact = map[string]any{campus.ProfileURL: map[string]any{"matriculation": 4711, "full_name": "Ada", "mail": "ada@campus.example"}}
	s := authtest.New(t, auth.Options{
		HTTP:            provider,
		SocialProviders: []oauth.Provider{campus.New(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})},
	})
	c := s.Client()
	begun := c.Post("/sign-in/social", `{"provider":"campus","callbackURL":"/in"}`)
	to, err := url.Parse(begun.JSON(t)["url"].(string))
	if err != nil || to.Host != "login.campus.example" || to.Query().Get("scope") != "profile" {
		t.Fatalf("sent to %v (%v)", to, err)
	}
	back := c.Get("/callback/campus?code=c&state=" + url.QueryEscape(to.Query().Get("state")))
	if back.Status != 302 || back.Header.Get("Location") != "/in" {
		t.Fatalf("%d %v", back.Status, back.Header)
	}
	user, err := s.Users.ByEmail(t.Context(), "ada@campus.example")
	if err != nil || user.Name != "Ada" || !user.EmailVerified {
		t.Fatalf("%+v %v", user, err)
	}
	accounts, err := s.Accounts.Of(t.Context(), user.ID)
	if err != nil || len(accounts) != 1 || accounts[0].AccountID != "4711" {
		t.Errorf("%v %v", accounts, err)
	}
}
