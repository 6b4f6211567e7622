package config

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/mail"
)

const production = `
mode: production
secret: 0123456789abcdef0123456789abcdefXYZQ
baseURL: https://auth.example.com
`

func TestMailSection(t *testing.T) {
	uses := production + "emailAndPassword: { enabled: true, sendResetPassword: mail }\n"
	for name, tc := range map[string]struct{ file, want string }{
		"smtp":              {uses + "mail: { from: a@example.com, smtp: { host: h, user: u, password: p } }", ""},
		"webhook":           {uses + "mail: { from: a@example.com, webhook: https://h.example }", ""},
		"signed webhook":    {uses + "mail: { from: a@example.com, webhook: { webhook: https://h.example, secret: s, retries: 2 } }", ""},
		"nothing":           {uses, "mail: is needed"},
		"outbox":            {uses + "mail: { outbox: true }", "mail.outbox"},
		"two ways":          {uses + "mail: { from: a@example.com, outbox: true, smtp: { host: h } }", "set exactly one of smtp, webhook and outbox"},
		"unknown key":       {uses + "mail: { from: a@example.com, smtp: { host: h, pasword: p } }", "did you mean password?"},
		"mail for a hook":   {production + "hooks: { before: mail }\nmail: { from: a@example.com, smtp: { host: h } }", "hooks.before: sends nothing"},
		"outbox by default": {strings.Replace(uses, "mode: production", "mode: development", 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Loader{}.Parse("c.yaml", []byte(tc.file))
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

// TestMailIsSent tests the whole way from a config file to a message.
func TestMailIsSent(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "mails"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "mails", "magic-link.txt"), []byte("Subject: In you go\n\n{{.URL}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	file, err := Loader{}.Parse(filepath.Join(dir, "c.yaml"), []byte(`
mode: development
baseURL: http://localhost:3000
database: none
appName: Acme
plugins: { magic-link: { sendMagicLink: mail } }
mail: { outbox: true, templates: mails }
`))
	if err != nil {
		t.Fatal(err)
	}
	kept := make(chan *mail.Envelope, 1)
	o, res, err := file.Open(context.Background(), Runtime{Now: time.Now, Mailed: func(e *mail.Envelope) { kept <- e }})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	a, err := betterauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://localhost:3000/api/auth/sign-in/magic-link", strings.NewReader(`{"email":"a@example.com"}`))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	select {
	case e := <-kept:
		if e.Subject != "In you go" || !strings.Contains(e.Text, "http://localhost:3000/api/auth/magic-link/verify?token=") {
			t.Errorf("%+v", e)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("nothing was sent")
	}
}

// A database that another program migrates lacks the tables that only this server has.
func TestForeignDatabaseHasNoMailTable(t *testing.T) {
	for _, foreign := range []bool{false, true} {
		file, err := Loader{Mode: "development"}.Parse("c.yaml", []byte("database: 'sqlite::memory:'\nbaseURL: http://localhost:3000\nemailAndPassword: { sendResetPassword: mail }\n"))
		if err != nil {
			t.Fatal(err)
		}
		o, res, err := file.Open(context.Background(), Runtime{Now: time.Now, ForeignDatabase: foreign})
		if err != nil {
			t.Fatal(err)
		}
		a, err := auth.New(o)
		if err != nil {
			t.Fatal(err)
		}
		if has := a.Store.Table("betterauthMail") != nil; has == foreign {
			t.Errorf("foreign %v: our table %v", foreign, has)
		}
		if err := res.Close(); err != nil {
			t.Error(err)
		}
	}
}
