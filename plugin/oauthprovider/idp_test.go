package oauthprovider_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	baseURL  = authtest.Origin + "/api/auth"
	callback = "https://app.example.com/callback"
	verifier = "a-verifier-that-is-long-enough-0123456789-0123456789"
	api      = "https://api.example.com"
)

func TestMain(m *testing.M) { testserver.Main(m) }

// idp is a server with one user, who is signed in.
type idp struct {
	*authtest.Server
	browser       *authtest.Client // of the user
	user, session string
	codes         int
}

// newIDP returns a server whose clients and codes the tests write into the database themselves.
func newIDP(t testing.TB, o oauthprovider.Options, server ...auth.Options) *idp {
	t.Helper()
	options := authtest.PlainPasswords(auth.Options{})
	if len(server) > 0 {
		options = server[0]
	}
	o.LoginPage, o.ConsentPage = "/sign-in", "/consent"
	options.Plugins = append(options.Plugins, oauthprovider.New(o))
	if !o.DisableJWTPlugin && !slices.ContainsFunc(options.Plugins, func(p auth.Plugin) bool { _, ok := p.(*jwt.Plugin); return ok }) {
		options.Plugins = append(options.Plugins, jwt.New(jwt.Options{}))
	}
	if options.SecondaryStorage != nil {
		options.Session.StoreSessionInDatabase = true
	}
	s := &idp{Server: authtest.New(t, options)}
	s.browser = s.Client()
	s.user = s.browser.SignUp("ada@example.com").Text("user.id")
	s.session = s.ID("session")
	return s
}

// client writes a confidential client with the secret "s3cret"; change changes its columns.
func (s *idp) client(id string, change store.Record) {
	s.T.Helper()
	row := store.Record{
		"clientId": id, "clientSecret": secret.Digest("s3cret"), "redirectUris": []any{callback},
		"scopes": []any{"openid", "profile", "email", "offline_access"}, "tokenEndpointAuthMethod": "client_secret_post",
	}
	maps.Copy(row, change)
	if _, err := s.Store.Create(s.T.Context(), "oauthClient", row); err != nil {
		s.T.Fatal(err)
	}
}

// public writes a client without a secret.
func (s *idp) public(id string) {
	s.T.Helper()
	s.client(id, store.Record{"clientSecret": nil, "tokenEndpointAuthMethod": "none"})
}

// resource writes a resource that clients are linked to.
func (s *idp) resource(identifier string, change store.Record, clients ...string) {
	s.T.Helper()
	row := store.Record{"identifier": identifier, "name": identifier}
	maps.Copy(row, change)
	if _, err := s.Store.Create(s.T.Context(), "oauthResource", row); err != nil {
		s.T.Fatal(err)
	}
	for _, id := range clients {
		if _, err := s.Store.Create(s.T.Context(), "oauthClientResource", store.Record{"clientId": id, "resourceId": identifier}); err != nil {
			s.T.Fatal(err)
		}
	}
}

// code writes an authorization code of the user for a client; pairs are members of the authorization request.
func (s *idp) code(client, scope string, pairs ...any) string {
	s.T.Helper()
	query := js.Obj("client_id", client, "scope", scope, "redirect_uri", callback, "response_type", "code",
		"code_challenge", secret.Digest(verifier), "code_challenge_method", "S256")
	for name, v := range js.Obj(pairs...).All() {
		query.Set(name, v)
	}
	s.codes++
	code := "code-" + js.Number(float64(s.codes))
	value := js.Obj("type", "authorization_code", "query", query, "userId", s.user, "sessionId", s.session, "authTime", float64(s.Now().UnixMilli()))
	if err := s.Once.Put(s.T.Context(), secret.Digest(code), string(js.Marshal(value)), s.Now().Add(10*time.Minute)); err != nil {
		s.T.Fatal(err)
	}
	return code
}

// form returns parameters in the form of HTML forms.
func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// call sends a form to an endpoint; headers alternates names and values.
func (s *idp) call(path string, body url.Values, headers ...string) *authtest.Answer {
	c := s.Client()
	c.Header = http.Header{}
	for i := 0; i < len(headers); i += 2 {
		c.Header.Set(headers[i], headers[i+1])
	}
	return c.Do(http.MethodPost, path, "application/x-www-form-urlencoded", body.Encode())
}

// redeem redeems a code of a client with the secret s3cret.
func (s *idp) redeem(client, code string, more ...string) *authtest.Answer {
	body := form("grant_type", "authorization_code", "client_id", client, "client_secret", "s3cret", "code", code,
		"code_verifier", verifier, "redirect_uri", callback)
	for i := 0; i < len(more); i += 2 {
		body.Set(more[i], more[i+1])
		if more[i+1] == "" {
			body.Del(more[i])
		}
	}
	return s.call("/oauth2/token", body)
}

// renew uses a refresh token.
func (s *idp) renew(client, token string, more ...string) *authtest.Answer {
	body := form("grant_type", "refresh_token", "client_id", client, "client_secret", "s3cret", "refresh_token", token)
	for i := 0; i < len(more); i += 2 {
		body.Set(more[i], more[i+1])
	}
	return s.call("/oauth2/token", body)
}

// introspect asks for a token as a client with the secret s3cret.
func (s *idp) introspect(client, token string, more ...string) *authtest.Answer {
	body := form("client_id", client, "client_secret", "s3cret", "token", token)
	for i := 0; i < len(more); i += 2 {
		body.Set(more[i], more[i+1])
	}
	return s.call("/oauth2/introspect", body)
}

// userInfo calls /oauth2/userinfo with a bearer token.
func (s *idp) userInfo(token string) *authtest.Answer {
	c := s.Client()
	c.Header.Set("Authorization", "Bearer "+token)
	return c.Get("/oauth2/userinfo")
}

// part returns the header (0) or the claims (1) of a token.
func part(t testing.TB, token string, i int) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is not a JWT", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[i])
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// key is a key pair of a client.
type key struct {
	public  *js.Object
	private *secret.JWK
}

func newKey(t testing.TB, alg string) key {
	t.Helper()
	public, private, err := secret.GenerateJWK(alg, secret.JWKOptions{})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := secret.ParseJWK(private)
	if err == nil {
		signer, err = signer.WithAlgorithm(alg)
	}
	v, perr := js.Parse(public)
	o, ok := v.(*js.Object)
	if err != nil || perr != nil || !ok {
		t.Fatal(err, perr)
	}
	return key{o, signer}
}

// sign signs claims under a header with the key's algorithm.
func (k key) sign(t testing.TB, header, claims *js.Object) string {
	t.Helper()
	header.Set("alg", k.private.Algorithm)
	token, err := k.private.SignJWT(js.Marshal(header), js.Marshal(claims))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// proof returns a DPoP proof; pairs change its claims.
func (s *idp) proof(k key, method, path string, pairs ...any) string {
	claims := js.Obj("htm", method, "htu", baseURL+path, "jti", secret.ID(16), "iat", float64(s.Now().Unix()))
	for name, v := range js.Obj(pairs...).All() {
		claims.Set(name, v)
	}
	return k.sign(s.T, js.Obj("typ", "dpop+jwt", "jwk", k.public), claims)
}

func wantError(a *authtest.Answer, status int, name, description string) {
	a.Want(status, "error", name, "error_description", description)
}

func jsobj(pairs ...any) *js.Object { return js.Obj(pairs...) }

// rotateKeys lets another key sign from now on.
func (s *idp) rotateKeys() {
	s.T.Helper()
	p, ok := auth.Find[*jwt.Plugin](s.Auth)
	if !ok {
		s.T.Fatal("no plugin jwt")
	}
	s.Advance(time.Second)
	if _, err := p.Rotate(s.T.Context(), s.Auth); err != nil {
		s.T.Fatal(err)
	}
}
