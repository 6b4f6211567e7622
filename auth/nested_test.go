package auth_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
)

type nestedKey struct{}

// TestNested runs an endpoint within another one: its hooks run, it sees what the outer call kept, and the headers of its
// errors come along.
func TestNested(t *testing.T) {
	var ran []string
	note := func(when string) func(c *auth.Context) error {
		return func(c *auth.Context) error { ran = append(ran, when+" "+c.Route.Path); return nil }
	}
	inner := auth.Handle(auth.Route{ID: "inner", Methods: []string{http.MethodGet}, Path: "/inner", Session: auth.Public, Summary: "x"},
		func(c *auth.Context, _ *auth.None) (*js.Object, error) {
			c.SetResponseHeader("X-Inner", "1")
			if where, _ := c.Query.Get("to"); where == "away" {
				return nil, auth.Redirect("https://example.com/")
			}
			kept, _ := c.Value(nestedKey{}).(string)
			return js.Obj("kept", kept, "user", c.Session != nil, "method", c.Method), nil
		})
	outer := auth.Handle(auth.Route{ID: "outer", Methods: []string{http.MethodPost}, Path: "/outer", Session: auth.RequireSession, Summary: "x"},
		func(c *auth.Context, in *struct {
			To string `json:"to"`
		}) (*any, error) {
			c.Keep(nestedKey{}, "kept")
			answer, err := c.Nested("inner", func(inner *auth.Context) { inner.Query = js.Obj("to", in.To) })
			if c.Route.Path != "/outer" || c.Query != nil && c.Query.Has("to") {
				t.Errorf("the outer call has changed: %s %v", c.Route.Path, c.Query)
			}
			if _, err := c.Nested("nothing", nil); err == nil {
				t.Error("an unknown endpoint was run")
			}
			return &answer, err
		})
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{auth.Manifest{
		ID: "nested", Endpoints: []auth.Endpoint{inner, outer},
		Before: []auth.Hook{{On: []string{"/inner", "/outer"}, Do: note("before")}}, After: []auth.Hook{{On: []string{"/inner", "/outer"}, Do: note("after")}},
	}}}))
	c := s.Client()
	c.SignUp("ann@example.com")
	got := c.Post("/outer", `{"to":"here"}`).Want(200, "kept", "kept", "user", true, "method", "POST")
	if got.Header.Get("X-Inner") != "" {
		t.Error("the headers of an answer came along")
	}
	if want := []string{"before /outer", "before /inner", "after /inner", "after /outer"}; !slices.Equal(ran, want) {
		t.Errorf("ran %v, want %v", ran, want)
	}
	if got = c.Post("/outer", `{"to":"away"}`).WantRedirect("https://example.com/"); got.Header.Get("X-Inner") != "1" {
		t.Error("the headers of an error did not come along")
	}
}
