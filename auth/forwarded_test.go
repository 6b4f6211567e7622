package auth_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// Behind proxies, scheme and host are those that our outermost proxy saw. If they are unclear, the request fails; the
// server never falls back to http silently.
func TestForwardedAddress(t *testing.T) {
	const internal = "10.1.2.3:3210"
	ours := []string{"10.0.0.0/8"}
	for _, tc := range []struct {
		name, proto, host, forwardedFor string
		proxies                         []string
		want                            string // the base URL; "" if the request is refused
		told                            string // expected in the log
	}{
		{"one", "https", "app.example.com", "", nil, "https://app.example.com", ""},
		{"upper case and blanks", " HTTPS ", " app.example.com ", "", nil, "https://app.example.com", ""},
		{"all agree", "https, https", "app.example.com,app.example.com", "", nil, "https://app.example.com", ""},
		{"a websocket", "wss", "app.example.com", "", nil, "https://app.example.com", ""},
		{"two schemes", "https,http", "app.example.com", "203.0.113.7", nil, "", "X-Forwarded-Proto does not say"},
		{"two schemes, nobody named", "https,http", "app.example.com", "203.0.113.7, 10.0.0.1", nil, "", "X-Forwarded-Proto does not say"},
		{"the outer proxy of two", "https,http", "app.example.com, inner.local", "203.0.113.7, 10.0.0.1", ours, "https://app.example.com", ""},
		{"with ports", "https,http", "app.example.com, inner.local", "203.0.113.7:5000, 10.0.0.1:443", ours, "https://app.example.com", ""},
		{"forged in front", "http, https, http", "evil.example, app.example.com, inner.local", "1.1.1.1, 203.0.113.7, 10.0.0.1", ours, "https://app.example.com", ""},
		{"fewer than proxies", "https,http", "app.example.com", "203.0.113.7, 10.0.0.1, 10.0.0.2, 10.0.0.3", ours, "", "X-Forwarded-Proto does not say"},
		{"no scheme at all", "gopher", "app.example.com", "", nil, "", "X-Forwarded-Proto does not say"},
		{"several hosts", "https", "a.example.com, b.example.com", "", nil, "https://" + internal, "X-Forwarded-Host does not name exactly one host"},
		{"no host", "https", "x@evil.io", "", nil, "https://" + internal, "X-Forwarded-Host does not name exactly one host"},
		{"empty", "", "app.example.com", "", nil, "http://" + internal, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var seen string
			var log bytes.Buffer
			probe := auth.Manifest{ID: "probe", Endpoints: []auth.Endpoint{auth.Handle(
				auth.Route{ID: "probe", Methods: []string{http.MethodGet}, Path: "/probe", Session: auth.Public},
				func(c *auth.Context, _ *auth.None) (*auth.Nothing, error) { seen = c.BaseOrigin; return nil, nil })}}
			a, err := newPlain(auth.Options{
				Mode: auth.Development, Plugins: []auth.Plugin{probe}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
				Advanced: auth.Advanced{TrustedProxyHeaders: true, IPAddress: auth.IPAddressOptions{TrustedProxies: tc.proxies}},
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				r := httptest.NewRequest(http.MethodGet, "http://"+internal+"/api/auth/probe", nil)
				r.Header.Set("X-Forwarded-Proto", tc.proto)
				r.Header.Set("X-Forwarded-Host", tc.host)
				r.Header.Set("X-Forwarded-For", tc.forwardedFor)
				w := httptest.NewRecorder()
				a.ServeHTTP(w, r)
				if refused := w.Code == http.StatusBadRequest && strings.Contains(w.Body.String(), "INVALID_FORWARDED_PROTO"); refused != (tc.want == "") || seen != tc.want {
					t.Errorf("%d %s, the base URL is %q", w.Code, w.Body, seen)
				}
			}
			if told := strings.Count(log.String(), "level=ERROR"); told > 1 || (told == 1) != (tc.told != "") || !strings.Contains(log.String(), tc.told) {
				t.Errorf("the log: %s", log.String())
			}
		})
	}
}

func TestForwardedIsToldOnce(t *testing.T) {
	var log bytes.Buffer
	a, err := newPlain(auth.Options{
		Mode: auth.Development, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		Advanced: auth.Advanced{TrustedProxyHeaders: true, IPAddress: auth.IPAddressOptions{IPAddressHeaders: []string{"Forwarded"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/api/auth/ok", nil)
		r.Header.Set("Forwarded", "for=203.0.113.7;proto=https;host=app.example.com")
		a.ServeHTTP(httptest.NewRecorder(), r)
	}
	for _, want := range []string{"configure the proxy to send X-Forwarded-Proto", "configure the proxy to send X-Forwarded-For"} {
		if strings.Count(log.String(), want) != 1 {
			t.Errorf("%q is not logged exactly once: %s", want, log.String())
		}
	}
}

// If a gateway appends the port to the address, each client has one bucket, whatever its port. Clients with an
// invalid address share the bucket of the connection.
func TestAttackUnparsableForwardedFor(t *testing.T) {
	s := authtest.New(t, auth.Options{RateLimit: auth.RateLimitOptions{Enabled: yes(), Max: 3}})
	s.Options.Mode = auth.Production
	count := func(addresses func(i int) string) (allowed int) {
		for i := range 10 {
			c := s.Client()
			c.Header.Set("X-Forwarded-For", addresses(i))
			if c.Get("/ok").Status == http.StatusOK {
				allowed++
			}
		}
		return allowed
	}
	if n := count(func(i int) string { return fmt.Sprintf("203.0.113.7:%d", 50000+i) }); n != 3 {
		t.Errorf("%d calls of one client with rotating ports", n)
	}
	if n := count(func(i int) string { return fmt.Sprintf("[2001:db8::%d]:%d", i, 50000+i) }); n != 3 {
		t.Errorf("%d calls of one IPv6 client with rotating ports", n)
	}
	if n := count(func(i int) string { return fmt.Sprintf("203.0.113.%d:50123", 20+i) }); n != 10 {
		t.Errorf("%d calls of ten clients", n)
	}
	if n := count(func(i int) string { return fmt.Sprintf("unknown%d", i) }); n != 3 {
		t.Errorf("%d calls behind rotating nonsense", n)
	}
	s.Advance(60e9)
	if n := count(func(i int) string { return fmt.Sprintf("198.51.100.%d, junk", i) }); n != 3 {
		t.Errorf("%d calls behind a list that ends in nonsense", n)
	}
	// A session stores the same as in the reference, where an address with a port is invalid.
	c := s.Client()
	c.Header.Set("X-Forwarded-For", "203.0.113.99:50123")
	token := c.SignUp("a@example.com").Text("token")
	if in, err := s.Sessions.Find(t.Context(), token); err != nil || in.Session.IPAddress != "" {
		t.Errorf("%v %v", in, err)
	}
}
