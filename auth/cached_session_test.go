package auth_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/store"
)

func cachedServer(t *testing.T, strategy string) (*authtest.Server, *authtest.Client) {
	o := auth.Options{}
	no := false
	o.Session.CookieCache = auth.CookieCache{Enabled: yes(), Strategy: strategy, MaxAge: 3600}
	o.User.AdditionalFields = auth.AdditionalFields{{Name: "plan", Type: auth.FieldType{Type: "string"}, Required: &no}, {Name: "age", Type: auth.FieldType{Type: "number"}, Required: &no}}
	s := authtest.New(t, o)
	return s, s.Client()
}

// rename changes the user in the store without updating any cache.
func rename(t *testing.T, s *authtest.Server) {
	t.Helper()
	if _, err := s.Store.UpdateMany(t.Context(), "user", nil, store.Record{"name": "renamed"}); err != nil {
		t.Fatal(err)
	}
}

// TestCachedSession: the answer from the cookie cache equals the answer from the store byte for byte, whatever texts
// a row contains.
func TestCachedSession(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		t.Run(strategy, func(t *testing.T) {
			s, c := cachedServer(t, strategy)
			c.Post("/sign-up/email", `{"name":"Zo\u00eb \"Z\" \\\n\u2028 <b>","email":"a@example.com","password":"password1234","plan":"2030-01-31T00:00:00.000Z","age":42.5}`)
			stored := c.Get("/get-session?disableCookieCache=true").Body
			rename(t, s)
			if cached := c.Get("/get-session").Body; cached != stored || !strings.Contains(cached, `"age":42.5`) {
				t.Errorf("cached %s\nstored %s", cached, stored)
			}
		})
	}
}

// A cached session that is correctly signed but not JSON is not used, and never causes a 500.
func TestCachedSessionMalformed(t *testing.T) {
	s, c := cachedServer(t, "compact")
	c.SignUp("a@example.com")
	var whole struct{ Session, User json.RawMessage }
	if err := json.Unmarshal([]byte(c.Get("/get-session").Body), &whole); err != nil {
		t.Fatal(err)
	}
	session, user := string(whole.Session), string(whole.User)
	rename(t, s)
	for name, broken := range map[string][2]string{
		"whole":          {session, user},
		"session open":   {strings.TrimSuffix(session, "}"), user},
		"user open":      {session, strings.TrimSuffix(user, "}")},
		"no text":        {session, `{`},
		"half a literal": {session, strings.Replace(user, "false", "fals", 1)},
		"half a value":   {session, strings.Replace(user, `"image":null`, `"image":nul`, 1)},
		"unknown value":  {session, strings.Replace(user, `{`, `{"more":[1,],`, 1)},
		"no colon":       {strings.Replace(session, `":"`, `" "`, 1), user},
	} {
		value, err := cookie.EncodeCache(s.Keys, cookie.Compact, cookie.Cache{Session: []byte(broken[0]), User: []byte(broken[1]), Version: "1"}, 3600, s.Options.Now())
		if err != nil {
			t.Fatal(err)
		}
		c.Jar["better-auth.session_data"] = value
		got := c.Get("/get-session")
		if fromStore := strings.Contains(got.Body, "renamed"); got.Status != 200 || fromStore != (name != "whole") {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}
