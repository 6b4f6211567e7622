package auth_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

type failing struct {
	Fail bool `json:"fail"`
}

// doorman is a plugin that signs the caller in within a transaction, which may
// fail, and notes what its hook after sign-ins saw.
func doorman(seen *[]string) auth.Manifest {
	return auth.Manifest{
		ID: "doorman",
		Endpoints: []auth.Endpoint{auth.Handle(auth.Route{
			ID: "knock", Methods: []string{http.MethodPost}, Path: "/knock", Session: auth.RequireSession,
		}, func(c *auth.Context, in *failing) (*auth.Nothing, error) {
			return &auth.Nothing{}, c.Tx(func(c *auth.Context) error {
				if _, err := c.SignIn(c.Session.User, auth.SignIn{Method: "knock"}); err != nil {
					return err
				}
				c.Emit(auth.Event{Name: "nobody_lists_this"})
				if in.Fail {
					return auth.Status(http.StatusTeapot, "no")
				}
				return nil
			})
		})},
		SignedIn: []auth.Hook{{On: []string{"/knock"}, Do: func(c *auth.Context) error {
			*seen = append(*seen, c.NewSession.User.Email)
			return nil
		}}},
	}
}

// A session that was rolled back has not begun: no hook and no event tells of it.
func TestSignInRolledBack(t *testing.T) {
	var seen, events []string
	s := authtest.New(t, auth.Options{
		Plugins: []auth.Plugin{doorman(&seen)},
		OnEvent: func(_ context.Context, e auth.Event) { events = append(events, e.Name+" "+e.Method) },
	})
	c := s.Client()
	c.SignUp("ada@example.com")
	events = nil
	before, err := s.Store.Count(t.Context(), "session")
	got := c.Post("/knock", `{"fail":true}`)
	after, err2 := s.Store.Count(t.Context(), "session")
	if errors.Join(err, err2) != nil || got.Status != http.StatusTeapot || got.Header.Get("Set-Cookie") != "" || after != before || len(seen)+len(events) > 0 {
		t.Errorf("%d %v; %d sessions, before %d; hooks saw %v, events %v", got.Status, got.Header, after, before, seen, events)
	}
	if got := c.Post("/knock", `{"fail":false}`); got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Body)
	}
	if want := []string{auth.UserSignedIn + " knock"}; !slices.Equal(events, want) || !slices.Equal(seen, []string{"ada@example.com"}) {
		t.Errorf("events %v, hooks saw %v", events, seen)
	}
}
