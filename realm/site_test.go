package realm_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/config"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/realm"
)

func TestMain(m *testing.M) {
	_ = flag.Set("rapid.checks", "25") // every check signs in several times, in each of four places
	testserver.Main(m)
}

// process is a config file with realms, served.
type process struct {
	t     *testing.T
	all   *realm.Realms
	sites []*site
	now   time.Time // stands still: queues take a message again if the clock jumps
}

// site is one realm of a process, or a lone server.
type site struct {
	t       *testing.T
	handler http.Handler
	a       *auth.Auth
	res     *config.Resources
	name    string
	origin  string // of its base URL
	base    string // path of the endpoints
	prefix  string // of the cookies

	mu     sync.Mutex
	mails  []mail.Envelope
	called atomic.Int64 // outbound requests

	clients atomic.Int64
}

// sampleFile is a file with four realms: two with a host, two with a path. PLACES are databases of them, MORE are
// options above them.
const sampleFile = `
mode: development
emailAndPassword: { enabled: true, sendResetPassword: mail }
mail: { outbox: true }
session: { cookieCache: { enabled: true } }
rateLimit: { enabled: true, customRules: { "/sign-in/email": { window: 60, max: 3 }, "/get-session": false } }
passwordHashes: 2
socialProviders: { github: { clientId: id, clientSecret: secret-of-github } }
plugins:
  jwt: {}
  bearer: {}
  api-key: { configurations: [{ enableSessionForAPIKeys: true }] }
  magic-link: { sendMagicLink: mail }
%s
realms:
  - { name: a, baseURL: "https://a.example.com", secret: 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-a, database: %s }
  - { name: b, baseURL: "https://b.example.com", secret: 7uJq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-b, database: %s }
  - { name: c, path: /c, baseURL: "https://www.example.com", secret: 9wMq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-c, database: %s }
  - { name: d, path: /d, baseURL: "https://www.example.com", secret: 5xRq0sZp8yTn1xWb6cRd4fGh2jLm5aQe-d, database: %s }
`

// everywhere runs a test on realms in SQLite files and in schemas of PostgreSQL, with and without one Redis for all.
func everywhere(t *testing.T, run func(t *testing.T, p *process)) {
	sqlite := func(t *testing.T, more string) string {
		dir := t.TempDir()
		file := func(name, prefix string) string {
			return fmt.Sprintf("{ url: 'sqlite:%s', tablePrefix: '%s' }", filepath.Join(dir, name), prefix)
		}
		return fmt.Sprintf(sampleFile, more, file("a.db", ""), file("all.db", ""), file("all.db", "c_"), file("all.db", "d_"))
	}
	redis := func(t *testing.T) string {
		return fmt.Sprintf("secondaryStorage: { url: 'redis://%s', keyPrefix: '%s:' }", testserver.Redis(t), t.Name())
	}
	t.Run("sqlite", func(t *testing.T) { run(t, serve(t, sqlite(t, ""))) })
	t.Run("sqlite and redis", func(t *testing.T) { run(t, serve(t, sqlite(t, redis(t)))) })
	postgres := func(t *testing.T, more string) string {
		more += fmt.Sprintf("\ndatabase: { url: '%s', queryTimeout: 1m, connectTimeout: 1m, pool: { max: 3 } }", testserver.Postgres(t))
		return fmt.Sprintf(sampleFile, more, "{ schemaName: a }", "{ schemaName: b }", "{ tablePrefix: c_ }", "{ schemaName: a, tablePrefix: d_ }")
	}
	t.Run("postgres", func(t *testing.T) { run(t, serve(t, postgres(t, ""))) })
	t.Run("postgres and redis", func(t *testing.T) { run(t, serve(t, postgres(t, redis(t)))) })
}

// read reads a config file without an environment.
func read(t *testing.T, text string) *config.File {
	t.Helper()
	f, err := config.Loader{Env: func(string) string { return "" }}.Parse("c.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func serve(t *testing.T, text string) *process {
	t.Helper()
	f := read(t, text)
	p := &process{t: t, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	o := realm.Options{}
	for _, one := range f.Realms {
		s := open(t, one.File, func() time.Time { return p.now })
		s.name = one.Name
		p.sites = append(p.sites, s)
		o.Realms = append(o.Realms, realm.Realm{Name: one.Name, Hosts: one.Hosts, Path: one.Path, Auth: s.a})
	}
	var err error
	if p.all, err = realm.New(o); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.sites {
		s.handler = p.all
	}
	return p
}

// RoundTrip fails every outbound request, and counts it.
func (s *site) RoundTrip(*http.Request) (*http.Response, error) {
	s.called.Add(1)
	return nil, errors.New("no network in this test")
}

// open opens one server and creates its tables.
func open(t *testing.T, f *config.File, now func() time.Time) *site {
	t.Helper()
	s := &site{t: t}
	o, res, err := f.Open(t.Context(), config.Runtime{Now: now, HTTP: s, AwaitSenders: true, Mailed: func(e *mail.Envelope) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.mails = append(s.mails, *e)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Close() })
	a, err := betterauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := res.DB.Plan(t.Context(), a.Store.Tables())
	if err == nil {
		err = plan.Apply(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	s.a, s.res, s.handler, s.origin, s.prefix = a, res, a, f.Options.BaseURL.URL, a.Options.Advanced.CookiePrefix
	s.base = a.Options.BasePath
	return s
}

// mailed waits for the last message to an address and returns it.
func (s *site) mailed(to string) mail.Envelope {
	s.t.Helper()
	for range 1200 {
		s.mu.Lock()
		for i := len(s.mails) - 1; i >= 0; i-- {
			if s.mails[i].To == to {
				defer s.mu.Unlock()
				return s.mails[i]
			}
		}
		s.mu.Unlock()
		time.Sleep(25 * time.Millisecond)
	}
	s.t.Fatalf("%s: no message to %s", s.name, to)
	return mail.Envelope{}
}

// jar holds the cookies of a browser by their names.
type jar map[string]string

// reply is an answer.
type reply struct {
	*http.Response
	body string
}

// member returns a member of the body.
func (r reply) member(path string) string {
	var v any
	if json.Unmarshal([]byte(r.body), &v) != nil {
		return ""
	}
	for key := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	text, _ := v.(string)
	return text
}

// call sends a request to an endpoint of the site, and keeps the cookies of the answer.
func (s *site) call(j jar, method, path, body string, header ...string) reply {
	s.t.Helper()
	r := httptest.NewRequestWithContext(context.Background(), method, s.origin+s.base+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	r.Header.Set("Origin", s.origin)
	n := s.clients.Add(1) // everybody is another client, unless the test names one
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255))
	var pairs []string
	for name, value := range j {
		pairs = append(pairs, name+"="+value)
	}
	if pairs != nil {
		r.Header.Set("Cookie", strings.Join(pairs, "; "))
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	res := w.Result()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, line := range res.Header["Set-Cookie"] {
		if k, _, ok := cookie.ParseSetCookie(line); ok && j != nil {
			raw, _, _ := strings.Cut(line, ";")
			_, value, _ := strings.Cut(raw, "=")
			if j[k.Name] = value; k.Attributes.MaxAge != nil && *k.Attributes.MaxAge == 0 {
				delete(j, k.Name)
			}
		}
	}
	return reply{res, string(data)}
}

// renamed returns cookies with the names that another site gives them.
func (j jar) renamed(from, to *site) jar {
	out := jar{}
	for name, value := range j {
		out[strings.Replace(name, from.prefix+".", to.prefix+".", 1)] = value
	}
	return out
}

// link asks for a magic link for an address and returns its token.
func (s *site) link(email string) string {
	s.t.Helper()
	s.mu.Lock()
	s.mails = nil
	s.mu.Unlock()
	if got := s.call(nil, "POST", "/sign-in/magic-link", `{"email":"`+email+`"}`); got.StatusCode != 200 {
		s.t.Fatalf("%s: %d %s", s.name, got.StatusCode, got.body)
	}
	u, err := url.Parse(s.mailed(email).URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return u.Query().Get("token")
}

// signIn returns a browser that is signed in.
func (s *site) signIn(email string) jar {
	s.t.Helper()
	j := jar{}
	in := s.call(j, "GET", "/magic-link/verify?token="+s.link(email), "")
	if got := s.call(j, "GET", "/get-session", ""); got.member("user.email") != email {
		s.t.Fatalf("%s: not signed in: %s, %d %s %v", s.name, got.body, in.StatusCode, in.body, in.Header)
	}
	return j
}
