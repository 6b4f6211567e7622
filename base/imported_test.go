package base_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	importedPassword = "correct horse battery staple"
	importedBcrypt   = "$2b$04$gO.LNca1wTZZvYNMRzLw1usW0/IZYs5KoTJxA5/gh7bCPkCZOlwSS"
	importedUnknown  = "{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr"
)

var nativeHash = regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`)

// imports makes a user as an operator does who moves here: by rows.
func imports(t testing.TB, a *auth.Auth, email, hash string) (id string) {
	t.Helper()
	now := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	user, err := a.Store.Create(t.Context(), "user", store.Record{"email": email, "name": "n", "emailVerified": true, "createdAt": now, "updatedAt": now})
	if err != nil {
		t.Fatal(err)
	}
	id, _ = user["id"].(string)
	if err := a.Accounts.LinkPassword(t.Context(), id, hash); err != nil {
		t.Fatal(err)
	}
	return id
}

func credentials(email, password string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)
}

func storedHash(t testing.TB, a *auth.Auth, id string) string {
	t.Helper()
	account, err := a.Accounts.FindCredential(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return account.Password
}

// TestImportedPasswordSignsInAndIsHashedAnew on every database.
func TestImportedPasswordSignsInAndIsHashedAnew(t *testing.T) {
	for name, open := range databases() {
		t.Run(name, func(t *testing.T) {
			s := authtest.New(t, auth.Options{Database: open(t)})
			id := imports(t, s.Auth, "ada@example.com", importedBcrypt)
			if a := s.Client().Post("/sign-in/email", credentials("ada@example.com", "wrong")); a.Status != 401 || a.Code() != "INVALID_EMAIL_OR_PASSWORD" {
				t.Errorf("wrong password: %d %s", a.Status, a.Body)
			}
			if hash := storedHash(t, s.Auth, id); hash != importedBcrypt {
				t.Errorf("a wrong password changed the hash to %s", hash)
			}
			first := s.Client()
			for i, c := range []*authtest.Client{first, s.Client()} {
				if a := c.Post("/sign-in/email", credentials("ada@example.com", importedPassword)); a.Status != 200 {
					t.Fatalf("sign-in %d: %d %s", i+1, a.Status, a.Body)
				}
				if hash := storedHash(t, s.Auth, id); !nativeHash.MatchString(hash) {
					t.Errorf("after sign-in %d the hash is %s", i+1, hash)
				}
			}
			if a := first.Get("/get-session"); !strings.Contains(a.Body, "ada@example.com") {
				t.Errorf("the first session is lost: %s", a.Body)
			}
		})
	}
}

// TestImportedPasswordElsewhere is about the other endpoints that ask for the
// password.
func TestImportedPasswordElsewhere(t *testing.T) {
	o := auth.Options{}
	o.User.DeleteUser.Enabled = true
	s := authtest.New(t, o)
	id := imports(t, s.Auth, "ada@example.com", importedBcrypt)
	again := func(hash string) {
		t.Helper()
		if err := s.Accounts.SetPassword(t.Context(), id, hash); err != nil {
			t.Fatal(err)
		}
	}
	c := s.Client()
	if a := c.Post("/sign-in/email", credentials("ada@example.com", importedPassword)); a.Status != 200 {
		t.Fatal(a.Body)
	}
	for _, step := range []struct {
		hash, path, body string
		status           int
		code             string
	}{
		{importedBcrypt, "/verify-password", `{"password":"wrong"}`, 400, "INVALID_PASSWORD"},
		{importedBcrypt, "/verify-password", `{"password":"` + importedPassword + `"}`, 200, ""},
		{importedUnknown, "/verify-password", `{"password":"` + importedPassword + `"}`, 400, "INVALID_PASSWORD"},
		{importedBcrypt, "/change-password", `{"currentPassword":"wrong","newPassword":"new-password"}`, 400, "INVALID_PASSWORD"},
		{importedBcrypt, "/change-password", `{"currentPassword":"` + importedPassword + `","newPassword":"new-password"}`, 200, ""},
		{"", "/verify-password", `{"password":"new-password"}`, 200, ""},
		{importedBcrypt, "/delete-user", `{"password":"wrong"}`, 400, "INVALID_PASSWORD"},
		{importedBcrypt, "/delete-user", `{"password":"` + importedPassword + `"}`, 200, ""},
	} {
		if step.hash != "" {
			again(step.hash)
		}
		if a := c.Post(step.path, step.body); a.Status != step.status || a.Code() != step.code {
			t.Errorf("%s %s: %d %s", step.path, step.body, a.Status, a.Body)
		}
	}
}

// TestPasswordHashThatNobodyKnows is a 401 for the client, and a line that says
// whose it is.
func TestPasswordHashThatNobodyKnows(t *testing.T) {
	off := false
	for name, c := range map[string]struct {
		hash string
		o    auth.EmailAndPassword
	}{
		"unknown":          {hash: importedUnknown},
		"too costly":       {hash: "$2b$31" + importedBcrypt[6:]},
		"imports are off":  {hash: importedBcrypt, o: auth.EmailAndPassword{ImportedHashes: &off}},
		"a password alone": {hash: importedPassword},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			s := authtest.New(t, auth.Options{EmailAndPassword: c.o, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			id := imports(t, s.Auth, "ada@example.com", c.hash)
			a := s.Client().Post("/sign-in/email", credentials("ada@example.com", importedPassword))
			if a.Status != 401 || a.Code() != "INVALID_EMAIL_OR_PASSWORD" {
				t.Errorf("%d %s", a.Status, a.Body)
			}
			account, err := s.Accounts.FindCredential(t.Context(), id)
			if err != nil || !strings.Contains(log.String(), account.ID) {
				t.Errorf("the account is not named: %s", &log)
			}
			if strings.Contains(log.String(), c.hash) || strings.Contains(log.String(), c.hash[8:]) {
				t.Errorf("the hash is in the log: %s", &log)
			}
			if hash := storedHash(t, s.Auth, id); hash != c.hash {
				t.Errorf("the hash became %s", hash)
			}
		})
	}
}

// TestImportedHashYieldsToOthers: whoever changed the password while an imported
// hash was verified wins.
func TestImportedHashYieldsToOthers(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	id := imports(t, s.Auth, "ada@example.com", importedBcrypt)
	stale, err := s.Accounts.FindCredential(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for password, want := range map[string]bool{importedPassword: true, "another password": false} {
		hash, err := s.Passwords.Hash(t.Context(), password)
		if err == nil {
			err = s.Accounts.SetPassword(t.Context(), id, hash)
		}
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := s.Passwords.Check(t.Context(), stale, importedPassword); ok != want || err != nil {
			t.Errorf("the password is now %q: %v %v", password, ok, err)
		}
		if now := storedHash(t, s.Auth, id); now != hash {
			t.Errorf("the hash of %q was overwritten", password)
		}
	}
	var racing sync.WaitGroup
	if err := s.Accounts.SetPassword(t.Context(), id, importedBcrypt); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		racing.Go(func() {
			if a := s.Client().Post("/sign-in/email", credentials("ada@example.com", importedPassword)); a.Status != 200 {
				t.Errorf("racing: %d %s", a.Status, a.Body)
			}
		})
	}
	racing.Wait()
	if kind, err := secret.Inspect(storedHash(t, s.Auth, id)); kind != secret.Native || err != nil {
		t.Errorf("%s %v", kind, err)
	}
}

// TestPasswordQueueIsBounded: whoever waits for too long is told when to come
// again, whatever wanted a hash.
func TestPasswordQueueIsBounded(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	imports(t, s.Auth, "ada@example.com", importedBcrypt)
	s.Hasher = secret.NewHasher(secret.HasherOptions{Parallel: 1, Wait: time.Nanosecond})
	for path, body := range map[string]string{
		"/sign-in/email": credentials("nobody@example.com", "password1234"),
		"/sign-up/email": `{"name":"n","email":"eve%d@example.com","password":"password1234"}`,
	} {
		answers := make(chan *authtest.Answer, 8)
		for i := range cap(answers) {
			go func() { answers <- s.Client().Post(path, strings.ReplaceAll(body, "%d", fmt.Sprint(i))) }()
		}
		busy := 0
		for range cap(answers) {
			a := <-answers
			if a.Status != http.StatusServiceUnavailable {
				continue
			}
			busy++
			if a.Code() != "PASSWORD_QUEUE_FULL" || a.Header.Get("Retry-After") == "" || a.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: %v %s", path, a.Header, a.Body)
			}
		}
		if busy == 0 {
			t.Errorf("%s: nobody was sent away", path)
		}
	}
}
