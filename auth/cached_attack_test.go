package auth_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	tokenCookie = "better-auth.session_token"
	cacheCookie = "better-auth.session_data"
)

// TestAttackCacheOfAnotherSession sends the cached copy of one session with the token of another. The copy must not
// be used.
func TestAttackCacheOfAnotherSession(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		t.Run(strategy, func(t *testing.T) {
			s, mallory := cachedServer(t, strategy)
			mallory.SignUp("mallory@example.com")
			victim := s.Client()
			victim.SignUp("victim@example.com")
			mixed := s.Client()
			mixed.Jar[tokenCookie], mixed.Jar[cacheCookie] = mallory.Jar[tokenCookie], victim.Jar[cacheCookie]
			user, _ := mixed.Get("/get-session").JSON(t)["user"].(map[string]any)
			if user["email"] != "mallory@example.com" {
				t.Errorf("the cached copy of another session answered: %v", user["email"])
			}
		})
	}
}

// TestCachedSessionEnds: a cached copy is not used after its own expiry or after the expiry of the session in it.
func TestCachedSessionEnds(t *testing.T) {
	for _, strategy := range []string{"compact", "jwt", "jwe"} {
		for name, tc := range map[string]struct{ session, cache int }{
			"session first": {600, 3600},
			"copy first":    {3600, 600},
		} {
			t.Run(strategy+"/"+name, func(t *testing.T) {
				var o auth.Options
				o.Session.ExpiresIn = tc.session
				o.Session.DisableSessionRefresh = true
				o.Session.CookieCache = auth.CookieCache{Enabled: yes(), Strategy: strategy, MaxAge: tc.cache}
				s := authtest.New(t, o)
				c := s.Client()
				c.SignUp("a@example.com")
				// Without its row the session exists in the cached copy only.
				if _, err := s.Store.DeleteMany(t.Context(), "session"); err != nil {
					t.Fatal(err)
				}
				kept := c.Jar[cacheCookie]
				s.Advance(599 * time.Second)
				if !c.SignedIn() {
					t.Fatal("the copy ended too early")
				}
				c.Jar[cacheCookie] = kept
				s.Advance(20 * time.Second) // past the leeway of encrypted tokens
				if c.SignedIn() {
					t.Error("after its end")
				}
			})
		}
	}
}

// TestVerificationEnds: an expired value is not returned, even if nothing has deleted it yet.
func TestVerificationEnds(t *testing.T) {
	var o auth.Options
	o.Verification.DisableCleanup = true
	s := authtest.New(t, o)
	put := func(id string) {
		t.Helper()
		if err := s.Once.Put(t.Context(), id, "v", s.Options.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	put("in time")
	put("too late")
	s.Advance(time.Minute)
	if row, err := s.Once.Take(t.Context(), "in time"); err != nil || row == nil {
		t.Errorf("at its last moment: %v %v", row, err)
	}
	s.Advance(time.Millisecond)
	if row, err := s.Once.Take(t.Context(), "too late"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("expired and given out: %v %v", row, err)
	}
	if rows, err := s.Store.Find(t.Context(), "verification", store.Query{}); err != nil || len(rows) != 0 {
		t.Errorf("left behind: %v %v", rows, err)
	}
}
