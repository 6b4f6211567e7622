package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/kv/rediskv"
)

// wire is a connection to a server that can be cut: then connections break, and
// new ones are refused.
type wire struct {
	t    *testing.T
	to   string
	addr string

	mu       sync.Mutex
	listener net.Listener
	conns    []net.Conn
}

func openWire(t *testing.T, to string) *wire {
	w := &wire{t: t, to: to, addr: "127.0.0.1:0"}
	w.mend()
	t.Cleanup(w.cut)
	return w
}

func (w *wire) mend() {
	l, err := net.Listen("tcp", w.addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.addr, w.listener = l.Addr().String(), l
	w.mu.Unlock()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", w.to)
			if err != nil {
				near.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, near, far)
			w.mu.Unlock()
			go func() { io.Copy(far, near); far.Close() }()
			go func() { io.Copy(near, far); near.Close() }()
		}
	}()
}

func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener.Close()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// serving runs `betterauth serve` within this process, with its answers and its
// log.
type serving struct {
	t       *testing.T
	http    *httptest.Server
	log     lockedLog
	now     func() time.Time
	cookies string
}

type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func serveOn(t *testing.T, text string) *serving {
	t.Helper()
	rediskv.Quiet()
	path := filepath.Join(t.TempDir(), "conf.yaml")
	head := "mode: production\nbaseURL: https://auth.example.com\nsecret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\nemailAndPassword: { enabled: true }\npasswordHashes: 2\n" +
		"advanced: { useSecureCookies: false }\nplugins: { forward: { requireEmailVerified: false }, bearer: {}, jwt: {} }\n"
	if err := os.WriteFile(path, []byte(head+text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &serving{t: t}
	// Each reading of the clock is later, so that no answer of /readyz is cached.
	var mu sync.Mutex
	ahead := time.Duration(0)
	s.now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		ahead += 2 * readyFor
		return time.Now().Add(ahead)
	}
	w := &world{stdin: strings.NewReader(""), stdout: &s.log, stderr: &s.log, env: func(string) string { return "" }, now: time.Now, ctx: t.Context()}
	conf, err := w.read(configFlags{Config: path})
	if err != nil {
		t.Fatal(err)
	}
	log := conf.logger(w, 0)
	srv, err := conf.open(w, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	if _, err := (&serveCmd{Migrate: true}).prepare(w, srv, log); err != nil {
		t.Fatal(err)
	}
	if err := config.CheckSchema(t.Context(), srv.resources.DB, srv.Auth); err != nil {
		t.Fatal(err)
	}
	if err := srv.CheckSchema(); err != nil {
		t.Fatal(err)
	}
	handler, err := w.handler(srv, newReadiness(srv, log, s.now), log, log)
	if err != nil {
		t.Fatal(err)
	}
	s.http = httptest.NewServer(handler)
	t.Cleanup(s.http.Close)
	return s
}

func (s *serving) ask(method, path, body string) (*http.Response, string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.http.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Origin", "https://auth.example.com")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if s.cookies != "" {
		r.Header.Set("Cookie", s.cookies)
	}
	res, err := s.http.Client().Do(r)
	if err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(text)
}

// expect sends requests with the cookies of the signed-in user.
func (s *serving) expect(when string, want map[string]int) {
	s.t.Helper()
	for what, status := range want {
		method, path, _ := strings.Cut(what, " ")
		body := ""
		if method == http.MethodPost {
			body = `{"name":"New","email":"new` + when[:2] + `@example.com","password":"password1234"}`
		}
		res, text := s.ask(method, path, body)
		if res.StatusCode != status || status == http.StatusOK && text == "null" {
			s.t.Errorf("%s: %s: %d %s", when, what, res.StatusCode, text)
		}
		if strings.HasPrefix(path, "/api") && status == http.StatusServiceUnavailable && (res.Header.Get("Retry-After") == "" || !strings.Contains(text, "SERVICE_UNAVAILABLE") || res.Header["Set-Cookie"] != nil) {
			s.t.Errorf("%s: %s: %v %s", when, what, res.Header, text)
		}
	}
}

func (s *serving) signUp() {
	s.t.Helper()
	res, text := s.ask(http.MethodPost, "/api/auth/sign-up/email", `{"name":"Ann","email":"ann@example.com","password":"password1234"}`)
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("%d %s\n%s", res.StatusCode, text, s.log.String())
	}
	var pairs []string
	for _, c := range res.Cookies() {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	s.cookies = strings.Join(pairs, "; ")
}

const (
	session  = "GET /api/auth/get-session"
	lists    = "GET /api/auth/list-sessions"
	accounts = "GET /api/auth/list-accounts"
	forwards = "GET /api/auth/forward"
	signsUp  = "POST /api/auth/sign-up/email"
	okay     = "GET /api/auth/ok"
	alive    = "GET /healthz"
	readies  = "GET /readyz"
)

// TestDatabaseDown stops PostgreSQL while the server runs, and starts it again.
func TestDatabaseDown(t *testing.T) {
	address := testserver.Postgres(t)
	_, rest, _ := strings.Cut(address, "@")
	host, name, _ := strings.Cut(rest, "/")
	line := openWire(t, host)
	s := serveOn(t, "database: { url: \"postgres://postgres@"+line.addr+"/"+name+"\" }\nrateLimit: { storage: database, max: 1000, customRules: { \"/sign-up/*\": { window: 10, max: 1000 } } }\n")
	s.signUp()
	up := map[string]int{session: 200, lists: 200, forwards: 200, okay: 200, alive: 200, readies: 200}
	s.expect("before", up)
	line.cut()
	s.expect("during", map[string]int{session: 503, lists: 503, accounts: 503, forwards: 503, signsUp: 503, okay: 200, alive: 200, readies: 503})
	line.mend()
	s.expect("after", map[string]int{session: 200, lists: 200, accounts: 200, forwards: 200, signsUp: 200, okay: 200, readies: 200})
	if log := s.log.String(); !strings.Contains(log, `msg="call failed" path=/list-sessions`) || !strings.Contains(log, "503 SERVICE_UNAVAILABLE") {
		t.Errorf("the log does not tell: %s", log)
	}
}

// TestRedisDown stops Redis while the database runs, and the reverse.
func TestRedisDown(t *testing.T) {
	redis := openWire(t, testserver.Redis(t))
	address := testserver.Postgres(t)
	_, rest, _ := strings.Cut(address, "@")
	host, name, _ := strings.Cut(rest, "/")
	database := openWire(t, host)
	s := serveOn(t, "database: { url: \"postgres://postgres@"+database.addr+"/"+name+"\" }\nsecondaryStorage: { url: \"redis://"+redis.addr+"\", keyPrefix: \""+t.Name()+":\" }\n"+
		"rateLimit: { storage: memory, max: 1000, customRules: { \"/sign-up/*\": { window: 10, max: 1000 } } }\n")
	s.signUp()
	s.expect("before", map[string]int{session: 200, lists: 200, okay: 200, readies: 200})
	redis.cut()
	s.expect("during", map[string]int{session: 503, forwards: 503, okay: 200, alive: 200, readies: 503})
	redis.mend()
	s.expect("after", map[string]int{session: 200, lists: 200, readies: 200})
	database.cut()
	s.expect("no database", map[string]int{session: 200, lists: 200, accounts: 503, signsUp: 503, okay: 200, readies: 503})
	database.mend()
	s.expect("whole again", map[string]int{session: 200, accounts: 200, signsUp: 200, readies: 200})
}

// TestRedisTakesNoWrites checks that the server is not ready if Redis answers but
// rejects writes.
func TestRedisTakesNoWrites(t *testing.T) {
	address := testserver.Redis(t)
	_, port, _ := strings.Cut(address, ":")
	set := func(value string) {
		if out, err := exec.Command("redis-cli", "-p", port, "config", "set", "min-replicas-to-write", value).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	s := serveOn(t, "database: { url: \"sqlite:"+filepath.Join(t.TempDir(), "a.db")+"\" }\nsecondaryStorage: { url: \"redis://"+address+"\", keyPrefix: \""+t.Name()+":\" }\nrateLimit: { storage: memory }\n")
	s.expect("before", map[string]int{readies: 200})
	set("1")
	t.Cleanup(func() { set("0") })
	s.expect("during", map[string]int{readies: 503, okay: 200})
	set("0")
	s.expect("after", map[string]int{readies: 200})
}
