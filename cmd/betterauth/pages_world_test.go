package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pagesWorld is the binary's handler, called without a network by one browser.
type pagesWorld struct {
	t       *testing.T
	handler http.Handler
	srv     *server
	cookies map[string]string
}

const pagesSite = "https://auth.example.com"

// openPages serves a config: text is added to one with passwords and pages.
func openPages(t *testing.T, text string) *pagesWorld {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "conf.yaml")
	head := "mode: development\nbaseURL: " + pagesSite + "\nsecret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\n" +
		"database: sqlite:" + filepath.Join(dir, "pages.sqlite") + "\nemailAndPassword: { enabled: true, sendResetPassword: mail }\n"
	for name, content := range map[string]string{"conf.yaml": head + text, "own.css": "body { --x: 1 }", "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, env: func(string) string { return "" }, now: time.Now, ctx: t.Context()}
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
	srv.resources.StartMail()
	handler, err := w.handler(srv, newReadiness(srv, log, time.Now), log, log)
	if err != nil {
		t.Fatal(err)
	}
	return &pagesWorld{t, handler, srv, map[string]string{}}
}

// do sends a request as a browser on the site does; headers come in pairs and replace the browser's.
func (w *pagesWorld) do(method, target, body string, headers ...string) (*http.Response, string) {
	w.t.Helper()
	r := httptest.NewRequest(method, pagesSite+target, strings.NewReader(body))
	r.RequestURI = target
	r.RemoteAddr = "192.0.2.7:4711"
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", pagesSite)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	var pairs []string
	for name, value := range w.cookies {
		pairs = append(pairs, name+"="+value)
	}
	if len(pairs) > 0 {
		r.Header.Set("Cookie", strings.Join(pairs, "; "))
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	res := rec.Result()
	for _, c := range res.Cookies() {
		w.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(w.cookies, c.Name)
		}
	}
	return res, rec.Body.String()
}

// send sends a plain form; fields come in pairs.
func (w *pagesWorld) send(target string, fields ...string) (*http.Response, string) {
	w.t.Helper()
	return w.do(http.MethodPost, target, form(fields...))
}

func form(fields ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		values.Set(fields[i], fields[i+1])
	}
	return values.Encode()
}

// lands checks that an answer sends the browser to an address.
func (w *pagesWorld) lands(res *http.Response, body, at string) {
	w.t.Helper()
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != at {
		w.t.Fatalf("%d to %q, not to %s\n%s", res.StatusCode, got, at, body)
	}
}

// shows checks the status of an answer and that its page has a text.
func (w *pagesWorld) shows(res *http.Response, body string, status int, text string) {
	w.t.Helper()
	if res.StatusCode != status || !strings.Contains(body, text) {
		w.t.Fatalf("%d without %q\n%s", res.StatusCode, text, body)
	}
}

// who returns whose session the cookies are.
func (w *pagesWorld) who() string {
	w.t.Helper()
	_, body := w.do(http.MethodGet, "/api/auth/get-session", "")
	return body
}

const (
	signUpForm = "name=Ada&email=ada%40example.com&password=correct+horse+battery"
	signInForm = "email=ada%40example.com&password=correct+horse+battery&rememberMe=on"
)
