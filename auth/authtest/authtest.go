// Package authtest is for tests of endpoints: a server on a memory store, and
// a client with a cookie jar, in process and without a network.
package authtest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// Origin is where a test server says it is.
const Origin = "http://localhost:3210"

// Secret signs what test servers sign.
const Secret = "authtest-secret-0123456789-abcdefghij"

// Server is a server under test, and its clock.
type Server struct {
	*auth.Auth
	T   testing.TB
	now time.Time
}

// New makes a server on a memory store with passwords on; what o sets wins.
// Password hashes are left as they are: they take a while, so sign up once.
func New(t testing.TB, o auth.Options) *Server {
	t.Helper()
	s := &Server{T: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
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
	o.Now = func() time.Time { return s.now }
	o.Environ = func(string) string { return "" }
	a, err := betterauth.New(o)
	if err != nil {
		t.Fatalf("authtest: %v", err)
	}
	s.Auth = a
	return s
}

// Advance moves the server's clock.
func (s *Server) Advance(d time.Duration) { s.now = s.now.Add(d) }

// Client is a browser: it keeps cookies and sends its Origin.
type Client struct {
	Server *Server
	Origin string
	Header http.Header       // sent with every request
	Jar    map[string]string // as they travel, still encoded
}

// Client opens a browser on the server's own site.
func (s *Server) Client() *Client {
	return &Client{Server: s, Origin: Origin, Header: http.Header{}, Jar: map[string]string{}}
}

// Answer is a response, read.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// JSON reads the body into a map; it fails the test when it is no object.
func (a *Answer) JSON(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.Body), &m); err != nil {
		t.Fatalf("not an object: %s", a.Body)
	}
	return m
}

// Code is the code of an error answer, "" when there is none.
func (a *Answer) Code() string {
	var e struct{ Code string }
	_ = json.Unmarshal([]byte(a.Body), &e)
	return e.Code
}

// Get sends a GET to an endpoint path.
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
	return &Answer{Status: w.Code, Header: w.Header(), Body: w.Body.String()}
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

// SignUp makes a user with the password "password1234" and signs it in.
func (c *Client) SignUp(email string) *Answer {
	c.Server.T.Helper()
	a := c.Post("/sign-up/email", `{"name":"Test","email":"`+email+`","password":"password1234"}`)
	if a.Status != http.StatusOK {
		c.Server.T.Fatalf("sign-up: %d %s", a.Status, a.Body)
	}
	return a
}
