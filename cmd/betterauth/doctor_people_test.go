package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestDoctorCountsImportedPeople checks on real databases that addresses with
// capitals, addresses that differ in case, and kinds of hashes are reported,
// without a hash in the output.
func TestDoctorCountsImportedPeople(t *testing.T) {
	const bcrypt = "$2b$04$gO.LNca1wTZZvYNMRzLw1usW0/IZYs5KoTJxA5/gh7bCPkCZOlwSS"
	for name, url := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(t.TempDir(), "people.db") },
		"postgres": func() string { return testserver.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "config.yaml")
			yaml := "secret: uXk2vR8pQz4mN7tB1wY6cD3fG9hJ5sLa\nbaseURL: http://localhost:3210\nmode: development\ndatabase: { url: \"" + url() + "\" }\nemailAndPassword: { enabled: true }\n"
			if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			says := func(args ...string) string {
				var out bytes.Buffer
				w := &world{stdout: &out, stderr: &out, env: func(string) string { return "" }, now: clock, ctx: t.Context()}
				run(w, append(args, "--config", file))
				return out.String()
			}
			says("migrate")
			people := map[string]string{
				"Ada@example.com": bcrypt, "bob@example.com": bcrypt, "Eve@example.com": "{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr",
				"eve@example.com": "$2b$31" + bcrypt[6:], "tom@example.com": "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
				"kim@example.com": strings.Repeat("ab", 16) + ":" + strings.Repeat("cd", 64),
			}
			if got := says("doctor"); !strings.Contains(got, "ok       addresses: no stored address has capitals") || strings.Contains(got, "passwords:") {
				t.Errorf("nobody yet:\n%s", got)
			}
			w := &world{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, env: func(string) string { return "" }, now: clock, ctx: t.Context()}
			srv, err := w.users(configFlags{Config: file})
			if err != nil {
				t.Fatal(err)
			}
			for email, hash := range people {
				user, err := srv.Store.Create(t.Context(), "user", store.Record{"email": email, "name": "n", "emailVerified": true, "createdAt": clock(), "updatedAt": clock()})
				if err == nil {
					err = srv.Accounts.LinkPassword(t.Context(), user.Text("id"), hash)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			srv.Close()
			got := says("doctor")
			for _, want := range []string{
				"warning  addresses: 2 users have an address with capitals",
				`-> UPDATE "user" SET "email" = lower("email") WHERE "email" <> lower("email");`,
				"error    addresses: 1 addresses are stored more than once",
				"note     passwords: 1 sha-crypt, 2 bcrypt have hashes of other programs of 6 accounts checked",
				"warning  passwords: 2 have password hashes that cannot be verified",
			} {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			for _, hash := range people {
				if strings.Contains(got, hash) || strings.Contains(got, hash[len(hash)-12:]) {
					t.Error("a hash is in the output")
				}
			}
		})
	}
}
