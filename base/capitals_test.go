package base_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

// databases open a migrated database of their own.
func databases() map[string]func(t *testing.T) store.Driver {
	return map[string]func(t *testing.T) store.Driver{
		"memory":   func(*testing.T) store.Driver { return memstore.New() },
		"sqlite":   func(t *testing.T) store.Driver { return migrated(t, "sqlite:"+t.TempDir()+"/people.db") },
		"postgres": func(t *testing.T) store.Driver { return migrated(t, testserver.Postgres(t)) },
		"mariadb":  func(t *testing.T) store.Driver { return migrated(t, testserver.MariaDB(t)) },
	}
}

func migrated(t *testing.T, url string) store.Driver {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), url, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	a, err := betterauth.New(auth.Options{Secret: authtest.Secret, BaseURL: auth.Static(authtest.Origin), Mode: auth.Development, Database: db, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := db.Plan(t.Context(), a.Store.Tables())
	if err == nil {
		err = plan.Apply(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// TestAddressesWithCapitals: a user whose address was imported with capitals is
// found however it is typed, and nobody makes a twin.
func TestAddressesWithCapitals(t *testing.T) {
	for name, open := range databases() {
		t.Run(name, func(t *testing.T) {
			o := auth.Options{Database: open(t)}
			o.User.ChangeEmail.Enabled, o.User.ChangeEmail.UpdateEmailWithoutVerification = true, true
			s := authtest.New(t, o)
			ada := imports(t, s.Auth, "Ada@Example.com", importedBcrypt)
			bob := imports(t, s.Auth, "bob@example.com", importedBcrypt)
			if _, err := s.Users.Update(t.Context(), bob, store.Record{"emailVerified": false}); err != nil {
				t.Fatal(err)
			}
			for _, typed := range []string{"ada@example.com", "Ada@Example.com", "ADA@EXAMPLE.COM"} {
				a := s.Client().Post("/sign-in/email", credentials(typed, importedPassword))
				if a.Status != 200 || !strings.Contains(a.Body, ada) {
					t.Errorf("sign-in as %s: %d %s", typed, a.Status, a.Body)
				}
			}
			a := s.Client().Post("/sign-up/email", `{"name":"n","email":"ada@Example.com","password":"password1234"}`)
			if a.Status != 422 || a.Code() != "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" {
				t.Errorf("sign-up: %d %s", a.Status, a.Body)
			}
			c := s.Client()
			if a := c.Post("/sign-in/email", credentials("bob@example.com", importedPassword)); a.Status != 200 {
				t.Fatal(a.Body)
			}
			if a := c.Post("/change-email", `{"newEmail":"ADA@example.com"}`); a.Status != 200 {
				t.Errorf("change-email: %d %s", a.Status, a.Body)
			}
			// What any other endpoint ends in: social sign-in, codes, links.
			_, err1 := s.Users.Create(t.Context(), store.Record{"email": "ada@example.com", "name": "n"}, "oauth")
			_, err2 := s.Users.Update(t.Context(), bob, store.Record{"email": "ada@example.com"})
			if !errors.Is(err1, store.ErrConflict) || !errors.Is(err2, store.ErrConflict) {
				t.Errorf("made: %v; changed: %v", err1, err2)
			}
			if n, err := s.Store.Count(t.Context(), "user"); n != 2 || err != nil {
				t.Errorf("%d users, %v", n, err)
			}
			if user, err := s.Users.Update(t.Context(), ada, store.Record{"email": "ADA@example.com"}); err != nil || user.Email != "ada@example.com" {
				t.Errorf("one's own address in lower case: %v %v", user, err)
			}
		})
	}
}

// TestTwinsAreNotGuessed: of addresses that differ in case only, the one in
// lower case counts, then the one that is typed, and otherwise none.
func TestTwinsAreNotGuessed(t *testing.T) {
	for name, open := range databases() {
		if name == "mariadb" {
			continue // its unique key ignores case: there are no twins
		}
		t.Run(name, func(t *testing.T) {
			s := authtest.New(t, auth.Options{Database: open(t)})
			ids := map[string]string{}
			for _, email := range []string{"Eve@example.com", "eve@example.com", "Tom@example.com", "TOM@example.com"} {
				ids[email] = imports(t, s.Auth, email, importedBcrypt)
			}
			for typed, want := range map[string]string{
				"eve@example.com": "eve@example.com", "Eve@example.com": "eve@example.com", "EVE@example.com": "eve@example.com",
				"Tom@example.com": "Tom@example.com", "TOM@example.com": "TOM@example.com", "tom@example.com": "", "ToM@example.com": "",
			} {
				user, err := s.Users.FindByEmail(t.Context(), typed)
				if user == nil {
					user = &auth.User{}
				}
				if err != nil || user.ID != ids[want] {
					t.Errorf("%s: %v %v; want %q", typed, user.Email, err, want)
				}
			}
			if a := s.Client().Post("/sign-up/email", `{"name":"n","email":"tom@example.com","password":"password1234"}`); a.Status != 422 {
				t.Errorf("a third twin: %d %s", a.Status, a.Body)
			}
		})
	}
}

// TestCapitalsAreNoticedLater: rows that are imported while the server runs.
func TestCapitalsAreNoticedLater(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	if user, err := s.Users.FindByEmail(t.Context(), "ada@example.com"); user != nil || err != nil {
		t.Fatal(user, err)
	}
	imports(t, s.Auth, "Ada@example.com", importedBcrypt)
	s.Advance(time.Hour + time.Second)
	if user, err := s.Users.FindByEmail(t.Context(), "ada@example.com"); user == nil || err != nil {
		t.Errorf("not found: %v", err)
	}
}
