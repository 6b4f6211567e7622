package oauthprovider_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// The cases of the OpenID conformance suite, by its names. docs/oauth-conformance.md lists them.

// relyingParty is a client of a user who is signed in and asked for nothing.
type relyingParty struct {
	*browser
	t *testing.T
}

func conforming(t *testing.T) relyingParty {
	s := newIDP(t, oauthprovider.Options{})
	s.client("rp", store.Record{"skipConsent": true, "requirePKCE": false})
	s.client("basic", store.Record{"skipConsent": true, "tokenEndpointAuthMethod": nil})
	return relyingParty{s.browse(true), t}
}

// plain leaves the proof key out, as the suite's clients do.
func plain(pairs ...string) []string {
	return append([]string{"code_challenge", "", "code_challenge_method", ""}, pairs...)
}

// login gets tokens with an authorization request, as a client without a proof key.
func (r relyingParty) login(pairs ...string) *authtest.Answer {
	r.t.Helper()
	return r.s.redeem("rp", code(r.t, r.authorize("rp", plain(pairs...)...)), "code_verifier", "").Want(200)
}

func (r relyingParty) claims(pairs ...string) map[string]any {
	r.t.Helper()
	return part(r.t, r.login(pairs...).Text("id_token"), 1)
}

// succeeds checks that a request with these parameters ends with tokens.
func succeeds(pairs ...string) func(relyingParty) {
	return func(r relyingParty) { r.login(pairs...) }
}

func TestConformanceBasic(t *testing.T) {
	for name, test := range map[string]func(relyingParty){
		"oidcc-server": func(r relyingParty) {
			got := r.login("nonce", "n")
			claims := part(r.t, got.Text("id_token"), 1)
			if claims["nonce"] != "n" || claims["aud"] != "rp" || claims["iss"] != baseURL {
				r.t.Errorf("%v", claims)
			}
			r.s.userInfo(got.Text("access_token")).Want(200, "sub", claims["sub"])
		},
		"oidcc-response-type-missing": func(r relyingParty) {
			wantRefusal(r.t, r.authorize("rp", plain("response_type", "")...), "invalid_request")
		},
		"oidcc-idtoken-signature": func(r relyingParty) {
			token := r.login().Text("id_token")
			r.verified(token)
			header, rest, _ := strings.Cut(token, ".")
			payload, signature, _ := strings.Cut(rest, ".")
			if changed := strings.ToLower(payload); r.signedBy(header+"."+changed+"."+signature) || changed == payload {
				r.t.Error("a changed token verifies")
			}
		},
		"oidcc-userinfo-get": func(r relyingParty) { r.s.userInfo(r.login().Text("access_token")).Want(200, "sub", r.s.user) },
		"oidcc-userinfo-post-header": func(r relyingParty) {
			r.s.call("/oauth2/userinfo", nil, "Authorization", "Bearer "+r.login().Text("access_token")).Want(200, "sub", r.s.user)
		},
		"oidcc-userinfo-post-body": func(r relyingParty) {
			r.s.call("/oauth2/userinfo", form("access_token", r.login().Text("access_token"))).Want(200, "sub", r.s.user)
		},
		"oidcc-ensure-request-without-nonce-succeeds-for-code-flow": func(r relyingParty) {
			if nonce := r.claims()["nonce"]; nonce != nil {
				r.t.Errorf("nonce %v", nonce)
			}
		},
		"oidcc-scope-profile": func(r relyingParty) {
			r.s.userInfo(r.login("scope", "openid profile").Text("access_token")).Want(200, "name", authtest.Any, "email", authtest.Absent)
		},
		"oidcc-scope-email": func(r relyingParty) {
			r.s.userInfo(r.login("scope", "openid email").Text("access_token")).Want(200, "email", "ada@example.com", "email_verified", false, "name", authtest.Absent)
		},
		"oidcc-scope-all": func(r relyingParty) {
			r.s.userInfo(r.login("scope", "openid profile email").Text("access_token")).Want(200, "email", authtest.Any, "name", authtest.Any)
		},
		"oidcc-ensure-other-scope-order-succeeds":              succeeds("scope", "email openid"),
		"oidcc-display-page":                                   succeeds("display", "page"),
		"oidcc-display-popup":                                  succeeds("display", "popup"),
		"oidcc-ui-locales":                                     succeeds("ui_locales", "de se"),
		"oidcc-claims-locales":                                 succeeds("claims_locales", "se"),
		"oidcc-login-hint":                                     succeeds("login_hint", "ada@example.com"),
		"oidcc-ensure-request-with-acr-values-succeeds":        succeeds("acr_values", "1 2"),
		"oidcc-ensure-request-with-unknown-parameter-succeeds": succeeds("extra", "foobar"),
		"oidcc-prompt-none-logged-in":                          succeeds("prompt", "none"),
		"oidcc-ensure-request-with-valid-pkce-succeeds":        func(r relyingParty) { r.s.redeem("rp", code(r.t, r.authorize("rp"))).Want(200) },
		"oidcc-prompt-login": func(r relyingParty) {
			first := r.claims("max_age", "10000")["auth_time"].(float64)
			r.s.Advance(2 * time.Second)
			r.signsInAgain(first, plain("prompt", "login")...)
		},
		"oidcc-prompt-none-not-logged-in": func(r relyingParty) {
			wantRefusal(r.t, r.s.browse(false).authorize("rp", plain("prompt", "none")...), "login_required")
		},
		"oidcc-max-age-1": func(r relyingParty) {
			first := r.claims("max_age", "10000")["auth_time"].(float64)
			r.s.Advance(2 * time.Second)
			r.signsInAgain(first, plain("max_age", "1")...)
		},
		"oidcc-max-age-10000": func(r relyingParty) {
			first := r.claims("max_age", "10000")["auth_time"]
			r.s.Advance(time.Minute)
			if again := r.claims("max_age", "10000")["auth_time"]; again != first || first == nil {
				r.t.Errorf("auth_time %v, then %v", first, again)
			}
		},
		"oidcc-id-token-hint": func(r relyingParty) {
			token := r.login()
			again := r.login("prompt", "none", "id_token_hint", token.Text("id_token"))
			if part(r.t, again.Text("id_token"), 1)["sub"] != part(r.t, token.Text("id_token"), 1)["sub"] {
				r.t.Error("another user")
			}
		},
		"oidcc-claims-essential": func(r relyingParty) {
			r.s.userInfo(r.login("claims", `{"userinfo":{"name":{"essential":true}}}`).Text("access_token")).Want(200, "name", authtest.Any)
		},
		"oidcc-codereuse": func(r relyingParty) {
			given := code(r.t, r.authorize("rp"))
			token := r.s.redeem("rp", given).Want(200).Text("access_token")
			wantError(r.s.redeem("rp", given), 400, "invalid_grant", "invalid code")
			r.s.userInfo(token).Want(401)
		},
		"oidcc-codereuse-30seconds": func(r relyingParty) {
			given := code(r.t, r.authorize("rp"))
			token := r.s.redeem("rp", given).Want(200).Text("access_token")
			r.s.Advance(30 * time.Second)
			wantError(r.s.redeem("rp", given), 400, "invalid_grant", "invalid code")
			r.s.userInfo(token).Want(401)
		},
		"oidcc-ensure-registered-redirect-uri": func(r relyingParty) { r.staysHere("redirect_uri", "https://app.example.com/other") },
		"oidcc-redirect-uri-query-mismatch": func(r relyingParty) {
			r.s.Change("oauthClient", store.Record{"redirectUris": []any{callback + "?foo=bar"}}, store.Is("clientId", "rp"))
			r.staysHere("redirect_uri", callback+"?bar=foo")
			r.staysHere("redirect_uri", callback)
		},
		"oidcc-redirect-uri-query-added": func(r relyingParty) { r.staysHere("redirect_uri", callback+"?a=b") },
		"oidcc-redirect-uri-query-OK": func(r relyingParty) {
			r.s.client("query", store.Record{"skipConsent": true, "redirectUris": []any{callback + "?foo=bar"}})
			to := r.authorize("query", "redirect_uri", callback+"?foo=bar")
			if to.Query().Get("foo") != "bar" || to.Query().Get("code") == "" {
				r.t.Errorf("sent to %s", to)
			}
		},
		"oidcc-server-client-secret-post": func(r relyingParty) { r.login() },
		"oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": func(r relyingParty) {
			wantRefusal(r.t, r.authorize("rp", "request", "eyJhbGciOiJub25lIn0.e30."), "request_not_supported")
		},
		"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported": func(r relyingParty) {
			wantRefusal(r.t, r.authorize("rp", "request_uri", "https://app.example.com/request"), "request_uri_not_supported")
		},
		"oidcc-refresh-token": func(r relyingParty) {
			first := r.login("scope", "openid offline_access", "nonce", "n")
			again := r.s.renew("rp", first.Text("refresh_token")).Want(200)
			before, after := part(r.t, first.Text("id_token"), 1), part(r.t, again.Text("id_token"), 1)
			for _, name := range []string{"iss", "sub", "aud", "auth_time"} {
				if before[name] != after[name] {
					r.t.Errorf("%s: %v, then %v", name, before[name], after[name])
				}
			}
			r.s.userInfo(again.Text("access_token")).Want(200)
		},
		"oidcc-server-rotate-keys": func(r relyingParty) {
			old := r.login("scope", "openid").Text("id_token")
			r.s.rotateKeys()
			if now := r.login().Text("id_token"); part(r.t, now, 0)["kid"] == part(r.t, old, 0)["kid"] {
				r.t.Error("the key stays the same")
			}
			if keys, _ := r.Get("/jwks").Value("keys").([]any); len(keys) != 2 {
				r.t.Errorf("%d keys", len(keys))
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(conforming(t)) })
	}
}

// signedBy reports whether a published key verifies a token.
func (r relyingParty) signedBy(token string) bool {
	r.t.Helper()
	header := part(r.t, token, 0)
	keys, _ := r.Get("/jwks").Want(200).Value("keys").([]any)
	for _, k := range keys {
		text, err := json.Marshal(k)
		if err != nil {
			r.t.Fatal(err)
		}
		key, err := secret.ParseJWK(text)
		if err != nil {
			r.t.Fatal(err)
		}
		if k.(map[string]any)["kid"] == header["kid"] {
			_, _, err = key.VerifyJWT(token, header["alg"].(string))
			return err == nil
		}
	}
	return false
}

// verified checks the signature of a token with the published keys, and returns its claims.
func (r relyingParty) verified(token string) map[string]any {
	r.t.Helper()
	if !r.signedBy(token) {
		r.t.Errorf("no published key verifies %s", token)
	}
	return part(r.t, token, 1)
}

// signsInAgain checks that a request shows the sign-in page, and that the ID token names the new sign-in.
func (r relyingParty) signsInAgain(before float64, pairs ...string) {
	r.t.Helper()
	page := r.authorize("rp", pairs...)
	wantPage(r.t, page, "/sign-in")
	given := code(r.t, r.target(r.send("/sign-in/email", page, `"email":"ada@example.com"`, `"password":"password1234"`)))
	token := r.s.redeem("rp", given, "code_verifier", "").Want(200).Text("id_token")
	if after, _ := part(r.t, token, 1)["auth_time"].(float64); after <= before {
		r.t.Errorf("auth_time %v, then %v", before, after)
	}
}

// staysHere checks that an authorization request shows an error of the server and sends nobody to the address.
func (r relyingParty) staysHere(pairs ...string) {
	r.t.Helper()
	if to := r.authorize("rp", plain(pairs...)...); to.Host != "localhost:3210" || to.Query().Get("error") == "" {
		r.t.Errorf("sent to %s", to)
	}
}

func TestConformanceConfig(t *testing.T) {
	t.Run("oidcc-discovery-endpoint-verification", func(t *testing.T) {
		s := newIDP(t, oauthprovider.Options{})
		got := s.Client().Get("/.well-known/openid-configuration").Want(200, "issuer", baseURL)
		for _, name := range []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint", "introspection_endpoint", "revocation_endpoint"} {
			if u, err := url.Parse(got.Text(name)); err != nil || !strings.HasPrefix(u.String(), baseURL) {
				t.Errorf("%s: %v", name, u)
			}
		}
		for name, wanted := range map[string]string{
			"response_types_supported": "code", "subject_types_supported": "public", "scopes_supported": "openid", "claims_supported": "sub",
			"code_challenge_methods_supported": "S256", "id_token_signing_alg_values_supported": "EdDSA",
		} {
			if list, _ := got.Value(name).([]any); !slices.Contains(list, any(wanted)) {
				t.Errorf("%s: %v lacks %s", name, list, wanted)
			}
		}
	})
}

func TestConformanceDynamic(t *testing.T) {
	dynamic := func(t *testing.T) *idp {
		return newIDP(t, oauthprovider.Options{AllowDynamicClientRegistration: true, AllowUnauthenticatedClientRegistration: true})
	}
	register := func(s *idp, pairs ...any) *authtest.Answer {
		body := map[string]any{"redirect_uris": []any{callback}, "token_endpoint_auth_method": "none"}
		for i := 0; i < len(pairs); i += 2 {
			body[pairs[i].(string)] = pairs[i+1]
		}
		text, err := json.Marshal(body)
		if err != nil {
			s.T.Fatal(err)
		}
		return s.Client().Post("/oauth2/register", string(text))
	}
	t.Run("oidcc-registration-dynamic", func(t *testing.T) {
		register(dynamic(t)).Want(201, "client_id", authtest.Any, "redirect_uris.0", callback, "token_endpoint_auth_method", "none")
	})
	for name, member := range map[string]string{
		"oidcc-registration-logo-uri": "logo_uri", "oidcc-registration-policy-uri": "policy_uri", "oidcc-registration-tos-uri": "tos_uri",
	} {
		t.Run(name, func(t *testing.T) {
			register(dynamic(t), member, "https://app.example.com/x").Want(201, member, "https://app.example.com/x")
		})
	}
	t.Run("oidcc-registration-jwks-uri", func(t *testing.T) {
		k := newKey(t, "ES256")
		o := auth.Options{TrustedOrigins: auth.TrustedOrigins{List: []string{"https://app.example.com"}}, HTTP: site(func(*http.Request) *http.Response {
			return respond(200, "application/json", keySet(k.public))
		})}
		s := newIDP(t, oauthprovider.Options{AllowDynamicClientRegistration: true}, authtest.PlainPasswords(o))
		made := s.browser.Post("/oauth2/register", `{"redirect_uris":["`+callback+`"],"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://app.example.com/jwks"}`)
		id := made.Want(201, "jwks_uri", "https://app.example.com/jwks", "client_secret", authtest.Absent).Text("client_id")
		ask := func(k key) *authtest.Answer {
			return s.call("/oauth2/token", form("grant_type", "authorization_code", "code", s.code(id, "openid"), "code_verifier", verifier, "redirect_uri", callback,
				"client_assertion_type", assertionType, "client_assertion", k.sign(t, jsobj(), s.assertion(id))))
		}
		ask(k).Want(200, "id_token", authtest.Any)
		wantError(ask(newKey(t, "ES256")), 401, "invalid_client", "client assertion signature verification failed")
	})
	t.Run("oidcc-redirect-uri-regfrag", func(t *testing.T) {
		if got := register(dynamic(t), "redirect_uris", []any{callback + "#x"}); got.Status != 400 {
			t.Errorf("%s", got)
		}
	})
}

// TestConformanceFAPI plays those cases of the FAPI profiles that do not need pushed requests or mutual TLS.
func TestConformanceFAPI(t *testing.T) {
	k := newKey(t, "ES256")
	start := func(t *testing.T) *idp {
		s := newIDP(t, oauthprovider.Options{})
		s.client("fapi", store.Record{
			"skipConsent": true, "clientSecret": nil, "tokenEndpointAuthMethod": "private_key_jwt", "jwks": keySet(k.public), "dpopBoundAccessTokens": true,
		})
		return s
	}
	ask := func(s *idp, change func(body url.Values, headers map[string]string)) *authtest.Answer {
		body := form("grant_type", "authorization_code", "code", s.code("fapi", "openid"), "code_verifier", verifier, "redirect_uri", callback,
			"client_assertion_type", assertionType, "client_assertion", k.sign(s.T, jsobj(), s.assertion("fapi")))
		headers := map[string]string{"DPoP": s.proof(k, "POST", "/oauth2/token")}
		change(body, headers)
		var pairs []string
		for name, value := range headers {
			pairs = append(pairs, name, value)
		}
		return s.call("/oauth2/token", body, pairs...)
	}
	for name, c := range map[string]struct {
		status int
		error  string
		change func(s *idp, body url.Values, headers map[string]string)
	}{
		"happy-flow":                    {200, "", func(*idp, url.Values, map[string]string) {}},
		"ensure-holder-of-key-required": {400, "invalid_dpop_proof", func(_ *idp, _ url.Values, h map[string]string) { delete(h, "DPoP") }},
		"ensure-client-assertion-is-needed": {400, "invalid_client", func(_ *idp, b url.Values, _ map[string]string) {
			b.Del("client_assertion")
			b.Del("client_assertion_type")
			b.Set("client_id", "fapi")
		}},
		"ensure-expired-client-assertion-fails": {401, "invalid_client", func(s *idp, b url.Values, _ map[string]string) {
			b.Set("client_assertion", k.sign(s.T, jsobj(), s.assertion("fapi", "exp", float64(s.Now().Unix()-300))))
		}},
		"ensure-client-assertion-without-exp": {400, "invalid_client", func(s *idp, b url.Values, _ map[string]string) {
			claims := s.assertion("fapi")
			claims.Delete("exp")
			b.Set("client_assertion", k.sign(s.T, jsobj(), claims))
		}},
		"ensure-signed-by-another-key-fails": {401, "invalid_client", func(s *idp, b url.Values, _ map[string]string) {
			b.Set("client_assertion", newKey(s.T, "ES256").sign(s.T, jsobj(), s.assertion("fapi")))
		}},
		"ensure-authorization-code-is-bound": {400, "invalid_grant", func(s *idp, b url.Values, _ map[string]string) {
			s.client("other", nil)
			b.Set("code", s.code("other", "openid"))
		}},
		"ensure-pkce-code-verifier-required":      {400, "invalid_request", func(_ *idp, b url.Values, _ map[string]string) { b.Del("code_verifier") }},
		"ensure-incorrect-code-verifier-rejected": {401, "invalid_request", func(_ *idp, b url.Values, _ map[string]string) { b.Set("code_verifier", strings.Repeat("x", 43)) }},
		"ensure-mismatched-dpop-jkt-fails": {400, "invalid_dpop_proof", func(s *idp, b url.Values, _ map[string]string) {
			b.Set("code", s.code("fapi", "openid", "dpop_jkt", secret.Digest("another key")))
		}},
		"ensure-dpop-auth-code-binding-success": {200, "", func(s *idp, b url.Values, _ map[string]string) {
			thumbprint, err := k.private.Thumbprint()
			if err != nil {
				s.T.Fatal(err)
			}
			b.Set("code", s.code("fapi", "openid", "dpop_jkt", thumbprint))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			got := ask(s, func(body url.Values, headers map[string]string) { c.change(s, body, headers) })
			if found, _ := got.Value("error").(string); got.Status != c.status || found != c.error {
				t.Errorf("%s", got)
			}
		})
	}
	t.Run("ensure-token-in-query-is-refused", func(t *testing.T) {
		s := start(t)
		token := ask(s, func(url.Values, map[string]string) {}).Text("access_token")
		if got := s.Client().Do(http.MethodGet, "/oauth2/userinfo?access_token="+token, "", ""); got.Status != 401 {
			t.Errorf("%s", got)
		}
	})
}
