package auth_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

type formRequest struct {
	Scope *string `json:"scope,omitempty"`
}

type formAnswer struct {
	Scope  *string  `json:"scope"`
	Scopes []string `json:"scopes"`
	Names  []string `json:"names"`
}

// form answers what it was sent: the value that counts, and all values.
var form = auth.Handle(auth.Route{
	ID: "form", Methods: []string{http.MethodPost}, Path: "/form", Session: auth.Public,
	MediaTypes: []string{"application/json", "application/x-www-form-urlencoded"},
}, func(c *auth.Context, in *formRequest) (*formAnswer, error) {
	return &formAnswer{in.Scope, c.Form["scope"], slices.Sorted(maps.Keys(c.Form))}, nil
})

func TestForm(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{auth.Manifest{ID: "form", Endpoints: []auth.Endpoint{form}}}})
	c := s.Client()
	c.Do("POST", "/form", "application/x-www-form-urlencoded", "scope=a+b&x=%31&scope=&scope=c").
		Want(200, "scope", "c", "scopes", []string{"a b", "", "c"}, "names", []string{"scope", "x"})
	c.Post("/form", `{"scope":"a"}`).Want(200, "scope", "a", "scopes", nil, "names", nil)
}

type plainAnswer struct {
	Token string `json:"token"`
}

// TestSignInWithoutCookies: a session for a client that is not a browser sets no cookie, and hooks see it nevertheless.
func TestSignInWithoutCookies(t *testing.T) {
	hooked := 0
	plain := auth.Manifest{
		ID: "plain",
		Endpoints: []auth.Endpoint{auth.Handle(auth.Route{ID: "plain", Methods: []string{http.MethodPost}, Path: "/plain", Session: auth.Public},
			func(c *auth.Context, _ *auth.None) (*plainAnswer, error) {
				user, err := c.Users.ByEmail(c, "ann@example.com")
				if err != nil {
					return nil, err
				}
				session, err := c.SignIn(user, auth.SignIn{Method: "plain", NoCookies: true})
				if err != nil {
					return nil, err
				}
				return &plainAnswer{session.Token}, nil
			})},
		SignedIn: []auth.Hook{{On: []string{"/plain"}, Do: func(c *auth.Context) error {
			if c.NewSession != nil {
				hooked++
			}
			return nil
		}}},
	}
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{plain}}))
	s.Client().SignUp("ann@example.com")
	s.Client().Post("/plain", `{}`).Want(200, "token", authtest.Like("^[A-Za-z0-9]{32}$")).WantNoCookie()
	s.WantRows(2, "session")
	if hooked != 1 {
		t.Errorf("%d hooks saw the session", hooked)
	}
}
