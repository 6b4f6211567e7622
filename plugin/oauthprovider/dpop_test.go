package oauthprovider_test

import (
	"net/http"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

func codeForm(client, code string) map[string][]string {
	return form("grant_type", "authorization_code", "client_id", client, "client_secret", "s3cret", "code", code,
		"code_verifier", verifier, "redirect_uri", callback)
}

// possess calls /oauth2/userinfo with a token and a proof.
func (s *idp) possess(scheme, token, proof string) *authtest.Answer {
	c := s.Client()
	c.Header.Set("Authorization", scheme+" "+token)
	if proof != "" {
		c.Header.Set("DPoP", proof)
	}
	return c.Get("/oauth2/userinfo")
}

func TestDPoP(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", store.Record{"dpopBoundAccessTokens": true})
	s.resource(api, nil, "app")
	k := newKey(t, "ES256")
	thumbprint, err := k.private.Thumbprint()
	if err != nil {
		t.Fatal(err)
	}
	wantError(s.redeem("app", s.code("app", "openid")), 400, "invalid_dpop_proof", "DPoP proof header is required")
	got := s.call("/oauth2/token", codeForm("app", s.code("app", "openid offline_access", "nonce", "1")), "DPoP", s.proof(k, "POST", "/oauth2/token"))
	got.Want(200, "token_type", "DPoP")
	access := got.Text("access_token")
	s.introspect("app", access).Want(200, "token_type", "DPoP", "cnf.jkt", thumbprint)
	ath := secret.Digest(access)
	s.possess("DPoP", access, s.proof(k, "GET", "/oauth2/userinfo", "ath", ath)).Want(200, "sub", s.user)
	wantError(s.possess("Bearer", access, ""), 401, "invalid_token", "DPoP-bound access token requires the DPoP authorization scheme")
	wantError(s.possess("DPoP", access, ""), 401, "invalid_dpop_proof", "DPoP proof header is required")
	wantError(s.possess("DPoP", access, s.proof(k, "GET", "/oauth2/userinfo")), 401, "invalid_dpop_proof", "DPoP proof must include an ath claim")

	// A refresh token is bound to the key, too.
	refresh := form("grant_type", "refresh_token", "client_id", "app", "client_secret", "s3cret", "refresh_token", got.Text("refresh_token"))
	thief := newKey(t, "EdDSA")
	wantError(s.call("/oauth2/token", refresh, "DPoP", s.proof(thief, "POST", "/oauth2/token")), 400, "invalid_dpop_proof", "DPoP proof key does not match the bound token")
	wantError(s.call("/oauth2/token", refresh), 400, "invalid_dpop_proof", "DPoP proof header is required")
	s.call("/oauth2/token", refresh, "DPoP", s.proof(k, "POST", "/oauth2/token")).Want(200, "token_type", "DPoP")

	// A JWT carries the key.
	jwt := s.call("/oauth2/token", codeForm("app", s.code("app", "openid", "resource", []any{api})), "DPoP", s.proof(k, "POST", "/oauth2/token"))
	cnf, _ := part(t, jwt.Text("access_token"), 1)["cnf"].(map[string]any)
	if cnf["jkt"] != thumbprint {
		t.Errorf("%v", cnf)
	}
	// So does a code.
	code := s.code("app", "openid", "dpop_jkt", thumbprint)
	wantError(s.call("/oauth2/token", codeForm("app", code), "DPoP", s.proof(thief, "POST", "/oauth2/token")), 400, "invalid_dpop_proof", "DPoP proof key does not match the bound token")
}

// TestAttackDPoPProof: a proof works once, for one request, with one token, and only with the key that the token is bound
// to.
func TestAttackDPoPProof(t *testing.T) {
	s := newIDP(t, oauthprovider.Options{})
	s.client("app", nil)
	k := newKey(t, "ES256")
	issue := func(proof string) *authtest.Answer {
		return s.call("/oauth2/token", codeForm("app", s.code("app", "openid")), "DPoP", proof)
	}
	at := func(pairs ...any) string { return s.proof(k, "POST", "/oauth2/token", pairs...) }
	header := func(pairs ...any) string {
		h := js.Obj("typ", "dpop+jwt", "jwk", k.public)
		for name, v := range js.Obj(pairs...).All() {
			h.Set(name, v)
		}
		return k.sign(t, h, js.Obj("htm", "POST", "htu", baseURL+"/oauth2/token", "jti", secret.ID(16), "iat", float64(s.Now().Unix())))
	}
	now := float64(s.Now().Unix())
	private := k.public.Clone()
	private.Set("d", "AAAA")
	other := newKey(t, "ES256")
	for name, c := range map[string]struct{ proof, description string }{
		"no token":          {"x", "DPoP proof must be a compact JWT"},
		"no header":         {"!.!.!", "Invalid Token or Protected Header formatting"},
		"other type":        {header("typ", "JWT"), `DPoP proof typ must be "dpop+jwt"`},
		"no key":            {header("jwk", js.Undefined{}), "DPoP proof header must include a public jwk"},
		"private key":       {header("jwk", private), "DPoP proof jwk must not contain private key material"},
		"symmetric key":     {header("jwk", js.Obj("kty", "oct", "k", "AAAA")), "DPoP proof jwk must be asymmetric"},
		"key of another":    {header("jwk", other.public), "signature verification failed"},
		"other method":      {at("htm", "GET"), "DPoP proof htm does not match the request method"},
		"other address":     {at("htu", baseURL+"/oauth2/userinfo"), "DPoP proof htu does not match the request URL"},
		"other server":      {at("htu", "https://evil.example.com/api/auth/oauth2/token"), "DPoP proof htu does not match the request URL"},
		"no address":        {at("htu", "x"), "Invalid URL"},
		"fragment":          {at("htu", baseURL+"/oauth2/token#x"), "DPoP proof htu must not contain a fragment"},
		"no id":             {at("jti", js.Undefined{}), "DPoP proof must include htm, htu, jti, and iat claims"},
		"no time":           {at("iat", js.Undefined{}), "DPoP proof must include htm, htu, jti, and iat claims"},
		"time is a text":    {at("iat", "1"), `"iat" claim must be a number`},
		"too old":           {at("iat", now-301), "DPoP proof iat is outside the accepted window"},
		"too new":           {at("iat", now+6), "DPoP proof iat is outside the accepted window"},
		"expired":           {at("exp", now-1), `"exp" claim timestamp check failed`},
		"too large an id":   {at("jti", secret.ID(513)), "DPoP proof jti is too large"},
		"not yet its time":  {at("nbf", now+60), `"nbf" claim timestamp check failed`},
		"unsupported":       {newKey(t, "ES384").sign(t, js.Obj("typ", "dpop+jwt", "jwk", k.public), js.Obj("a", 1.0)), "DPoP proof uses an unsupported JWS algorithm"},
		"without signature": {unsigned(js.Obj("typ", "dpop+jwt", "alg", "none", "jwk", k.public)), "DPoP proof must use an asymmetric JWS algorithm"},
		"with a secret":     {unsigned(js.Obj("typ", "dpop+jwt", "alg", "HS256", "jwk", k.public)), "DPoP proof must use an asymmetric JWS algorithm"},
	} {
		got := issue(c.proof)
		if got.Status != 400 || got.Value("error") != "invalid_dpop_proof" || got.Value("error_description") != c.description {
			t.Errorf("%s: %s", name, got)
		}
	}
	proof := at()
	issue(proof).Want(200)
	wantError(issue(proof), 400, "invalid_dpop_proof", "DPoP proof jti has already been used")
	issue(at("htu", baseURL+"/oauth2/token?x=1")).Want(200) // the query does not count

	// A proof for one token is of no use with another.
	one, two := issue(at()).Text("access_token"), issue(at()).Text("access_token")
	wantError(s.possess("DPoP", two, s.proof(k, "GET", "/oauth2/userinfo", "ath", secret.Digest(one))), 401, "invalid_dpop_proof", "DPoP proof ath does not match the access token")
	wantError(s.possess("DPoP", two, s.proof(other, "GET", "/oauth2/userinfo", "ath", secret.Digest(two))), 401, "invalid_dpop_proof", "DPoP proof key does not match the bound token")
	used := s.proof(k, http.MethodGet, "/oauth2/userinfo", "ath", secret.Digest(one))
	s.possess("DPoP", one, used).Want(200)
	wantError(s.possess("DPoP", one, used), 401, "invalid_dpop_proof", "DPoP proof jti has already been used")
}

func unsigned(header *js.Object) string {
	token, err := secret.SignWith("x", js.Marshal(js.Obj("htm", "POST")))
	if err != nil {
		return ""
	}
	return encoded(header) + token[len(encoded(js.Obj("alg", "HS256"))):]
}
