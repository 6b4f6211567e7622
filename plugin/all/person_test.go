package all_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/all"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/siwe"
	"github.com/seed-32bd42cb/betterauth/store"
)

// openCrowded returns a server with all plugins that have tables.
func openCrowded(t *testing.T, o auth.Options, change func(o *auth.Options)) *authtest.Server {
	t.Helper()
	o = authtest.PlainPasswords(o)
	o.SignUp = auth.SignUpOptions{Allow: []string{"invited", "@example.com"}, WaitingList: true}
	o.User.DeleteUser = auth.DeleteUser{Enabled: true, GracePeriod: option.Span(30 * 24 * time.Hour)}
	o.EmailVerification.SendVerificationEmail = func(context.Context, auth.LinkMail) (callback.Nothing, error) { return callback.Nothing{}, nil }
	ours := map[string]auth.Plugin{
		"email-otp":      emailotp.New(emailotp.Options{SendVerificationOTP: func(context.Context, emailotp.Mail) (callback.Nothing, error) { return callback.Nothing{}, nil }}),
		"magic-link":     magiclink.New(magiclink.Options{SendMagicLink: func(context.Context, magiclink.Mail) (callback.Nothing, error) { return callback.Nothing{}, nil }}),
		"phone-number":   phonenumber.New(phonenumber.Options{SendOTP: func(context.Context, phonenumber.Message) (callback.Nothing, error) { return callback.Nothing{}, nil }}),
		"siwe":           siwe.New(siwe.Options{Domain: "app.example.com"}),
		"oauth-provider": oauthprovider.New(oauthprovider.Options{LoginPage: "/sign-in", ConsentPage: "/consent"}),
	}
	var names []string
	for name := range all.Plugins() {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch name {
		case "mcp", "cimd", "generic-oauth", "captcha", "i18n", "custom-session", "have-i-been-pwned", "forward":
			continue // they need options, and have no table of their own
		}
		p := ours[name]
		if p == nil {
			entry := all.Plugins()[name]
			var err error
			if p, err = entry.New(entry.Options()); err != nil {
				t.Fatal(err)
			}
		}
		o.Plugins = append(o.Plugins, p)
	}
	if change != nil {
		change(&o)
	}
	return authtest.New(t, o)
}

// TestPersonalTables: every column that looks as if it held the id or the address of a person belongs to the export and
// the erasure, and every column that looks like a secret is left out of the export. A new plugin that fails here says
// what its columns hold (store.Field.Holds), or refers to users.
func TestPersonalTables(t *testing.T) {
	s := openCrowded(t, auth.Options{}, nil)
	person := regexp.MustCompile(`(?i)(user_?id|owner_?id|referenceId|inviterId|By|email|phoneNumber|subject)$`)
	secret := regexp.MustCompile(`(?i)(token|secret|password|hash|code|codes|otp|private|\bkey)$`)
	// Columns that only look so.
	// The audit log exports its rows itself, and keeps them.
	nobodys := []string{"jwks.privateKey", "rateLimit.key", "passkey.publicKey", "auditLog.userId", "auditLog.hash", "auditLog.previousHash"}
	var known []string
	for _, p := range s.PersonalTables() {
		known = append(known, p.Model)
		for _, field := range append(slices.Clone(p.Users), p.Addresses...) {
			known = append(known, p.Model+"."+field)
		}
	}
	for _, table := range s.Store.Tables() {
		for i := range table.Columns {
			c := &table.Columns[i]
			name := table.Model + "." + c.Name
			if c.IsID || c.Type != store.String || table.Model == "user" || slices.Contains(nobodys, name) {
				continue
			}
			if (person.MatchString(c.Name) || c.Ref != nil && c.Ref.Model == "user") && !slices.Contains(known, name) {
				t.Errorf("%s may hold a person's id or address, and is not part of the export", name)
			}
			if secret.MatchString(c.Name) && !c.Hidden && c.Holds != store.HoldsSecret && table.Model != "verification" {
				t.Errorf("%s may hold a secret, and an export would show it", name)
			}
		}
	}
	for _, model := range []string{"session", "account", "passkey", "twoFactor", "walletAddress", "apikey", "deviceCode", "betterauthInvite", "betterauthWaiting"} {
		if !slices.Contains(known, model) {
			t.Errorf("the table %s is missing: %v", model, known)
		}
	}
}

// fill writes a row about the person with every column of the table set, and returns its id.
func fill(t *testing.T, s *authtest.Server, model, userID, email, who string) string {
	t.Helper()
	row := store.Record{}
	for _, c := range s.Store.Table(model).Columns {
		switch {
		case c.IsID:
			row["id"] = who + "-" + model
		case userID == "" && c.Optional && c.Ref != nil, c.Optional && c.Ref != nil && slices.Contains([]string{"session", "oauthRefreshToken"}, c.Ref.Model):
		case c.Ref != nil && c.Ref.Model == "user", c.Holds == store.HoldsUser && c.Name != "impersonatedBy":
			row[c.Name] = userID
		case c.Name == "impersonatedBy":
		case c.Holds == store.HoldsAddress:
			row[c.Name] = email
		case c.Ref != nil:
			row[c.Name] = nobodys(t, s, c.Ref.Model, c.Ref.Field)
		case c.Type == store.Boolean:
			row[c.Name] = true
		case c.Type == store.Number:
			row[c.Name] = float64(7)
		case c.Type == store.Date:
			row[c.Name] = s.Now().Add(time.Hour)
		case c.Type == store.String && (c.Hidden || c.Holds == store.HoldsSecret):
			row[c.Name] = "TOPSECRET-" + who + c.Name
		case c.Type == store.String:
			row[c.Name] = who + "'s " + c.Name
		case c.Type == store.StringArray:
			row[c.Name] = []string{who + "'s " + c.Name}
		}
	}
	made, err := s.Store.Quiet().Create(t.Context(), model, row)
	if err != nil {
		t.Fatalf("%s: %v", model, err)
	}
	return made.Text("id")
}

// nobodys returns a field of a row that is about nobody, such as an organization, and writes the row if there is none.
func nobodys(t *testing.T, s *authtest.Server, model, field string) string {
	t.Helper()
	this := store.Is("id", "nobody-"+model)
	if row, err := s.Store.Get(t.Context(), model, this); err == nil {
		return row.Text(field)
	}
	fill(t, s, model, "", "nobody@example.com", "nobody")
	row, err := s.Store.Get(t.Context(), model, this)
	if err != nil {
		t.Fatal(err)
	}
	return row.Text(field)
}

// crowd creates two users with a row in every table.
func crowd(t *testing.T, s *authtest.Server) (ids map[string]string) {
	t.Helper()
	ids = map[string]string{}
	for _, who := range []string{"zoe", "bob"} {
		email := who + "@example.com"
		user, err := s.Users.Create(auth.Admitted(t.Context()), store.Record{
			"id": who, "email": email, "name": who, "emailVerified": true, "username": who,
		}, "admin")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Store.Quiet().Update(t.Context(), "user", []store.Where{store.Is("id", who)}, store.Record{"phoneNumber": "+1555" + who}); err != nil {
			t.Fatal(err)
		}
		ids[who] = user.ID
		for _, p := range s.PersonalTables() {
			fill(t, s, p.Model, user.ID, email, who)
		}
		for _, value := range [][2]string{
			{"sign-in-otp-" + email, "TOPSECRET:0"}, {"reset-password:TOPSECRET" + who, user.ID}, {"+1555" + who, "TOPSECRET"},
			{"TOPSECRETstate" + who, `{"link":{"userId":"` + user.ID + `","email":"` + email + `"}}`},
		} {
			if err := s.Once.Put(t.Context(), value[0], value[1], s.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return ids
}

func export(t *testing.T, s *authtest.Server, id string) string {
	t.Helper()
	var out bytes.Buffer
	if err := s.Export(t.Context(), id, &out); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(out.Bytes()) {
		t.Fatalf("no JSON: %s", out.String())
	}
	return out.String()
}

// TestExportGolden compares the export of a user with a row in every table with testdata/export.json. To write it anew:
// UPDATE=1 go test ./plugin/all -run TestExportGolden
func TestExportGolden(t *testing.T) {
	var made atomic.Int64
	s := openCrowded(t, auth.Options{}, func(o *auth.Options) {
		o.Advanced.GenerateID = func(context.Context, auth.IDRequest) (string, error) { return fmt.Sprintf("id%03d", made.Add(1)), nil }
	})
	got := export(t, s, crowd(t, s)["zoe"])
	const golden = "testdata/export.json"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != got {
		t.Errorf("the export differs from %s (%v):\n%s", golden, err, got)
	}
}

// TestAttackExportOfSecrets: an export holds no secret, and nothing of anybody else.
func TestAttackExportOfSecrets(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := openCrowded(t, o, nil)
		ids := crowd(t, s)
		got := export(t, s, ids["zoe"])
		for _, not := range []string{"TOPSECRET", "bob"} {
			if strings.Contains(got, not) {
				t.Errorf("%q is in the export: %s", not, got)
			}
		}
		for _, p := range s.PersonalTables() {
			if !strings.Contains(got, `"zoe-`+p.Model+`"`) {
				t.Errorf("no row of %s: %s", p.Model, got)
			}
		}
		if n := strings.Count(got, `"purpose"`); s.Once.InDatabase() && n != 4 {
			t.Errorf("%d single-use values, want 4: %s", n, got)
		}
		if err := s.Export(t.Context(), "nobody", &bytes.Buffer{}); !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrUnfit) {
			t.Error(err)
		}
	}, everywhere.Memory, everywhere.SQLite, everywhere.Postgres, everywhere.MariaDB, everywhere.Both)
}

// TestErase: nothing about an erased user is left in any table, and everything about others is.
func TestErase(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		var told []string
		s := openCrowded(t, o, func(o *auth.Options) {
			o.User.DeleteUser.AfterDelete = func(_ context.Context, in auth.UserRequest) (callback.Nothing, error) {
				told = append(told, in.User.Email)
				return callback.Nothing{}, nil
			}
			o.Plugins = append(o.Plugins, auth.Manifest{ID: "notes", Models: []store.Model{
				{Name: "folder", Fields: []store.Field{{Name: "userId", Type: store.String, Ref: &store.Ref{Model: "user", Field: "id"}}}},
				{Name: "note", Fields: []store.Field{{Name: "folderId", Type: store.String, Ref: &store.Ref{Model: "folder", Field: "id"}}}},
				{Name: "seat", Fields: []store.Field{{Name: "userId", Type: store.String, Optional: true, Ref: &store.Ref{Model: "user", Field: "id", OnDelete: "set null"}}}},
			}})
		})
		ids := crowd(t, s)
		for who := range ids {
			if _, err := s.Store.Create(t.Context(), "note", store.Record{"folderId": who + "-folder"}); err != nil {
				t.Fatal(err)
			}
		}
		before := export(t, s, ids["bob"])
		if err := s.Erase(t.Context(), ids["zoe"]); err != nil {
			t.Fatal(err)
		}
		for _, table := range s.Store.Tables() {
			if table.Model == "session" && !s.Sessions.InDatabase() || table.Model == "verification" && !s.Once.InDatabase() {
				continue
			}
			for _, row := range s.Rows(table.Model) {
				if text := fmt.Sprint(row); strings.Contains(text, "zoe") && table.Model != "seat" && table.Model != "auditLog" {
					t.Errorf("%s: %s", table.Model, text)
				}
			}
		}
		s.WantRows(1, "note")
		s.WantRows(1, "seat", store.Is("userId", nil))
		if after := export(t, s, ids["bob"]); after != before {
			t.Errorf("bob had %s\nand has %s", before, after)
		}
		if !slices.Equal(told, []string{"zoe@example.com"}) {
			t.Errorf("afterDelete was called with %v", told)
		}
		if err := s.Erase(t.Context(), ids["zoe"]); !errors.Is(err, store.ErrNotFound) {
			t.Error(err)
		}
	}, everywhere.Memory, everywhere.SQLite, everywhere.Postgres, everywhere.MariaDB, everywhere.Both)
}

// TestEraseKept: if a hook keeps a row, nothing is erased.
func TestEraseKept(t *testing.T) {
	s := openCrowded(t, auth.Options{}, func(o *auth.Options) {
		o.DatabaseHooks.Account.Delete.Before = func(context.Context, auth.RowEvent) (callback.Answer, error) {
			return callback.Answer{Set: true, Result: false}, nil
		}
	})
	ids := crowd(t, s)
	before := export(t, s, ids["zoe"])
	if err := s.Erase(t.Context(), ids["zoe"]); err == nil || !strings.Contains(err.Error(), "a database hook keeps rows") {
		t.Errorf("%v", err)
	}
	if after := export(t, s, ids["zoe"]); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}
}
