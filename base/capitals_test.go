package base_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAddressesWithCapitals: a user whose address was imported with capitals is found in any spelling, and no second
// user with it can be created.
func TestAddressesWithCapitals(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		o.User.ChangeEmail.Enabled, o.User.ChangeEmail.UpdateEmailWithoutVerification = true, true
		s := authtest.New(t, o)
		ada := imports(s, "Ada@Example.com", importedBcrypt)
		bob := imports(s, "bob@example.com", importedBcrypt)
		s.Change("user", store.Record{"emailVerified": false}, store.Is("id", bob))
		for _, typed := range []string{"ada@example.com", "Ada@Example.com", "ADA@EXAMPLE.COM"} {
			s.Client().TrySignIn(typed, importedPassword).Want(200, "user.id", ada)
		}
		s.Client().Post("/sign-up/email", `{"name":"n","email":"ada@Example.com","password":"password1234"}`).
			WantCode(422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
		c := s.Client()
		c.TrySignIn("bob@example.com", importedPassword).Want(200)
		c.Post("/change-email", `{"newEmail":"ADA@example.com"}`).Want(200, "status", true)
		// The function that other sign-ins use: social sign-in, codes, links.
		_, err1 := s.Users.Create(t.Context(), store.Record{"email": "ada@example.com", "name": "n"}, "oauth")
		_, err2 := s.Users.Update(t.Context(), bob, store.Record{"email": "ada@example.com"})
		if !errors.Is(err1, store.ErrConflict) || !errors.Is(err2, store.ErrConflict) {
			t.Errorf("made: %v; changed: %v", err1, err2)
		}
		s.WantRows(2, "user")
		if user, err := s.Users.Update(t.Context(), ada, store.Record{"email": "ADA@example.com"}); err != nil || user.Email != "ada@example.com" {
			t.Errorf("one's own address in lower case: %v %v", user, err)
		}
	}, everywhere.Databases()...)
}

// TestTwinsAreNotGuessed: if addresses differ only in case, the one in lower case is used, otherwise an exact match,
// otherwise none.
func TestTwinsAreNotGuessed(t *testing.T) {
	// Not on MariaDB: its unique key ignores case, so there are no such rows.
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := authtest.New(t, o)
		ids := map[string]string{}
		for _, email := range []string{"Eve@example.com", "eve@example.com", "Tom@example.com", "TOM@example.com"} {
			ids[email] = imports(s, email, importedBcrypt)
		}
		for typed, want := range map[string]string{
			"eve@example.com": "eve@example.com", "Eve@example.com": "eve@example.com", "EVE@example.com": "eve@example.com",
			"Tom@example.com": "Tom@example.com", "TOM@example.com": "TOM@example.com", "tom@example.com": "", "ToM@example.com": "",
		} {
			got := s.Client().TrySignIn(typed, importedPassword)
			if want == "" {
				got.WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
				continue
			}
			got.Want(200, "user.id", ids[want])
		}
		s.Client().Post("/sign-up/email", `{"name":"n","email":"tom@example.com","password":"password1234"}`).Want(422)
	}, everywhere.Memory, everywhere.SQLite, everywhere.Postgres)
}

// TestCapitalsAreNoticedLater: rows may be imported while the server runs.
func TestCapitalsAreNoticedLater(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	s.Client().TrySignIn("ada@example.com", importedPassword).WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
	imports(s, "Ada@example.com", importedBcrypt)
	s.Advance(time.Hour + time.Second)
	s.Client().TrySignIn("ada@example.com", importedPassword).Want(200, "user.email", "Ada@example.com")
}
