package forward_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/forward"
)

// startNginx starts nginx in front of auth and backend, and returns its address.
func startNginx(t *testing.T, configure func(site string) (auth, backend string)) string {
	t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		program = "/usr/sbin/nginx"
	}
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("nginx is not installed")
		}
		t.Skip("nginx is not installed")
	}
	site := freeAddress(t)
	_, port, _ := net.SplitHostPort(site)
	authHost, backendHost := configure(site)
	conf, err := os.ReadFile("testdata/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("AUTH", authHost, "BACKEND", backendHost, "PORT", port).Replace(string(conf))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	// A single process, because a worker would run as an account that cannot enter the directory.
	cmd := exec.Command(program, "-p", dir, "-c", "nginx.conf", "-e", "stderr", "-g", "daemon off; master_process off;")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(out.String())
		}
	})
	waitFor(t, site)
	return "http://" + site
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func waitFor(t *testing.T, address string) {
	t.Helper()
	for range 300 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nothing listens at %s", address)
}

// echo is a backend without authentication of its own: it answers with the headers that it received.
func echo(w http.ResponseWriter, r *http.Request) {
	_ = json.NewEncoder(w).Encode(r.Header)
}

func TestNginx(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(echo))
	defer backend.Close()
	var s *authtest.Server
	site := startNginx(t, func(site string) (string, string) {
		base := "http://" + site
		s = server(t, forward.Options{JWT: true, SignInURL: base + "/api/auth/ok", DisableCookieCache: true, Rules: map[string]forward.Rule{"recent": {SignedInWithin: 10}}}, func(o *auth.Options) {
			o.BaseURL = auth.Static(base)
		})
		front := httptest.NewServer(s)
		t.Cleanup(front.Close)
		return strings.TrimPrefix(front.URL, "http://"), strings.TrimPrefix(backend.URL, "http://")
	})
	b := &browser{t: t, site: site}

	status, header, _ := b.get("/private?a=1")
	want := site + "/api/auth/ok?callbackURL=" + url.QueryEscape(site+"/private?a=1")
	if status != http.StatusFound || header.Get("Location") != want {
		t.Fatalf("a stranger: %d, to %q, want %q", status, header.Get("Location"), want)
	}
	if status, _, _ := b.get("/_auth"); status != http.StatusNotFound {
		t.Errorf("the question can be asked from outside: %d", status)
	}

	id := b.signUp("ada@example.com")
	if status, _, body := b.get("/private"); status != http.StatusForbidden || strings.Contains(body, "ada@example.com") {
		t.Errorf("an address that nobody verified: %d %s", status, body)
	}
	verify(t, s, "ada@example.com")
	// Headers of these names and the session that a client sends must not reach the backend.
	for _, name := range []string{"X-Auth-User-Id", "X-Auth-User-Email", "X-Auth-User-Email-Verified", "X-Auth-Session-Id", "X-Auth-Jwt", "X_Auth_User_Id"} {
		b.extra = append(b.extra, [2]string{name, "admin"})
	}
	status, _, body := b.get("/private")
	if status != http.StatusOK {
		t.Fatalf("signed in: %d %s", status, body)
	}
	var arrived http.Header
	if err := json.Unmarshal([]byte(body), &arrived); err != nil {
		t.Fatal(err)
	}
	if arrived.Get("X-Auth-User-Id") != id || arrived.Get("X-Auth-User-Email") != "ada@example.com" || arrived.Get("X-Auth-User-Email-Verified") != "true" || strings.Count(arrived.Get("X-Auth-Jwt"), ".") != 2 {
		t.Errorf("the backend got %v", arrived)
	}
	if strings.Contains(body, "admin") || arrived.Get("Cookie") != "" {
		t.Errorf("smuggled: %s", body)
	}
	// A part of the site asks for a sign-in that is not older than ten minutes.
	if status, _, _ := b.get("/admin/?a=1"); status != http.StatusOK {
		t.Errorf("signed in now: %d", status)
	}
	s.Advance(10 * time.Minute)
	if status, _, _ := b.get("/private"); status != http.StatusOK {
		t.Errorf("signed in ten minutes ago: %d", status)
	}
	for _, path := range []string{"/admin/?a=1", "/admin/?rule=none", "/%61dmin/", "//admin//", "/x/../admin/"} {
		status, header, _ := b.get(path)
		if to, _ := url.Parse(header.Get("Location")); status != http.StatusFound || to.Query().Get("reason") != "SESSION_NOT_FRESH" || to.Query().Get("callbackURL") != site+path {
			t.Errorf("%s, signed in ten minutes ago: %d, to %q", path, status, header.Get("Location"))
		}
	}
	if status, _, _ := b.get("/_auth_recent"); status != http.StatusNotFound {
		t.Errorf("the question can be asked from outside: %d", status)
	}
	b.post("/api/auth/sign-in/email", `{"email":"ada@example.com","password":"password1234"}`)
	if status, _, _ := b.get("/admin/"); status != http.StatusOK {
		t.Errorf("signed in again: %d", status)
	}
	b.post("/api/auth/sign-out", "{}")
	if status, _, _ := b.get("/private"); status != http.StatusFound {
		t.Errorf("after sign-out: %d", status)
	}
}

// browser keeps the cookies of one site.
type browser struct {
	t       *testing.T
	site    string
	cookies []*http.Cookie
	extra   [][2]string
}

func (b *browser) do(method, path, body string) (int, http.Header, string) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.site+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	for _, pair := range b.extra {
		r.Header[pair[0]] = append(r.Header[pair[0]], pair[1])
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", b.site)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		b.cookies = answer.Cookies()
	}
	return answer.StatusCode, answer.Header, string(text)
}

func (b *browser) get(path string) (int, http.Header, string) {
	return b.do(http.MethodGet, path, "")
}

func (b *browser) post(path, body string) string {
	status, _, text := b.do(http.MethodPost, path, body)
	if status != http.StatusOK {
		b.t.Fatalf("%s: %d %s", path, status, text)
	}
	return text
}

func (b *browser) signUp(email string) string {
	text := b.post("/api/auth/sign-up/email", fmt.Sprintf(`{"name":"Ada","email":%q,"password":"password1234"}`, email))
	var answer struct{ User struct{ ID string } }
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		b.t.Fatal(err)
	}
	return answer.User.ID
}
