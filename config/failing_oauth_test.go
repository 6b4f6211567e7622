package config

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// oauthWith is a config with the plugin oauth-provider and more options of it.
func oauthWith(options string) string {
	return `{"plugins":{"jwt":{},"oauth-provider":{"loginPage":"/in","consentPage":"/ok","resources":["https://api.example.com"],"enforcePerClientResources":false,` + options + `}}}`
}

const (
	newClient     = `{"redirect_uris":["https://app.example.com/cb"]}`
	proofOfClient = "a-verifier-that-is-long-enough-0123456789-0123456789"
)

// withClient signs up Ann and writes a client that needs no consent.
func withClient(p *played) {
	signUp(p)
	_, err := p.srv.Store.Create(p.Context(), "oauthClient", store.Record{
		"clientId": "app", "clientSecret": secret.Digest("s3cret"), "redirectUris": []any{"https://app.example.com/cb"}, "skipConsent": true,
		"scopes": []any{"openid", "profile", "offline_access"}, "tokenEndpointAuthMethod": "client_secret_post",
	})
	if err != nil {
		p.Fatal(err)
	}
}

// authorizeWith sends an authorization request with more parameters.
func authorizeWith(more string) func(p *played) *authtest.Answer {
	return func(p *played) *authtest.Answer {
		v := url.Values{"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {"https://app.example.com/cb"}, "scope": {"openid profile offline_access"},
			"code_challenge": {secret.Digest(proofOfClient)}, "code_challenge_method": {"S256"}}
		return p.c.Get("/oauth2/authorize?" + v.Encode() + more)
	}
}

const forResource = "&resource=https%3A%2F%2Fapi.example.com"

// withCode also gets a code, for the resource if more says so.
func withCode(more string) func(p *played) {
	return func(p *played) {
		withClient(p)
		to, err := url.Parse(authorizeWith(more)(p).Header.Get("Location"))
		if err != nil || to.Query().Get("code") == "" {
			p.Fatalf("no code: %v %v", to, err)
		}
		p.notes["code"] = to.Query().Get("code")
	}
}

func tokenRequest(p *played, v url.Values) *authtest.Answer {
	v.Set("client_id", "app")
	v.Set("client_secret", "s3cret")
	return p.c.Do(http.MethodPost, "/oauth2/token", "application/x-www-form-urlencoded", v.Encode())
}

func redeem(p *played) *authtest.Answer {
	return tokenRequest(p, url.Values{"grant_type": {"authorization_code"}, "code": {p.notes["code"]}, "redirect_uri": {"https://app.example.com/cb"}, "code_verifier": {proofOfClient}})
}

// withTokens also redeems the code.
func withTokens(p *played) {
	withCode("")(p)
	got := redeem(p).Want(200)
	p.notes["access"], p.notes["refresh"] = got.Text("access_token"), got.Text("refresh_token")
}

func refreshOnce(p *played) *authtest.Answer {
	return tokenRequest(p, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {p.notes["refresh"]}})
}

func userInfo(p *played) *authtest.Answer {
	p.c.Header = http.Header{"Authorization": {"Bearer " + p.notes["access"]}}
	return p.c.Get("/oauth2/userinfo")
}

func noClients(p *played) { p.srv.WantRows(0, "oauthClient") }
func noTokens(p *played) {
	p.srv.WantRows(0, "oauthAccessToken")
	p.srv.WantRows(0, "oauthRefreshToken")
}

// newResource creates a resource as a program with the session of Ann.
func newResource(p *played) *authtest.Answer {
	var pairs []string
	for name, value := range p.c.Jar {
		pairs = append(pairs, name+"="+value)
	}
	_, err := p.srv.Call(p.Context(), "adminCreateOAuthResource", auth.Input{
		Header: http.Header{"Cookie": {strings.Join(pairs, "; ")}}, Body: js.Obj("identifier", "https://more.example.com"),
	})
	if err == nil {
		return &authtest.Answer{Status: 200}
	}
	p.srv.Options.Logger.Error(err.Error()) // what a program would do
	return &authtest.Answer{Status: 500}
}

const create = "/oauth2/create-client"

// oauthFailures are those of the plugin oauth-provider.
var oauthFailures = []failure{
	{name: "owner of a client", options: []string{"clientReference"}, config: oauthWith(`"clientReference":HOOK`), before: signUp, run: post(create, newClient), status: 500, after: noClients},
	{name: "who may create a client", options: []string{"clientPrivileges"}, config: oauthWith(`"clientPrivileges":HOOK`), before: signUp, run: post(create, newClient), status: 500, after: noClients},
	{name: "id of a client", options: []string{"generateClientId"}, config: oauthWith(`"generateClientId":HOOK`), before: signUp, run: post(create, newClient), status: 500, after: noClients},
	{name: "secret of a client", options: []string{"generateClientSecret"}, config: oauthWith(`"generateClientSecret":HOOK`), before: signUp, run: post(create, newClient), status: 500, after: noClients},
	{name: "hash of a secret", options: []string{"storeClientSecret.*"}, config: oauthWith(`"storeClientSecret":{"hash":HOOK}`), before: signUp, run: post(create, newClient), status: 500, after: noClients},
	{name: "check of a secret", options: []string{"storeClientSecret.*"}, config: oauthWith(`"storeClientSecret":{"hash":GOOD,"verify":HOOK}`), before: withCode(""), run: redeem, status: 500, after: noTokens},
	{
		name: "initial access token", options: []string{"validateInitialAccessToken"}, config: oauthWith(`"allowDynamicClientRegistration":true,"validateInitialAccessToken":HOOK`),
		run: func(p *played) *authtest.Answer {
			p.c.Header = http.Header{"Authorization": {"Bearer token"}}
			return p.c.Post("/oauth2/register", newClient)
		}, status: 500, body: "Initial access token validation failed", after: noClients,
	},
	{name: "who may create a resource", options: []string{"resourcePrivileges"}, config: oauthWith(`"resourcePrivileges":HOOK`), before: signUp, run: newResource, status: 500},
	{name: "identifier of a resource", options: []string{"identifierValidator"}, config: oauthWith(`"identifierValidator":HOOK`), before: signUp, run: newResource, status: 500},
	{name: "registration as a step", options: []string{"shouldRedirect"}, config: oauthWith(`"signup":{"shouldRedirect":HOOK}`), before: withClient, run: authorizeWith(""), status: 500},
	{name: "choice of an account", options: []string{"shouldRedirect"}, config: oauthWith(`"selectAccount":{"shouldRedirect":HOOK}`), before: withClient, run: authorizeWith(""), status: 500},
	{name: "step after sign-in", options: []string{"shouldRedirect"}, config: oauthWith(`"postLogin":{"page":"/step","shouldRedirect":HOOK,"consentReferenceId":GOOD}`), before: withClient, run: authorizeWith(""), status: 500},
	{name: "reference of a consent", options: []string{"consentReferenceId"}, config: oauthWith(`"postLogin":{"page":"/step","shouldRedirect":GOOD,"consentReferenceId":HOOK}`), before: withClient, run: authorizeWith(""), status: 500},
	{name: "request by address", options: []string{"requestUriResolver"}, config: oauthWith(`"requestUriResolver":HOOK`), before: withClient, run: authorizeWith("&request_uri=urn:a"), status: 500},
	{name: "hash of a code", options: []string{"storeTokens.hash"}, config: oauthWith(`"storeTokens":{"hash":HOOK}`), before: withClient, run: authorizeWith(""), status: 500},
	{name: "opaque access token", options: []string{"generateOpaqueAccessToken"}, config: oauthWith(`"generateOpaqueAccessToken":HOOK`), before: withCode(""), run: redeem, status: 500},
	{name: "refresh token", options: []string{"generateRefreshToken"}, config: oauthWith(`"generateRefreshToken":HOOK`), before: withCode(""), run: redeem, status: 500},
	{
		name: "form of a refresh token", options: []string{"formatRefreshToken.*"}, config: oauthWith(`"formatRefreshToken":{"encrypt":HOOK,"decrypt":GOOD}`),
		before: withCode(""), run: redeem, status: 500,
	},
	{
		name: "reading a refresh token", options: []string{"formatRefreshToken.*"}, config: oauthWith(`"formatRefreshToken":{"encrypt":GOOD,"decrypt":HOOK}`),
		answers: map[string]string{".encrypt": `{"result":"formed"}`}, before: withTokens, run: refreshOnce, status: 500,
	},
	{name: "claims of an access token", options: []string{"customAccessTokenClaims"}, config: oauthWith(`"customAccessTokenClaims":HOOK`), before: withCode(forResource), run: redeem, status: 500},
	{name: "claims of an ID token", options: []string{"customIdTokenClaims"}, config: oauthWith(`"customIdTokenClaims":HOOK`), before: withCode(""), run: redeem, status: 500},
	{name: "claims about a user", options: []string{"customUserInfoClaims"}, config: oauthWith(`"customUserInfoClaims":HOOK`), before: withTokens, run: userInfo, status: 500},
	{name: "members of an answer with tokens", options: []string{"customTokenResponseFields"}, config: oauthWith(`"customTokenResponseFields":HOOK`), before: withCode(""), run: redeem, status: 500},
}
