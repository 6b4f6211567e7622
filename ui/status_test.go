package ui_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/ui"
)

func get(info ui.Info, method string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	ui.Status(info).ServeHTTP(w, httptest.NewRequest(method, "/", nil))
	return w
}

func TestPage(t *testing.T) {
	for _, c := range []struct {
		name            string
		info            ui.Info
		shows, conceals string
	}{
		{"development", ui.Info{Version: "v9", Reference: "1.2.3", Mode: "development", BasePath: "/api/auth", JWKS: true}, "better-auth@1.2.3", "/api/auth/reference"},
		{"keys", ui.Info{Mode: "test", BasePath: "/api/auth", JWKS: true}, `href="/api/auth/jwks"`, "is running"},
		{"no keys", ui.Info{Mode: "test", BasePath: "/auth", Explorer: true}, `href="/auth/reference"`, "jwks"},
		{"production", ui.Info{Version: "v9", Reference: "1.2.3", Mode: "production", BasePath: "/api/auth"}, "The authentication server is running", "1.2.3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := get(c.info, http.MethodGet).Body.String()
			if !strings.Contains(body, c.shows) || strings.Contains(body, c.conceals) {
				t.Errorf("want %q, not %q, in\n%s", c.shows, c.conceals, body)
			}
		})
	}
}

// TestPolicy checks that the hashes of style and script match, without which the
// browser does not run them.
func TestPolicy(t *testing.T) {
	w := get(ui.Info{Mode: "test"}, http.MethodGet)
	policy := w.Header().Get("Content-Security-Policy")
	for _, tag := range []string{"style", "script"} {
		m := regexp.MustCompile(`(?s)<` + tag + `>(.*)</` + tag + `>`).FindStringSubmatch(w.Body.String())
		if m == nil {
			t.Fatalf("no %s", tag)
		}
		sum := sha256.Sum256([]byte(m[1]))
		if want := tag + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, want) {
			t.Errorf("want %s in %s", want, policy)
		}
	}
}

func TestAccessible(t *testing.T) {
	body := get(ui.Info{Mode: "test"}, http.MethodGet).Body.String()
	for _, want := range []string{`<html lang="en">`, `<title>`, `<main>`, `name="viewport"`, `role="status"`, `prefers-color-scheme: dark`, "focus-visible"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestHead(t *testing.T) {
	w := get(ui.Info{Mode: "test"}, http.MethodHead)
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") == "0" {
		t.Errorf("%d bytes, Content-Length %s", w.Body.Len(), w.Header().Get("Content-Length"))
	}
}
