package provider

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// The requests of every provider, and what it makes of the answers, are compared with the reference in
// test/parity/scenarios/31-oauth-providers.mjs. These tests cover what that cannot see.

func build(t *testing.T, name, options string) oauth.Provider {
	t.Helper()
	entry, ok := Providers()[name]
	if !ok {
		t.Fatalf("there is no provider %s", name)
	}
	o := entry.Options()
	if err := json.Unmarshal([]byte(options), o); err != nil {
		t.Fatal(err)
	}
	p, err := entry.New(o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

const usual = `{"clientId":"client","clientSecret":"secret","clientKey":"key","domain":"d.example","region":"r","userPoolId":"u"}`

func TestEveryProvider(t *testing.T) {
	if diff := cmp.Diff(slices.Sorted(slices.Values(Names())), slices.Sorted(maps.Keys(Providers()))); diff != "" {
		t.Error(diff)
	}
	c := &oauth.Call{Context: t.Context(), Now: noon, Log: slog.New(slog.DiscardHandler)}
	for _, name := range Names() {
		p := build(t, name, usual)
		info := p.Info()
		if info.ID != name || info.Name == "" || info.Path() != "/callback/"+name {
			t.Errorf("%s: %+v", name, info)
		}
		address, err := p.AuthorizationURL(c, oauth.AuthorizationRequest{State: "s", CodeVerifier: "v", RedirectURI: "https://app/cb", Additional: oauth.Params{{Name: "state", Value: "evil"}}})
		u, parsed := url.Parse(address)
		if err != nil || parsed != nil || u.Scheme != "https" || u.Query().Get("state") != "s" || u.Query().Get("redirect_uri") != "https://app/cb" {
			t.Errorf("%s: %s, %v", name, address, err)
		}
		if p.VerifyIDToken(c, "not.a.token", "") || p.VerifyIDToken(c, "", "") && name != "facebook" {
			t.Errorf("%s accepts a token that is none", name)
		}
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	for name, options := range map[string]string{
		"cognito":   `{"clientId":"x"}`,
		"vercel":    `{"clientId":"x","tokenEndpointAuth":{"method":"client_secret_post"}}`,
		"microsoft": `{"clientId":"x","clientSecret":"y","clientAssertion":"https://hooks.example.com"}`,
	} {
		entry := Providers()[name]
		o := entry.Options()
		if err := json.Unmarshal([]byte(options), o); err != nil {
			t.Fatal(err)
		}
		if _, err := entry.New(o); err == nil {
			t.Errorf("%s: %s was accepted", name, options)
		}
	}
	off := Providers()["github"]
	o := off.Options()
	if err := json.Unmarshal([]byte(`{"enabled":false}`), o); err != nil {
		t.Fatal(err)
	}
	if p, err := off.New(o); p != nil || err != nil {
		t.Errorf("a provider that is off: %v, %v", p, err)
	}
}

func TestHostedDomain(t *testing.T) {
	for _, r := range []struct {
		option string
		hd     any
		want   bool
	}{
		{"", nil, true}, {"", "x", true}, {"a.com", "a.com", true}, {"a.com", "b.com", false}, {"a.com", js.Undefined{}, false},
		{"*", "b.com", true}, {"*", "", false}, {"*", nil, false}, {"a.com", []any{"a.com"}, false},
	} {
		if got := HostedDomainAllowed(r.option, r.hd); got != r.want {
			t.Errorf("%q for %v: %v", r.option, r.hd, got)
		}
	}
}

func TestPlaceholderAddresses(t *testing.T) {
	if got := placeholder("abc", "reddit"); got != "abc@reddit.placeholder.invalid" {
		t.Error(got)
	}
	for _, id := range []any{"a b", "", js.Undefined{}, "a@b"} {
		if got := placeholder(id, "x"); oauth.IsSet(got) && id != any(js.Undefined{}) {
			t.Errorf("%v: %v", id, got)
		}
	}
}

// TestAttackTokenOfAnotherApp: a Facebook token does not say for which app it was issued. Without a check, a token
// from any site would be accepted.
func TestAttackTokenOfAnotherApp(t *testing.T) {
	s := oauthtest.New(t, func() time.Time { return noon })
	c := &oauth.Call{Context: t.Context(), Now: noon, HTTP: s, Log: slog.New(slog.DiscardHandler)}
	p := build(t, "facebook", usual)
	for name, data := range map[string]map[string]any{
		"another app":  {"is_valid": true, "app_id": "other", "user_id": "1"},
		"not valid":    {"is_valid": false, "app_id": "client", "user_id": "1"},
		"another user": {"is_valid": true, "app_id": "client", "user_id": "2"},
		"no user":      {"is_valid": true, "app_id": "client"},
	} {
		s.Answers = map[string]any{"debug_token": map[string]any{"data": data}, "/me?": map[string]any{"id": "1", "email": "a@example.com", "picture": map[string]any{"data": map[string]any{"url": "u"}}}}
		if id, err := p.UserInfo(c, oauth.UserInfoRequest{Tokens: oauth.Tokens{AccessToken: "stolen"}}); id != nil || err != nil {
			t.Errorf("%s: %v, %v", name, id, err)
		}
	}
}

// TestAttackTenantOfMicrosoft: with the tenant common, the owner of a tenant could otherwise sign tokens for another
// one.
func TestAttackTenantOfMicrosoft(t *testing.T) {
	claims := func(tid, iss string) *js.Object {
		return js.Obj("tid", tid, "iss", "https://login.microsoftonline.com/"+iss+"/v2.0")
	}
	const authority = "https://login.microsoftonline.com"
	for _, r := range []struct {
		tenant string
		claims *js.Object
		want   bool
	}{
		{"common", claims("a", "a"), true}, {"common", claims("a", "b"), false}, {"common", js.Obj("iss", authority+"//v2.0"), false},
		{"organizations", claims(consumerTenant, consumerTenant), false}, {"consumers", claims("a", "a"), false}, {"consumers", claims(consumerTenant, consumerTenant), true},
	} {
		if got := ofTenant(r.claims, r.tenant, authority); got != r.want {
			t.Errorf("%s, %s: %v", r.tenant, js.Marshal(r.claims), got)
		}
	}
}

func TestScopesKeepTheirOrder(t *testing.T) {
	for name, want := range map[string]string{"github": "read:user user:email mine theirs", "slack": "openid profile email theirs mine", "discord": "identify email theirs mine"} {
		p := build(t, name, `{"clientId":"c","clientSecret":"s","scope":["mine"]}`)
		address, err := p.AuthorizationURL(nil, oauth.AuthorizationRequest{State: "s", RedirectURI: "https://a/b", Scopes: []string{"theirs"}})
		if err != nil || !strings.Contains(address, "scope="+url.QueryEscape(want)) {
			t.Errorf("%s: %s, %v", name, address, err)
		}
	}
}
