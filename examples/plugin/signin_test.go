package notes_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"

	"example.com/notes"
)

// A suspended user gets no session, no cookie and no event, in whatever way they come.
func TestAdmit(t *testing.T) {
	s := newServer(t, notes.Options{})
	s.Client().SignUp("ada@example.com")
	user, err := s.Users.ByEmail(t.Context(), "ada@example.com")
	if err == nil {
		_, err = s.Users.Update(t.Context(), user.ID, store.Record{"notesSuspended": true})
	}
	if err != nil {
		t.Fatal(err)
	}
	before := s.count("session")
	s.reported()
	got := s.Client().Post("/sign-in/email", `{"email":"ada@example.com","password":"password1234"}`)
	if got.Status != http.StatusForbidden || got.Code() != "NOTES_SUSPENDED" || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("%d %s %v", got.Status, got.Body, got.Header)
	}
	if after := s.count("session"); after != before {
		t.Errorf("%d sessions, before %d", after, before)
	}
	if names := s.reported(); len(names) > 0 {
		t.Errorf("reported %v", names)
	}
}

func TestPIN(t *testing.T) {
	s := newServer(t, notes.Options{}, func(o *auth.Options) { o.Session.CookieCache.Enabled = new(true) })
	c := s.Client()
	c.SignUp("ada@example.com")
	if got := c.Post("/notes/set-pin", `{"pin":"4711"}`); got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	before := s.count("session")
	s.reported()
	signIn := func() string {
		t.Helper()
		c := s.Client()
		got := c.Post("/sign-in/email", `{"email":"ada@example.com","password":"password1234"}`)
		for name, value := range c.Jar {
			if strings.Contains(name, "session") && value != "" {
				t.Errorf("a cookie is left: %s=%s", name, value)
			}
		}
		if n := s.count("session"); n != before || got.Status != http.StatusOK || got.JSON(t)["pinNeeded"] != true {
			t.Fatalf("%d sessions, before %d; %d %s", n, before, got.Status, got.Body)
		}
		return got.JSON(t)["token"].(string)
	}
	token := signIn()
	if names := s.reported(); len(names) > 0 {
		t.Errorf("a sign-in that was taken back was reported: %v", names)
	}
	wrong := s.Client().Post("/notes/pin", `{"token":"`+token+`","pin":"0000"}`)
	again := s.Client().Post("/notes/pin", `{"token":"`+token+`","pin":"4711"}`)
	if wrong.Code() != "INVALID_PIN" || again.Code() != "INVALID_PIN" {
		t.Errorf("wrong: %s; the same token again: %s", wrong.Body, again.Body)
	}
	in := s.Client()
	if got := in.Post("/notes/pin", `{"token":"`+signIn()+`","pin":"4711"}`); got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if got := in.Get("/get-session"); got.Body == "null" || s.count("session") != before+1 {
		t.Errorf("nobody is signed in: %s", got.Body)
	}
	if len(s.events) != 1 || s.events[0].Name != auth.UserSignedIn || s.events[0].Method != "password-and-pin" {
		t.Errorf("events %+v", s.events)
	}
}

func TestFreshSession(t *testing.T) {
	s := newServer(t, notes.Options{})
	c := s.Client()
	c.SignUp("ada@example.com")
	s.Advance(25 * time.Hour)
	if got := c.Post("/notes/set-pin", `{"pin":"4711"}`); got.Code() != "SESSION_NOT_FRESH" {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}
