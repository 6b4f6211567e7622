package auth_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// short answers get-session with the address of the user only, or null.
func short(methods ...string) auth.Manifest {
	return auth.Manifest{ID: "short", Endpoints: []auth.Endpoint{auth.Handle(auth.Route{
		ID: "getSession", Methods: methods, Path: "/get-session", Session: auth.Public, Replaces: true,
	}, func(c *auth.Context, _ *auth.None) (*any, error) {
		answer, err := c.ReadSession(auth.Lookup{})
		if answer == nil || err != nil {
			return nil, err
		}
		var email any = answer.User.Text("email")
		return &email, nil
	})}}
}

// TestReplacedEndpoint: an endpoint that replaces another one has its own methods, and programs still get the session.
func TestReplacedEndpoint(t *testing.T) {
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{short(http.MethodGet)}}))
	c := s.Client()
	c.Get("/get-session").Want(200, "", nil)
	c.SignUp("ann@example.com")
	if got := c.Get("/get-session"); got.Body != "ann@example.com" || got.Header.Get("Content-Type") != "text/plain" {
		t.Errorf("%s, %v", got, got.Header)
	}
	c.Post("/get-session", "{}").Want(404)
	c.Get("/session").Want(404)
	n := 0
	for _, e := range s.Endpoints() {
		if e.ID == "getSession" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d endpoints", n)
	}
	for _, signedIn := range []bool{true, false} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		if signedIn {
			for name, value := range c.Jar {
				r.Header.Add("Cookie", name+"="+value)
			}
		}
		session, user, err := s.Session(r)
		if err != nil || (session != nil) != signedIn || signedIn && user.Email != "ann@example.com" {
			t.Errorf("%v, %v, %v", session, user, err)
		}
	}
}

// An endpoint that replaces none is refused, and so is a second one that does not say that it replaces the first.
func TestReplacesNothing(t *testing.T) {
	alone := short(http.MethodGet)
	alone.Endpoints[0].ID = "getMission"
	same := short(http.MethodGet)
	same.Endpoints[0].Replaces = false
	for want, m := range map[string]auth.Manifest{
		"endpoint getMission (/get-session) replaces an endpoint that does not exist": alone,
		"endpoint getSession is registered twice":                                     same,
	} {
		_, err := betterauth.New(auth.Options{BaseURL: auth.Static(authtest.Origin), Secret: authtest.Secret, Plugins: []auth.Plugin{m}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
