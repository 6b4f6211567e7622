package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

// TestSilentBackends puts a relay before the database and before Redis. If it
// drops connections silently, a session can still be read; if it freezes, /readyz
// reports it and requests end; afterwards everything works again.
func TestSilentBackends(t *testing.T) {
	for name, setup := range map[string]func(t *testing.T) (relay *testserver.Relay, conf string){
		"database": func(t *testing.T) (*testserver.Relay, string) {
			u, err := url.Parse(testserver.Postgres(t))
			if err != nil {
				t.Fatal(err)
			}
			relay := testserver.NewRelay(t, u.Host)
			u.Host = relay.Addr()
			return relay, "database: { url: '" + u.String() + "', queryTimeout: 2s, connectTimeout: 1s }\n"
		},
		"redis": func(t *testing.T) (*testserver.Relay, string) {
			relay := testserver.NewRelay(t, testserver.Redis(t))
			return relay, "database: sqlite:app.db\nsecondaryStorage: { url: 'redis://" + relay.Addr() + "', timeout: 2s }\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			relay, conf := setup(t)
			dir := t.TempDir()
			conf += "mode: production\nbaseURL: http://localhost\nsecret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\nemailAndPassword: { enabled: true }\nadvanced: { useSecureCookies: false }\n"
			if err := os.WriteFile(filepath.Join(dir, "c.yaml"), []byte(conf), 0o600); err != nil {
				t.Fatal(err)
			}
			p := start(t, dir)
			jar, _ := cookiejar.New(nil)
			browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
			get := func(path string) (int, string) {
				t.Helper()
				res, err := browser.Get(p.url + path)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				body, _ := io.ReadAll(res.Body)
				return res.StatusCode, string(body)
			}
			res, err := browser.Post(p.url+"/api/auth/sign-up/email", "application/json", strings.NewReader(`{"name":"Ann","email":"ann@example.com","password":"password1234"}`))
			if err != nil || res.StatusCode != http.StatusOK {
				t.Fatal(res, err)
			}
			res.Body.Close()
			signedIn := func(when string) {
				t.Helper()
				if status, body := get("/api/auth/get-session"); status != http.StatusOK || !strings.Contains(body, "ann@example.com") {
					t.Errorf("%s: %d %s", when, status, body)
				}
			}
			signedIn("at first")
			relay.Forget()
			signedIn("forgotten")
			relay.Freeze()
			if status, _ := get("/readyz"); status != http.StatusServiceUnavailable {
				t.Errorf("frozen: /readyz is %d", status)
			}
			if status, body := get("/api/auth/get-session"); status < 500 {
				t.Errorf("frozen: get-session: %d %s", status, body)
			}
			relay.Thaw()
			for range 100 {
				if status, _ := get("/readyz"); status == http.StatusOK {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			signedIn("thawed")
		})
	}
}
