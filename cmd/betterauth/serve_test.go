package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/store/sqlstore"
)

func TestListenAddress(t *testing.T) {
	for _, c := range []struct{ listen, port, want string }{
		{"", "", "127.0.0.1:3210"},
		{"", "8080", "127.0.0.1:8080"},
		{"0.0.0.0:80", "8080", "0.0.0.0:80"},
		{"8081", "8080", "127.0.0.1:8081"},
		{":8081", "", ":8081"},
		{"[::1]:0", "", "[::1]:0"},
		{"", "http", ""},
		{"localhost", "", ""},
		{"localhost:99999", "", ""},
	} {
		got, err := listenAddress(c.listen, c.port)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%q, %q: got %q, %v", c.listen, c.port, got, err)
		}
	}
}

func TestLogPath(t *testing.T) {
	for path, want := range map[string]string{
		"/api/auth/sign-in/email":                                  "/api/auth/sign-in/email",
		"/api/auth/send-verification-email":                        "/api/auth/send-verification-email",
		"/api/auth/reset-password/abc":                             "/api/auth/reset-password/[redacted]",
		"/api/auth/x/AbCdEfGhIjKlMnOpQrSt":                         "/api/auth/x/[redacted]",
		"/.well-known/oauth-authorization-server/api/auth":         "/.well-known/oauth-authorization-server/api/auth",
		"/api/auth/request-password-reset?token=AbCdEfGhIjKlMnOp1": "/api/auth/request-password-reset",
	} {
		if got := logPath(httptest.NewRequest(http.MethodGet, path, nil)); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func clock() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

func TestLogged(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		id      string
		status  int
		line    string
	}{
		{"plain", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("abc")) }, "", 200, "method=POST path=/x status=200 duration=0s bytes=3 id="},
		{"given id", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) }, "abc-1", 404, "status=404 duration=0s bytes=0 id=abc-1"},
		{"bad id", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404) }, "a b\nlevel=ERROR", 404, "level=INFO msg=request"},
		{"panic", func(http.ResponseWriter, *http.Request) { panic("oops") }, "", 500, "level=ERROR msg=request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			r := httptest.NewRequest(http.MethodPost, "/x?secret=1", strings.NewReader("body"))
			r.Header.Set("X-Request-Id", c.id)
			r.Header.Set("Cookie", "session=1")
			w := httptest.NewRecorder()
			log := slog.New(slog.NewTextHandler(&out, nil))
			logged(c.handler, log, log, clock).ServeHTTP(w, r)
			if w.Code != c.status || !strings.Contains(out.String(), c.line) {
				t.Errorf("status %d, log %s", w.Code, out.String())
			}
			if strings.Contains(out.String(), "secret") || strings.Contains(out.String(), "session") || strings.Contains(out.String(), "level=ERROR msg=x") {
				t.Errorf("the log says too much: %s", out.String())
			}
			if w.Header().Get("X-Request-Id") == "" {
				t.Error("no request id in the answer")
			}
		})
	}
}

// TestOneSecret checks that many processes that start at once have the same
// secret.
func TestOneSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	var wg sync.WaitGroup
	secrets := make([]string, 20)
	made := make([]bool, 20)
	for i := range secrets {
		wg.Go(func() {
			var err error
			if secrets[i], made[i], err = keepSecret(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	makers := 0
	for i := range secrets {
		if secrets[i] != secrets[0] || len(secrets[i]) != 43 {
			t.Errorf("%q and %q", secrets[i], secrets[0])
		}
		if made[i] {
			makers++
		}
	}
	if makers != 1 {
		t.Errorf("%d of them made it", makers)
	}
	left, _ := os.ReadDir(filepath.Dir(path))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestTooWide(t *testing.T) {
	for pattern, want := range map[string]bool{
		"*": true, "https://*": true, "https://*.com": true, "*.github.io": true, "https://*.vercel.app": true,
		"https://*example.com": true, "https://example.*": true, "https://app-*.vercel.app": true,
		"https://*.example.com": false, "*.example.co.uk": false, "http://localhost:*": false, "http://*.localhost:3000": false,
		"http://192.168.0.*": false, "https://example.com": false, "https://*.internal": false, "https://preview-*.example.com": false,
	} {
		if got := tooWide(pattern); got != want {
			t.Errorf("%s: got %v", pattern, got)
		}
	}
}

func TestMissingFile(t *testing.T) {
	there := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]bool{
		there: false, "sqlite:" + there: false, "file:" + there + "?mode=ro": false, "file://" + there: false,
		"sqlite:nowhere.db": true, "nowhere.db": true, "sqlite::memory:": false, "postgres://db/x": false,
	} {
		a, err := sqlstore.ReadAddress(url)
		if err != nil {
			t.Fatal(err)
		}
		if got := fileMissing(a); got != want {
			t.Errorf("%s: got %v", url, got)
		}
	}
}

// TestAttackSlowClients checks that a client that sends its header or body very
// slowly, or nothing, is cut off. The test compares the limits and does not wait
// for them.
func TestAttackSlowClients(t *testing.T) {
	web := webServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	for name, bound := range map[string]struct{ is, atMost time.Duration }{
		"header": {web.ReadHeaderTimeout, 10 * time.Second},
		"body":   {web.ReadTimeout, time.Minute},
		"answer": {web.WriteTimeout, 10 * time.Minute},
		"idle":   {web.IdleTimeout, 2 * time.Minute},
	} {
		if bound.is <= 0 || bound.is > bound.atMost {
			t.Errorf("%s: %s, want a bound of at most %s", name, bound.is, bound.atMost)
		}
	}
	if web.MaxHeaderBytes <= 0 || web.MaxHeaderBytes > 64<<10 {
		t.Errorf("header of up to %d bytes", web.MaxHeaderBytes)
	}
}
