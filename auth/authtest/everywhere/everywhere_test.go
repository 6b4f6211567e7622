//go:build unix

package everywhere_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// TestRun checks that every place starts empty and keeps users and sessions.
func TestRun(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := authtest.New(t, authtest.PlainPasswords(o))
		s.WantRows(0, "user")
		c := s.Client()
		c.SignUp("ann@example.com").Want(200, "user.email", "ann@example.com")
		s.Client().SignIn("ann@example.com")
		s.WantRows(1, "user")
		rows := 2
		if strings.HasSuffix(t.Name(), "/secondary_storage") {
			rows = 0
		}
		s.WantRows(rows, "session")
		c.Get("/list-sessions").Want(200, "", authtest.Len(2))
		s.Advance(8 * 24 * time.Hour) // secondary storage goes by the server's clock, too
		if c.SignedIn() {
			t.Error("the session has not ended")
		}
	})
}

func TestPlaces(t *testing.T) {
	var ran []string
	everywhere.Run(t, func(t *testing.T, _ auth.Options) { ran = append(ran, t.Name()) }, everywhere.Memory, everywhere.SQLite)
	if want := []string{"TestPlaces/memory", "TestPlaces/sqlite"}; !slices.Equal(ran, want) {
		t.Errorf("ran %q", ran)
	}
	if n := len(everywhere.All()); n != 6 {
		t.Errorf("%d places", n)
	}
}
