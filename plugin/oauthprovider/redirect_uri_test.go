package oauthprovider

import (
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
)

func TestRegisteredRedirect(t *testing.T) {
	for _, c := range []struct {
		registered, requested string
		want                  bool
	}{
		{"https://a.example/cb", "https://a.example/cb", true}, {"https://a.example/cb", "https://a.example/cb/", false}, {"https://a.example/cb", "https://a.example:443/cb", false},
		{"http://127.0.0.1/cb", "http://127.0.0.1:1234/cb", true}, {"http://127.0.0.1:1/cb", "http://127.0.0.1/cb", true}, {"http://[::1]:1/cb", "http://[::1]:2/cb", true}, {"http://localhost/cb", "http://localhost:9/cb", true},
		{"http://127.0.0.1/cb", "http://127.0.0.2:1/cb", false}, {"http://127.0.0.1/cb", "http://127.0.0.1:1/cb?x", false}, {"http://127.0.0.1/cb", "https://127.0.0.1:1/cb", false},
		{"https://localhost/cb", "https://localhost:1/cb", false}, {"http://a.example/cb", "http://a.example:1/cb", false}, {"http://app.localhost/cb", "http://app.localhost:1/cb", false},
		{"http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb", false}, {"http://127.0.0.1/cb", "http://x@127.0.0.1:1/cb", false}, {"http://127.0.0.1/cb", "http://127.0.0.1:1/cb#x", false},
		{"http://127.0.0.1/cb", "http://127.0.0.1.evil.example:1/cb", false}, {"myapp://host/path", "myapp://host:1/path", false}, {"myapp://host/path", "myapp://host/path", true},
		{"http://127.0.0.1/cb", "", false}, {"", "", false}, {"http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", false},
	} {
		if got := registeredRedirect([]string{c.registered}, c.requested); got != c.want {
			t.Errorf("registered %q, requested %q: %v", c.registered, c.requested, got)
		}
	}
}

// FuzzRegisteredRedirect checks that an address that is accepted without being registered as it stands is on the
// machine itself and differs in its port only.
func FuzzRegisteredRedirect(f *testing.F) {
	for _, s := range []string{"http://127.0.0.1/cb", "http://[::1]:1/cb?x", "https://a.example/cb", "http://localhost:1@evil.example/cb", "http:\\\\127.0.0.1:1\\cb", "myapp:/cb", "http://127.0.0.1:\t1/cb"} {
		f.Add("http://127.0.0.1/cb", s)
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, registered, requested string) {
		if !registeredRedirect([]string{registered}, requested) || registered == requested {
			return
		}
		a, okA := origin.ParseURL(registered)
		b, okB := origin.ParseURL(requested)
		if !okA || !okB || a.Protocol != "http:" || b.Protocol != "http:" || a.Hostname != b.Hostname || !isLoopback(b.Hostname) || a.Pathname != b.Pathname || a.Search != b.Search || b.Hash != "" || b.Username != "" {
			t.Errorf("%q is accepted for %q", requested, registered)
		}
	})
}

// FuzzAuthorizationRequest checks that parameters survive the way to a page and back, and that what is accepted is
// well-formed.
func FuzzAuthorizationRequest(f *testing.F) {
	for _, s := range []string{
		"response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fa.example%2Fcb&scope=openid&state=%00", "client_id=a&prompt=none+login&max_age=1e3", "client_id=a&claims=%7B%22userinfo%22%3A%7B%22a%22%3Anull%7D%7D",
		"client_id=a&resource=https://a&resource=b%23", "client_id=a&x=1&x=2&__proto__=3", "client_id=%ff&%ff=1", "client_id=a&ba_param=x&sig=y",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		request, wrong := parseAuthorization(parametersOf(origin.ParseParams(query)))
		if wrong != nil {
			if wrong.name == "" || wrong.description == "" {
				t.Errorf("%q: %v", query, wrong)
			}
			return
		}
		if to, has := request.Get("redirect_uri"); has && (!parses(to) || !isSafe(to) || hasFragment(to)) {
			t.Errorf("%q: redirect %q", query, to)
		}
		if v, has := request.Get("max_age"); has && !(v.(float64) >= 0) {
			t.Errorf("%q: max_age %v", query, v)
		}
		again := origin.ParseParams(queryOf(request).String())
		if canonical(again) != canonical(queryOf(request)) {
			t.Errorf("%q changes on its way", query)
		}
		if _, wrong := parseAuthorization(parametersOf(again)); wrong != nil {
			t.Errorf("%q: refused after its way: %v", query, wrong)
		}
	})
}

func TestClaimsRequest(t *testing.T) {
	supported := []string{"email", "name"}
	for text, want := range map[string]string{
		`{"userinfo":{"email":null,"shoe":{"essential":true},"name":{"value":"x"}}}`: "email name", `{"userinfo":{}}`: "", `{}`: "", `{"userinfo":null}`: "", `[]`: "", `{`: "", `{"userinfo":{"email":1}}`: "", `{"id_token":{"email":null}}`: "",
	} {
		if got := strings.Join(requestedClaims(text, supported), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	narrowed := narrowClaims(`{"userinfo":{"email":null,"name":null},"id_token":{"x":null}}`, []string{"name"})
	if got := string(js.Marshal(narrowed)); got != `{"userinfo":{"name":null},"id_token":{"x":null}}` {
		t.Errorf("narrowed to %s", got)
	}
	if got := narrowClaims(`{"userinfo":{"email":null}}`, nil); got != nil {
		t.Errorf("narrowed to %s", js.Marshal(got))
	}
	for text, want := range map[string]bool{
		`{"id_token":{"acr":{"essential":true,"value":"0"}}}`: true, `{"id_token":{"acr":{"essential":true,"value":"1"}}}`: false, `{"id_token":{"acr":{"value":"1"}}}`: true,
		`{"id_token":{"acr":{"essential":true,"values":["1","0"]}}}`: true, `{"id_token":{"acr":{"essential":true,"values":[]}}}`: false, `{"id_token":{"acr":null}}`: true,
	} {
		if got := satisfiesACR(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
