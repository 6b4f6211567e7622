package bearer_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
)

// FuzzAuthorization sends arbitrary Authorization headers. Only one that contains the complete token identifies the
// user, and none causes a server error.
func FuzzAuthorization(f *testing.F) {
	s := authtest.New(f, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{})}})
	up := s.Client().SignUp("ada@example.com")
	signed := up.Header.Get("Set-Auth-Token")
	token, _, _ := strings.Cut(signed, ".")
	for _, seed := range []string{"", "Bearer ", "Bearer " + token, "bearer " + signed, "Bearer " + token + ".x", "Basic " + token, "Bearer \x00", "Bearer %", "Bearer a.b.c", "Bearer %zz." + token} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		c := s.Client()
		c.Header["Authorization"] = []string{header}
		got := c.Get("/get-session")
		if got.Status != http.StatusOK {
			t.Fatalf("%q: %d %s", header, got.Status, got.Body)
		}
		if got.Body != "null" && !strings.Contains(header, token) && !strings.Contains(header, "%") {
			t.Errorf("%q is somebody: %s", header, got.Body)
		}
	})
}
