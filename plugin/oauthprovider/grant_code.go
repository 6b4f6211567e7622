package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// redeemCode answers the grant authorization_code.
func (p *Plugin) redeemCode(c *auth.Context, in *tokenRequest) (*js.Object, error) {
	who, err := p.credentialsOf(c, tokenAddress(c))
	if err != nil {
		return nil, err
	}
	switch {
	case who.ClientID == "":
		return nil, badToken(invalidRequest, "client_id is required")
	case in.Code == "":
		return nil, badToken(invalidRequest, "code is required")
	case who.Secret == "" && in.CodeVerifier == "" && !who.Proven:
		return nil, badToken(invalidRequest, "Either code_verifier or client_secret is required")
	}
	code, err := p.takeCode(c, in, who)
	if err != nil {
		return nil, err
	}
	asked, ok := code.granted.Query.Get("scope")
	scope, isText := asked.(string)
	if !ok || !isText {
		return nil, describeFirst(http.StatusInternalServerError, invalidScope, "verification scope unset")
	}
	scopes := strings.Split(scope, " ")
	of, err := sessionWithOwners(c, code.granted.SessionID, who.ClientID)
	if err != nil {
		return nil, err
	}
	if err := p.knowClient(c, who, of.client); err != nil {
		return nil, err
	}
	client, err := p.authenticated(c, who, clientCheck{scopes: scopes, grant: authorizationCode})
	if err != nil {
		return nil, err
	}
	if err := checkVerifier(client, code.granted.Query, scopes, in.CodeVerifier); err != nil {
		return nil, err
	}
	user, session, err := grantedBy(c, code.granted, of)
	if err != nil {
		return nil, err
	}
	claims, _ := code.granted.Query.Get("claims")
	return p.issue(c, issuance{
		client: client, user: user, grant: authorizationCode, scopes: scopes, resources: code.resources, granted: code.allowed,
		referenceID: code.granted.ReferenceID, sessionID: session.Text("id"), nonce: member(code.granted.Query, "nonce"),
		authTime: authTimeOf(code.granted, session), codeID: code.id, code: code.value, query: code.granted.Query,
		requested: requestedClaims(claims, p.supportedClaims()),
	})
}

// takenCode is a code that was redeemed.
type takenCode struct {
	id        string // its stored form
	granted   *grantedCode
	value     *js.Object // as the callback sees it; nil without it
	resources []string   // of the tokens
	allowed   []string   // by the user
}

// takeCode uses a code up. A code that was used before, or never existed, ends the tokens that were issued for it.
func (p *Plugin) takeCode(c *auth.Context, in *tokenRequest, who *credentials) (*takenCode, error) {
	id, err := p.storedToken(c, in.Code, kindCode)
	if err != nil {
		return nil, err
	}
	kept, err := c.Once.Take(c, id)
	if errors.Is(err, store.ErrNotFound) {
		p.endTokensOfCode(c, id)
		return nil, badToken(invalidGrant, "invalid code")
	}
	if err != nil {
		return nil, err
	}
	granted, ok := readCode(kept.Text)
	if !ok {
		return nil, badToken(invalidGrant, "malformed verification value")
	}
	code := &takenCode{id: id, granted: granted, allowed: someOrNil(granted.Resource)}
	if p.opts.CustomTokenResponseFields != nil {
		v, _ := js.Parse([]byte(kept.Text))
		code.value, _ = v.(*js.Object)
	}
	if code.allowed == nil {
		named, _ := granted.Query.Get("resource")
		code.allowed = textsOf(named)
	}
	return code, code.check(c, in, who)
}

// check compares the request with what the code was issued for.
func (code *takenCode) check(c *auth.Context, in *tokenRequest, who *credentials) error {
	query := code.granted.Query
	if member(query, "client_id") != who.ClientID {
		return badToken(invalidGrant, "invalid client_id")
	}
	switch bound := member(query, "redirect_uri"); {
	case bound != "" && in.RedirectURI == "":
		return badToken(invalidRequest, "redirect_uri is required")
	case bound != in.RedirectURI:
		return badToken(invalidGrant, "redirect_uri mismatch")
	}
	requested := in.resources(c)
	if code.resources = requested; requested == nil {
		code.resources = code.allowed
	}
	if requested != nil && code.allowed != nil && !includes(code.allowed, requested) {
		return badToken(invalidTarget, "requested resource not authorized")
	}
	return nil
}

// endTokensOfCode deletes the tokens that were issued for a code (RFC 6749, 4.1.2). A failure is only logged: the code is
// refused in any case.
func (p *Plugin) endTokensOfCode(c *auth.Context, id string) {
	for _, model := range []string{accessModel, refreshModel} {
		if _, err := c.Store.DeleteMany(c, model, store.Given("authorizationCodeId", id)); err != nil {
			c.Log.ErrorContext(c, "oauth-provider: the tokens of a code that was used twice could not be deleted", "error", err)
		}
	}
}

// checkVerifier checks the proof key of a code (PKCE). It must be there exactly if the authorization request had a
// challenge.
func checkVerifier(client *Client, query *js.Object, scopes []string, verifier string) error {
	if client.needsPKCE(scopes, member(query, "nonce")) != "" && verifier == "" {
		return badToken(invalidRequest, "PKCE is required for this client")
	}
	refused := func(description string) error {
		return describeFirst(http.StatusUnauthorized, invalidRequest, description)
	}
	challenge := member(query, "code_challenge")
	switch {
	case challenge == "" && verifier == "":
		return nil
	case verifier == "":
		return refused("code_verifier required because PKCE was used in authorization")
	case challenge == "":
		return refused("code_verifier provided but PKCE was not used in authorization")
	case member(query, "code_challenge_method") != "S256" || !secret.Equal(secret.Digest(verifier), challenge):
		return refused("code verification failed")
	}
	return nil
}

// authTimeOf returns when the user signed in.
func authTimeOf(granted *grantedCode, session store.Record) *time.Time {
	at := session.Time("createdAt")
	if granted.AuthTime != nil {
		at = time.UnixMilli(int64(*granted.AuthTime)).UTC()
	}
	if at.IsZero() {
		return nil
	}
	return &at
}

// grantToClient answers the grant client_credentials: a token for the client itself, without a user.
func (p *Plugin) grantToClient(c *auth.Context, in *tokenRequest) (*js.Object, error) {
	who, err := p.credentialsOf(c, tokenAddress(c))
	if err != nil {
		return nil, err
	}
	if who.ClientID == "" {
		return nil, badToken(invalidRequest, "Missing required client_id")
	}
	return p.tokenForClient(c, in, who)
}

// issueToClient checks what a client wants for itself and issues the token. If the client was recalled, row is what it
// was read as.
func (p *Plugin) issueToClient(c *auth.Context, in *tokenRequest, who *credentials, row *store.Unchanged) (*js.Object, error) {
	client, err := p.authenticated(c, who, clientCheck{grant: clientCredentials})
	if err != nil {
		return nil, err
	}
	switch {
	case client.isPublic():
		return nil, badToken(unauthorizedClient, "public clients cannot use the client_credentials grant")
	case len(client.ClientCredentialsScopes) == 0:
		return nil, badToken(unauthorizedClient, "client has no authorized client_credentials scopes")
	}
	scopes := in.scopes()
	if scopes == nil {
		scopes = slices.Clone(client.ClientCredentialsScopes)
	} else if wrong := slices.DeleteFunc(slices.Clone(scopes), func(s string) bool {
		return slices.Contains(client.ClientCredentialsScopes, s) && !isUserScope(s)
	}); len(wrong) > 0 {
		return nil, badToken(invalidScope, "The following scopes are invalid: "+strings.Join(wrong, ", "))
	}
	return p.issue(c, issuance{client: client, grant: clientCredentials, scopes: scopes, resources: in.resources(c), while: row})
}

// isUserScope reports whether a scope is about a user, so that a client cannot get it for itself.
func isUserScope(scope string) bool { return slices.Contains(defaultScopes(), scope) }
