package auth_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// A plugin that measures the server sees every answer once: of endpoints, of the limiter, of panics and of unknown paths.
func TestServed(t *testing.T) {
	var seen []auth.Served
	on := true
	answer := func(id, path string, fn func(c *auth.Context) error) auth.Endpoint {
		return auth.Handle(auth.Route{ID: id, Methods: []string{http.MethodGet}, Path: path, Session: auth.Public}, func(c *auth.Context, _ *auth.None) (*auth.Nothing, error) {
			return &auth.Nothing{}, fn(c)
		})
	}
	s := authtest.New(t, auth.Options{
		RateLimit: auth.RateLimitOptions{Enabled: &on, CustomRules: auth.CustomRules{{Path: "/limited", Window: 10, Max: 1}}},
		Plugins: []auth.Plugin{auth.Manifest{ID: "measuring", Served: func(r auth.Served) { seen = append(seen, r) }, Endpoints: []auth.Endpoint{
			answer("fine", "/fine", func(*auth.Context) error { return nil }),
			answer("limited", "/limited", func(*auth.Context) error { return nil }),
			answer("refuses", "/refuses", func(*auth.Context) error { return auth.Forbidden(auth.NotSignedIn) }),
			answer("panics", "/panics", func(*auth.Context) error { panic("a mistake") }),
		}}},
	})
	var want []int
	for _, path := range []string{"/fine", "/limited", "/limited", "/refuses", "/panics", "/nowhere"} {
		want = append(want, s.Client().Get(path).Status)
	}
	var got []int
	for _, r := range seen {
		got = append(got, r.Status)
		if !r.At.Equal(s.Now()) || r.Took < 0 || r.Took > time.Minute {
			t.Errorf("%+v", r)
		}
	}
	if !slices.Equal(want, []int{200, 200, 429, 403, 500, 404}) || !slices.Equal(got, want) {
		t.Errorf("reported %v of %v", got, want)
	}
}
