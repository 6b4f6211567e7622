// Package authtest runs a server and browsers inside a test, in one process and
// without a network, and checks what the server answers.
//
//	func TestSignUp(t *testing.T) {
//		s := authtest.New(t, auth.Options{})
//		c := s.Client()
//		c.SignUp("ann@example.com")
//		c.Get("/get-session").Want(200, "user.email", "ann@example.com", "user.emailVerified", false)
//		c.Post("/change-email", `{"newEmail":"bob@example.com"}`).WantCode(400, "CHANGE_EMAIL_DISABLED")
//	}
//
// [New] makes the server, on a memory store and with a clock that only
// [Server.Advance] moves. A [Client] is a browser with a cookie jar. An [Answer]
// knows its test: Want and its siblings report what differs, with the request
// and the whole answer. [Server.Row] and [Server.WantRows] look at the rows.
//
// Package everywhere runs a test on every kind of database.
package authtest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// Origin is the origin of a test server.
const Origin = "http://localhost:3210"

// Secret is the secret of test servers.
const Secret = "authtest-secret-0123456789-abcdefghij"

// Start is the time at which the clocks of test servers start.
func Start() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// Server is a server under test with its own clock.
type Server struct {
	*auth.Auth
	T     testing.TB // for failures that clients of this server report
	clock *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Prepared is implemented by databases and secondary storages that need the
// server before its first request, for example to create tables. New calls Prepare.
type Prepared interface {
	Prepare(ctx context.Context, s *Server) error
}

// New returns a server with password sign-in enabled and its clock at [Start].
// Options that o leaves out get defaults for tests; the default database is in
// memory.
//
// Passwords are hashed as in production, which takes about 0.1 s each; see
// [PlainPasswords].
func New(t testing.TB, o auth.Options) *Server {
	t.Helper()
	s := &Server{T: t, clock: &clock{now: Start()}}
	if o.BaseURL.URL == "" && !o.BaseURL.IsDynamic() {
		o.BaseURL = auth.Static(Origin)
	}
	if o.Secret == "" && o.Secrets == nil {
		o.Secret = Secret
	}
	if o.Database == nil {
		o.Database = memstore.New()
	}
	if o.Mode == auth.Production {
		o.Mode = auth.Development
	}
	o.EmailAndPassword.Enabled = true
	o.Now = s.clock.read
	o.Environ = func(string) string { return "" }
	a, err := betterauth.New(o)
	if err != nil {
		t.Fatalf("authtest: %v", err)
	}
	s.Auth = a
	for _, kept := range []any{o.Database, o.SecondaryStorage} {
		if p, ok := kept.(Prepared); ok {
			if err := p.Prepare(t.Context(), s); err != nil {
				t.Fatalf("authtest: %v", err)
			}
		}
	}
	return s
}

// In returns the same server with clients that report to t, for subtests that
// share one server.
func (s *Server) In(t testing.TB) *Server { return &Server{Auth: s.Auth, T: t, clock: s.clock} }

// Now returns the time of the server's clock.
func (s *Server) Now() time.Time { return s.clock.read() }

// Advance moves the server's clock.
func (s *Server) Advance(d time.Duration) {
	s.clock.mu.Lock()
	defer s.clock.mu.Unlock()
	s.clock.now = s.clock.now.Add(d)
}

// Client acts as a browser: it keeps cookies and sends its Origin.
type Client struct {
	Server *Server
	Origin string
	Header http.Header       // sent with every request
	Jar    map[string]string // raw values, still encoded
}

// Client returns a browser without cookies on the server's own site.
func (s *Server) Client() *Client {
	return &Client{Server: s, Origin: Origin, Header: http.Header{}, Jar: map[string]string{}}
}

// Get sends a GET to an endpoint path, such as "/get-session?disableRefresh=true".
func (c *Client) Get(path string) *Answer { return c.Do(http.MethodGet, path, "", "") }

// Post sends a POST with a JSON body to an endpoint path.
func (c *Client) Post(path, body string) *Answer {
	return c.Do(http.MethodPost, path, "application/json", body)
}

// Do sends a request to an endpoint path.
func (c *Client) Do(method, path, contentType, body string) *Answer {
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, Origin+c.Server.Options.BasePath+path, reader)
	for name, values := range c.Header {
		r.Header[name] = values
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if c.Origin != "" {
		r.Header.Set("Origin", c.Origin)
	}
	if len(c.Jar) > 0 {
		var pairs []string
		for name, value := range c.Jar {
			pairs = append(pairs, name+"="+value)
		}
		r.Header.Set("Cookie", strings.Join(pairs, "; "))
	}
	w := httptest.NewRecorder()
	c.Server.ServeHTTP(w, r)
	c.keep(w.Header()["Set-Cookie"])
	return &Answer{Status: w.Code, Header: w.Header(), Body: w.Body.String(), t: c.Server.T, request: method + " " + path}
}

func (c *Client) keep(lines []string) {
	for _, line := range lines {
		k, _, ok := cookie.ParseSetCookie(line)
		if !ok {
			continue
		}
		if k.Attributes.MaxAge != nil && *k.Attributes.MaxAge == 0 {
			delete(c.Jar, k.Name)
			continue
		}
		raw, _, _ := strings.Cut(line, ";")
		_, value, _ := strings.Cut(raw, "=")
		c.Jar[k.Name] = value
	}
}
