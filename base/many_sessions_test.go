package base_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
)

// TestEndMany ends several sessions at once, everywhere. If a hook keeps one, all stay.
func TestEndMany(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		keeps := false
		o.DatabaseHooks.Session.Delete.Before = func(context.Context, auth.RowEvent) (callback.Answer, error) {
			return callback.Answer{Result: !keeps, Set: true}, nil
		}
		s := authtest.New(t, authtest.PlainPasswords(o))
		var browsers []*authtest.Client
		var tokens []string
		for _, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
			c := s.Client()
			tokens = append(tokens, c.SignUp(email).Text("token"))
			browsers = append(browsers, c)
		}
		end := func() {
			t.Helper()
			if err := s.Sessions.EndMany(t.Context(), append(tokens[:2:2], "unknown")); err != nil {
				t.Fatal(err)
			}
		}
		// A copy in secondary storage ends, whatever the hooks of rows say.
		if keeps = o.SecondaryStorage == nil; keeps {
			end()
			for i, c := range browsers {
				if !c.SignedIn() {
					t.Errorf("browser %d is signed out, though a hook keeps the sessions", i)
				}
			}
		}
		keeps = false
		end()
		for i, c := range browsers {
			if c.SignedIn() != (i == 2) {
				t.Errorf("browser %d: signed in is not %t", i, i == 2)
			}
		}
		if err := s.Sessions.EndMany(t.Context(), nil); err != nil || !browsers[2].SignedIn() {
			t.Error("ended without a token", err)
		}
	})
}

// TestFindMany reads several sessions at once, everywhere: in the order of the tokens, each once, without those that
// ended or never were, and with those that have expired but are still stored.
func TestFindMany(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := authtest.New(t, authtest.PlainPasswords(o))
		var tokens []string
		for _, email := range []string{"a@example.com", "b@example.com", "c@example.com"} {
			tokens = append(tokens, s.Client().SignUp(email).Text("token"))
		}
		find := func(tokens ...string) (emails []string) {
			t.Helper()
			found, err := s.Sessions.FindMany(t.Context(), tokens)
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
