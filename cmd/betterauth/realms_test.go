package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/internal/testserver"
)

// realmServer is the handler of betterauth serve for a file with realms.
type realmServer struct {
	t    *testing.T
	http *httptest.Server
	all  *sites
	log  lockedLog
}

// serveRealms starts realms on a clock whose readings are so far apart that no answer of /readyz is cached.
func serveRealms(t *testing.T, text string) *realmServer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "conf.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &realmServer{t: t}
	var mu sync.Mutex
	ahead := time.Duration(0)
	now := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		ahead += 2 * readyFor
		return time.Now().Add(ahead)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := &world{stdin: strings.NewReader(""), stdout: &s.log, stderr: &s.log, env: func(string) string { return "" }, now: now, ctx: ctx}
	confs, err := w.readAll(configFlags{Config: path})
	if err != nil {
		t.Fatal(err)
	}
	log := confs[0].plainLogger(w)
	s.all = newSites(&serveCmd{Migrate: true}, w, confs, log, log)
	if err := s.all.Start(); err != nil {
		t.Fatal(err)
	}
	h, err := s.all.Handler()
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() { s.all.Run(ctx) })
	s.http = httptest.NewServer(h)
	t.Cleanup(func() { s.http.Close(); cancel(); work.Wait(); s.all.Close() })
	return s
}

func (s *realmServer) ask(host, method, path, body string, header ...string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.http.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Host = host
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := s.http.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// until asks again until the answer has a status and a text.
func (s *realmServer) until(host, path string, status int, text string) {
	s.t.Helper()
	for range 1200 {
		if got, said := s.ask(host, http.MethodGet, path, ""); got == status && strings.Contains(said, text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	got, said := s.ask(host, http.MethodGet, path, "")
	s.t.Fatalf("%s: %d %s, want %d %s\n%s", path, got, said, status, text, s.log.String())
}

// TestRealmOutage: a realm whose database is down takes neither the start nor the calls of others with it, and comes
// back by itself; readiness names it.
func TestRealmOutage(t *testing.T) {
	u, err := url.Parse(testserver.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	db := openWire(t, u.Host)
	u.Host = db.addr
	db.cut()
	const up = `{"name":"A","email":"a@example.com","password":"a-password-1"}`
	s := serveRealms(t, `
mode: production
emailAndPassword: { enabled: true }
passwordHashes: 2
rateLimit: { enabled: false }
realms:
  - name: shop
    baseURL: https://shop.example.com
    secret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-shop
    database: "sqlite:`+filepath.Join(t.TempDir(), "shop.db")+`"
  - name: forum
    baseURL: https://forum.example.com
    secret: 7uJq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-forum
    database: { url: "`+u.String()+`", queryTimeout: 2s, connectTimeout: 1s }
`)
	if got, said := s.ask("shop.example.com", "POST", "/api/auth/sign-up/email", up); got != 200 {
		t.Fatalf("the other realm: %d %s", got, said)
	}
	if got, said := s.ask("forum.example.com", "GET", "/api/auth/get-session", ""); got != 503 || !strings.Contains(said, "SERVICE_UNAVAILABLE") {
		t.Errorf("the realm that is down: %d %s", got, said)
	}
	down := func() {
		t.Helper()
		s.until("10.0.0.1", "/readyz", 200, "ready\nrealm forum is not ready")
		s.until("10.0.0.1", "/readyz/forum", 503, "forum")
		s.until("forum.example.com", "/readyz", 503, "not ready")
		s.until("10.0.0.1", "/readyz/shop", 200, "ready")
		if got, said := s.ask("shop.example.com", "GET", "/readyz", ""); got != 200 || strings.Contains(said, "forum") {
			t.Errorf("readiness of the other realm: %d %s", got, said)
		}
		if got, said := s.ask("shop.example.com", "POST", "/api/auth/sign-in/email", up); got != 200 {
			t.Errorf("the other realm: %d %s", got, said)
		}
	}
	down()
	db.mend()
	s.until("10.0.0.1", "/readyz/forum", 200, "ready")
	if got, said := s.ask("forum.example.com", "POST", "/api/auth/sign-up/email", up); got != 200 {
		t.Fatalf("the realm that was down: %d %s", got, said)
	}
	db.cut()
	down()
	db.mend()
	s.until("10.0.0.1", "/readyz", 200, "ready\n")
	s.until("10.0.0.1", "/readyz/forum", 200, "ready")
	if log := s.log.String(); !strings.Contains(log, `the realm is served now" realm=forum`) || !strings.Contains(log, `could not be started" realm=forum`) {
		t.Errorf("the log: %s", log)
	}
	s.all.Stop()
	if got, said := s.ask("shop.example.com", "GET", "/readyz", ""); got != 503 || !strings.Contains(said, "stopping") {
		t.Errorf("stopping: %d %s", got, said)
	}
}

// TestRealmsAllDown: a process without any realm to serve does not start.
func TestRealmsAllDown(t *testing.T) {
	db := openWire(t, "127.0.0.1:1")
	db.cut()
	path := filepath.Join(t.TempDir(), "conf.yaml")
	text := "mode: production\nrealms:\n  - { name: shop, baseURL: 'https://shop.example.com', secret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-shop, database: 'postgres://u@" + db.addr + "/d?sslmode=disable' }\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out lockedLog
	w := &world{stdin: strings.NewReader(""), stdout: &out, stderr: &out, env: func(string) string { return "" }, now: time.Now, ctx: t.Context()}
	err := (&serveCmd{configFlags: configFlags{Config: path}, Listen: "127.0.0.1:0"}).Run(w)
	if err == nil || !strings.Contains(err.Error(), "realm shop: the database postgres://") {
		t.Errorf("got %v", err)
	}
}
