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
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	importedPassword = "correct horse battery staple"
	importedBcrypt   = "$2b$04$gO.LNca1wTZZvYNMRzLw1usW0/IZYs5KoTJxA5/gh7bCPkCZOlwSS"
	importedUnknown  = "{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr"
)

var nativeHash = regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`)

// imports creates the rows of a user, as an import from another system does.
func imports(s *authtest.Server, email, hash string) (id string) {
	s.T.Helper()
	add := func(model string, row store.Record) string {
		row["createdAt"], row["updatedAt"] = authtest.Start(), authtest.Start()
		made, err := s.Store.Create(s.T.Context(), model, row)
		if err != nil {
			s.T.Fatal(err)
		}
		id, _ := made["id"].(string)
		return id
	}
	id = add("user", store.Record{"email": email, "name": "n", "emailVerified": true})
	add("account", store.Record{"userId": id, "accountId": id, "providerId": auth.CredentialProvider, "password": hash})
	return id
}

func storedHash(s *authtest.Server, userID string) string {
	s.T.Helper()
	hash, _ := s.Row("account", store.Is("userId", userID))["password"].(string)
	return hash
}

// TestImportedPasswordSignsInAndIsHashedAnew: on every database an imported hash is accepted and then replaced.
func TestImportedPasswordSignsInAndIsHashedAnew(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := authtest.New(t, o)
		id := imports(s, "ada@example.com", importedBcrypt)
		s.Client().TrySignIn("ada@example.com", "wrong").WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
		if hash := storedHash(s, id); hash != importedBcrypt {
			t.Errorf("a wrong password changed the hash to %s", hash)
		}
		first := s.Client()
		for i, c := range []*authtest.Client{first, s.Client()} {
			c.TrySignIn("ada@example.com", importedPassword).Want(200)
			if hash := storedHash(s, id); !nativeHash.MatchString(hash) {
				t.Errorf("after sign-in %d the hash is %s", i+1, hash)
			}
		}
		first.Get("/get-session").Want(200, "user.email", "ada@example.com")
	}, everywhere.Databases()...)
}

// TestImportedPasswordElsewhere tests the other endpoints that ask for the password.
func TestImportedPasswordElsewhere(t *testing.T) {
	o := auth.Options{}
	o.User.DeleteUser.Enabled = true
	s := authtest.New(t, o)
	id := imports(s, "ada@example.com", importedBcrypt)
	c := s.Client()
	c.TrySignIn("ada@example.com", importedPassword).Want(200)
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
			s.Change("account", store.Record{"password": step.hash}, store.Is("userId", id))
		}
		c.Post(step.path, step.body).WantCode(step.status, step.code)
	}
}

// TestPasswordHashThatNobodyKnows: a hash of unknown format is a 401 for the client and a log line with the user's
// id.
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
			id := imports(s, "ada@example.com", c.hash)
			s.Client().TrySignIn("ada@example.com", importedPassword).WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
			if account := s.ID("account", store.Is("userId", id)); !strings.Contains(log.String(), account) {
				t.Errorf("the account is not named: %s", &log)
			}
			if strings.Contains(log.String(), c.hash) || strings.Contains(log.String(), c.hash[8:]) {
				t.Errorf("the hash is in the log: %s", &log)
			}
			if hash := storedHash(s, id); hash != c.hash {
				t.Errorf("the hash became %s", hash)
			}
		})
	}
}

// TestImportedHashYieldsToOthers: if the password changes while an imported hash is verified, the new password stays.
func TestImportedHashYieldsToOthers(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	id := imports(s, "ada@example.com", importedBcrypt)
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
		if now := storedHash(s, id); now != hash {
			t.Errorf("the hash of %q was overwritten", password)
		}
	}
	var racing sync.WaitGroup
	if err := s.Accounts.SetPassword(t.Context(), id, importedBcrypt); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		racing.Go(func() {
			s.Client().TrySignIn("ada@example.com", importedPassword).Want(200)
		})
	}
	racing.Wait()
	if kind, err := secret.Inspect(storedHash(s, id)); kind != secret.Native || err != nil {
		t.Errorf("%s %v", kind, err)
	}
}

// TestPasswordQueueIsBounded: a request that waits too long for hashing is told when to retry, on every endpoint that
// hashes.
func TestPasswordQueueIsBounded(t *testing.T) {
	s := authtest.New(t, auth.Options{})
	imports(s, "ada@example.com", importedBcrypt)
	s.Hasher = secret.NewHasher(secret.HasherOptions{Parallel: 1, Wait: time.Nanosecond})
	for path, body := range map[string]string{
		"/sign-in/email": `{"email":"nobody@example.com","password":"password1234"}`,
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
