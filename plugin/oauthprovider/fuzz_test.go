package oauthprovider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
)

// FuzzTokenRequest: no body, proof or Authorization header makes the token endpoint fail.
func FuzzTokenRequest(f *testing.F) {
	s := newIDP(f, oauthprovider.Options{})
	s.client("app", nil)
	k := newKey(f, "ES256")
	s.client("robot", machine(keySet(k.public)))
	assertion := k.sign(f, js.Obj(), s.assertion("robot"))
	f.Add("grant_type=authorization_code&code=x&client_id=app&client_secret=s3cret&code_verifier=x", "", "")
	f.Add("grant_type=refresh_token&refresh_token=x&client_id=app&client_secret=s3cret", "", "Basic YXBwOnMzY3JldA==")
	f.Add("grant_type=client_credentials&client_assertion_type="+assertionType+"&client_assertion="+assertion, s.proof(k, "POST", "/oauth2/token"), "")
	f.Fuzz(func(t *testing.T, body, proof, authorization string) {
		if strings.ContainsAny(proof+authorization, "\x00\r\n") {
			return // no HTTP header
		}
		c := s.Client()
		c.Header = http.Header{"Dpop": {proof}, "Authorization": {authorization}}
		for _, path := range []string{"/oauth2/token", "/oauth2/introspect", "/oauth2/revoke", "/oauth2/userinfo"} {
			if got := c.Do(http.MethodPost, path, "application/x-www-form-urlencoded", body); got.Status >= 500 {
				t.Errorf("%s: %s", path, got)
			}
		}
	})
}

// FuzzClientAssertion: no text authenticates as a client whose key did not sign it.
func FuzzClientAssertion(f *testing.F) {
	s := newIDP(f, oauthprovider.Options{})
	k, other := newKey(f, "ES256"), newKey(f, "ES256")
	s.client("robot", machine(keySet(k.public)))
	for _, header := range []*js.Object{js.Obj(), js.Obj("kid", "x"), js.Obj("crit", []any{"b64"}, "b64", false), js.Obj("jwk", other.public)} {
		f.Add(other.sign(f, header, s.assertion("robot")))
	}
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Fuzz(func(t *testing.T, token string) {
		if got := s.assert(token); got.Status == 200 || got.Status >= 500 {
			t.Errorf("%s", got)
		}
	})
}
