package base_test

import (
	"slices"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
)

// TestFindAll reads several sessions at once, everywhere: in the order of the tokens, each once, without those that
// ended or never were, and with those that have expired but are still stored.
func TestFindAll(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := authtest.New(t, authtest.PlainPasswords(o))
		var tokens []string
		for _, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
			tokens = append(tokens, s.Client().SignUp(email).Text("token"))
		}
		find := func(tokens ...string) (emails []string) {
			t.Helper()
			found, err := s.Sessions.FindAll(t.Context(), tokens)
			if err != nil {
				t.Fatal(err)
			}
			for _, one := range found {
				emails = append(emails, one.User.Email)
			}
			return emails
		}
		if got := find(tokens[2], "unknown", tokens[0], tokens[2], ""); !slices.Equal(got, []string{"c@example.com", "a@example.com"}) {
			t.Errorf("%q", got)
		}
		if got := find(); got != nil {
			t.Errorf("%q", got)
		}
		if err := s.Sessions.End(t.Context(), tokens[0]); err != nil {
			t.Fatal(err)
		}
		if got := find(tokens...); !slices.Equal(got, []string{"b@example.com", "c@example.com"}) {
			t.Errorf("%q", got)
		}
		if o.SecondaryStorage == nil {
			s.Advance(8 * 24 * time.Hour)
			if got := find(tokens[1]); len(got) != 1 {
				t.Errorf("%q", got)
			}
		}
	})
}
