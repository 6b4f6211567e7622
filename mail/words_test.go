package mail

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryMessage(t *testing.T) {
	w, err := readWords("", "")
	if err != nil {
		t.Fatal(err)
	}
	for kind, p := range w.tongues[0].messages {
		e, err := w.envelope(incoming{Message: Message{Kind: kind, To: "a@example.com", URL: "https://x.example/l", Code: "123456"}}, "Acme")
		if err != nil {
			t.Fatal(err)
		}
		if p.Preheader == "" || p.Title == "" || e.Subject == "" {
			t.Errorf("%s lacks something: %+v", kind, p)
		}
		for _, part := range []string{e.Text, e.HTML} {
			if !strings.Contains(part, "Acme") || strings.Contains(part, "<no value>") || strings.Contains(part, "{{") {
				t.Errorf("%s:\n%s", kind, part)
			}
		}
		// Narrow mail programs: nothing may be wider than the window.
		if strings.Contains(e.HTML, `width="5`) || strings.Contains(e.HTML, "min-width") {
			t.Errorf("%s has a fixed width", kind)
		}
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestOwnTemplates(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "de.json", `{"fallback":"Oder so:","messages":{"reset-password":{"subject":"Neues Passwort für {{.App}}","title":"Neues Passwort","body":["Hallo"],"button":"Weiter"}}}`)
	write(t, dir, "en.json", `{"messages":{"verify-email":{"subject":"Hi from {{.App}}"}}}`)
	write(t, dir, "magic-link.txt", "Subject: Come in, {{.To}}\n\nHere: {{.URL}}\n")
	write(t, dir, "de/magic-link.html", `<p lang="{{.Lang}}"><a href="{{.URL}}">Herein</a></p>`)
	for _, tc := range []struct {
		language, accept, kind string
		subject, text, html    string
	}{
		{"", "de", "reset-password", "Reset your Acme password", "Reset your password", "Reset your password"},
		{"de", "", "reset-password", "Neues Passwort für Acme", "Hallo", "Oder so:"},
		{"de", "", "delete-account", "Delete your Acme account?", "cannot be undone", `lang="en" dir="ltr"`},
		{"auto", "fr, de-AT;q=0.8, en;q=0.1", "reset-password", "Neues Passwort für Acme", "Hallo", "Weiter"},
		{"auto", "fr", "reset-password", "Reset your Acme password", "Reset your password", `lang="en"`},
		{"auto", "", "verify-email", "Hi from Acme", "confirm that", "Confirm my address"},
		{"en", "", "magic-link", "Come in, a@example.com", "Here: https://x.example/l\n", "Sign in to Acme"},
		{"de", "", "magic-link", "Come in, a@example.com", "Here: https://x.example/l\n", `<p lang="de"><a href="https://x.example/l">Herein</a></p>`},
	} {
		w, err := readWords(dir, tc.language)
		if err != nil {
			t.Fatal(err)
		}
		e, err := w.envelope(incoming{Message: Message{Kind: tc.kind, To: "a@example.com", URL: "https://x.example/l", Language: tc.accept}}, "Acme")
		if err != nil {
			t.Fatal(err)
		}
		if e.Subject != tc.subject || !strings.Contains(e.Text, tc.text) || !strings.Contains(e.HTML, tc.html) {
			t.Errorf("%s %s %s: %q\n%s\n%s", tc.language, tc.accept, tc.kind, e.Subject, e.Text, e.HTML)
		}
	}
}

func TestTemplateMistakes(t *testing.T) {
	for name, tc := range map[string]struct{ file, content, language string }{
		"not a template": {"reset-password.html", "{{.App", ""},
		"unknown name":   {"reset-password.txt", "{{.Nothing}}", ""},
		"phrase":         {"de.json", `{"messages":{"reset-password":{"title":"{{.Nothing}}"}}}`, ""},
		"json":           {"de.json", `{`, ""},
		"language tag":   {"not a tag.json", `{}`, ""},
		"no language":    {"x.txt", "", "fr"},
		"layout":         {"layout.html", "{{range}}", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, tc.file, tc.content)
			if _, err := readWords(dir, tc.language); err == nil {
				t.Error("was taken")
			}
		})
	}
	if _, err := readWords(filepath.Join(t.TempDir(), "missing"), ""); err == nil {
		t.Error("a missing directory was taken")
	}
}
