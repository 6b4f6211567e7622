package oauthprovider_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

func encoded(o *js.Object) string { return base64.RawURLEncoding.EncodeToString(js.Marshal(o)) }

// assertion returns the claims of an assertion of the client; pairs change them.
func (s *idp) assertion(client string, pairs ...any) *js.Object {
	claims := js.Obj("iss", client, "sub", client, "aud", baseURL+"/oauth2/token", "jti", secret.ID(16),
		"iat", float64(s.Now().Unix()), "exp", float64(s.Now().Unix()+60))
	for name, v := range js.Obj(pairs...).All() {
		claims.Set(name, v)
	}
	return claims
}

func (s *idp) assert(token string, more ...string) *authtest.Answer {
	return s.call("/oauth2/token", form(append([]string{
		"grant_type", "client_credentials", "client_assertion_type", assertionType, "client_assertion", token,
	}, more...)...))
}

func keySet(keys ...*js.Object) string {
	var list []any
	for _, k := range keys {
		list = append(list, k)
	}
	return string(js.Marshal(js.Obj("keys", list)))
}

func machine(keys string) store.Record {
	return store.Record{
		"clientSecret": nil, "tokenEndpointAuthMethod": "private_key_jwt", "jwks": keys,
		"grantTypes": []any{"client_credentials"}, "clientCredentialsScopes": []any{"read"},
	}
}

// TestAttackClientAssertion: an assertion proves a client only if it is signed by its key, made for this server, young,
// and used for the first time.
func TestAttackClientAssertion(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	k, other := newKey(t, "ES256"), newKey(t, "ES256")
	s.client("robot", machine(keySet(k.public)))
	s.client("twin", machine(keySet(other.public)))
	s.client("secretive", nil)
	s.client("off", func() store.Record { r := machine(keySet(k.public)); r["disabled"] = true; return r }())
	s.client("empty", machine(""))
	sign := func(pairs ...any) string { return k.sign(t, js.Obj(), s.assertion("robot", pairs...)) }
	now := float64(s.Now().Unix())
	for name, c := range map[string]struct {
		token       string
		status      int
		description string
	}{
		"no token":           {"x", 400, "malformed client assertion: invalid JWT header"},
		"no payload":         {encoded(js.Obj("alg", "ES256")) + ".!.x", 400, "malformed client assertion: invalid JWT payload"},
		"none":               {encoded(js.Obj("alg", "none")) + "." + encoded(s.assertion("robot")) + ".", 400, "unsupported assertion signing algorithm: none"},
		"a secret":           {encoded(js.Obj("alg", "HS256")) + "." + encoded(s.assertion("robot")) + ".AAAA", 400, "unsupported assertion signing algorithm: HS256"},
		"no client":          {sign("sub", js.Undefined{}, "iss", js.Undefined{}), 400, "client assertion must contain sub or iss claim identifying the client"},
		"unknown client":     {sign("sub", "nobody"), 400, "unknown client"},
		"disabled client":    {sign("sub", "off", "iss", "off"), 400, "client is disabled"},
		"client of a secret": {sign("sub", "secretive", "iss", "secretive"), 400, "client is not registered for private_key_jwt authentication"},
		"without keys":       {sign("sub", "empty", "iss", "empty"), 400, "client has no JWKS configured"},
		"another's key":      {k.sign(t, js.Obj(), s.assertion("twin")), 401, "client assertion signature verification failed"},
		"issuer":             {sign("iss", "twin"), 401, "client assertion signature verification failed"},
		"audience":           {sign("aud", "https://other.example.com/oauth2/token"), 401, "client assertion signature verification failed"},
		"expired":            {sign("exp", now-1), 401, "client assertion signature verification failed"},
		"no end":             {sign("exp", js.Undefined{}), 400, "client assertion must include exp claim"},
		"too long a life":    {sign("exp", now+301), 400, "client assertion exp is too far in the future (max 300s)"},
		"too old":            {sign("iat", now-301), 400, "client assertion iat is too far in the past (max 300s)"},
		"no id":              {sign("jti", js.Undefined{}), 400, "client assertion must include jti claim"},
		"unknown kid":        {k.sign(t, js.Obj("kid", "x"), s.assertion("robot")), 401, "client assertion signature verification failed"},
	} {
		got := s.assert(c.token)
		if got.Status != c.status || got.Value("error") != "invalid_client" || got.Value("error_description") != c.description {
			t.Errorf("%s: %s", name, got)
		}
	}
	token := sign()
	s.assert(token, "client_id", "robot").Want(200, "scope", "read")
	wantError(s.assert(token), 400, "invalid_client", "client assertion jti has already been used")
	wantError(s.assert(sign(), "client_id", "twin"), 400, "invalid_client", "client_id in body does not match assertion sub/iss")
	wantError(s.assert(sign(), "client_assertion_type", "other"), 400, "invalid_request", "client_assertion_type must not be repeated")
	s.assert(sign("aud", []any{"x", baseURL})).Want(200) // the issuer is an audience, too
	wantError(s.call("/oauth2/token", form("grant_type", "client_credentials", "client_id", "robot", "client_secret", "x")),
		400, "invalid_client", "client registered for private_key_jwt cannot use client_secret_post")
	if won := race(20, func() func() *authtest.Answer {
		token := sign()
		return func() *authtest.Answer { return s.assert(token) }
	}()); len(won) != 1 {
		t.Errorf("%d calls used one assertion", len(won))
	}
}

// site answers requests of the server under test.
type site func(r *http.Request) *http.Response

func (s site) RoundTrip(r *http.Request) (*http.Response, error) { return s(r), nil }

func respond(status int, kind, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))}
}

// TestKeysAtAddress: a client may publish its keys at an address, which is read again when a new key signs.
func TestKeysAtAddress(t *testing.T) {
	const address = "https://keys.example.com/jwks.json"
	first, second := newKey(t, "ES256"), newKey(t, "EdDSA")
	answer, calls := respond(200, "application/json", keySet(first.public)), 0
	o := auth.Options{TrustedOrigins: auth.TrustedOrigins{List: []string{"https://keys.example.com"}}, HTTP: site(func(r *http.Request) *http.Response {
		calls++
		got := *answer
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Error(err)
		}
		answer.Body, got.Body = io.NopCloser(strings.NewReader(string(body))), io.NopCloser(strings.NewReader(string(body)))
		return &got
	})}
	s := newIDP(t, oauthprovider.Options{}, o)
	row := machine("")
	row["jwks"], row["jwksUri"] = nil, address
	s.client("robot", row)
	call := func(k key) *authtest.Answer { return s.assert(k.sign(t, js.Obj(), s.assertion("robot"))) }
	call(first).Want(200)
	call(first).Want(200)
	if calls != 1 {
		t.Errorf("%d requests", calls)
	}
	answer = respond(200, "application/jwk-set+json", keySet(first.public, second.public))
	s.Advance(time.Minute)
	call(second).Want(200)
	s.Advance(6 * time.Minute)
	answer = respond(500, "text/plain", "")
	call(first).Want(200) // the known keys stay in use for a while
	s.Advance(6 * time.Minute)
	for _, answer = range []*http.Response{
		respond(500, "text/plain", ""), respond(200, "text/html", keySet(first.public)), respond(200, "application/json", "{"),
		respond(200, "application/json", `{"keys":[]}`), respond(200, "application/json", strings.Repeat(" ", 70<<10)+keySet(first.public)),
	} {
		wantError(call(first), 400, "invalid_client", "failed to fetch client JWKS")
	}
	for uri, flaw := range map[string]string{
		"http://keys.example.com/":       "jwks_uri must use HTTPS",
		"https://a:b@keys.example.com/":  "jwks_uri must not contain credentials",
		"https://keys.example.com/#x":    "jwks_uri must not include a fragment component",
		"https://169.254.169.254/latest": "jwks_uri must not point to a private or reserved address",
		"https://other.example.com/":     "client jwks_uri is not trusted",
	} {
		s.Change("oauthClient", store.Record{"jwksUri": uri}, store.Is("clientId", "robot"))
		wantError(call(first), 400, "invalid_client", flaw)
	}
}

// TestAttackReuseWithOtherIDs: proofs and assertions work once, whatever the ids of rows are.
func TestAttackReuseWithOtherIDs(t *testing.T) {
	for _, kind := range []store.IDKind{store.TextID, store.UUID, store.SerialID} {
		t.Run(string(kind), func(t *testing.T) {
			o := authtest.PlainPasswords(auth.Options{})
			o.Advanced.Database.GenerateID.Kind = kind
			s := newIDP(t, oauthprovider.Options{}, o)
			k := newKey(t, "ES256")
			s.client("robot", machine(keySet(k.public)))
			token, proof := k.sign(t, js.Obj(), s.assertion("robot")), s.proof(k, "POST", "/oauth2/token")
			s.assert(token).Want(200)
			wantError(s.assert(token), 400, "invalid_client", "client assertion jti has already been used")
			use := func() *authtest.Answer {
				body := form("grant_type", "client_credentials", "client_assertion_type", assertionType, "client_assertion", k.sign(t, js.Obj(), s.assertion("robot")))
				return s.call("/oauth2/token", body, "DPoP", proof)
			}
			use().Want(200, "token_type", "DPoP")
			wantError(use(), 400, "invalid_dpop_proof", "DPoP proof jti has already been used")
		})
	}
}
