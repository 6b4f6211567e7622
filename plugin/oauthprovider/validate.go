package oauthprovider

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// validated is what the server knows about a token: the answer of /oauth2/introspect (RFC 7662) with the id of the user
// as sub. A token that is not valid has the member active false and nothing else.
type validated struct {
	payload   *js.Object
	client    *Client    // that the token was issued to
	user      *auth.User // of an opaque token; nil if there is none
	requested []string   // claims that the client asks of /oauth2/userinfo; for opaque tokens only
}

func inactive() *validated { return &validated{payload: js.Obj("active", false)} }

func (v *validated) isActive() bool {
	active, _ := v.payload.Get("active")
	return active == true
}

// errUnknownToken reports that a text is no token of the server.
var errUnknownToken = errors.New("oauthprovider: unknown token")

// validateAccessToken returns what the server knows about an access token. asking is the client that asks, nil for the
// server itself. The error is errUnknownToken for a text that is no access token, and for a token that a callback or an
// extension refuses while its client or its claims are read. read is what was read of the token before, or nil.
func (p *Plugin) validateAccessToken(c *auth.Context, token string, asking *Client, read *readToken) (*validated, error) {
	v, err := p.validateJWT(c, token, asking)
	if errors.Is(err, errUnknownToken) {
		if read == nil {
			read = p.readToken(c, token)
		}
		v, err = p.validateOpaque(c, read, asking)
	}
	if refused := (*auth.Error)(nil); errors.As(err, &refused) && refused.Status < http.StatusInternalServerError {
		c.Log.DebugContext(c, "oauth-provider: an access token was refused", "error", err)
		return nil, errUnknownToken
	}
	return v, err
}

// openAccessJWT verifies a JWT of the server and returns its claims. The error is errUnknownToken for anything else, and
// wraps secret.ErrExpired for a token that has expired. It is a 503 if the keys are published elsewhere and cannot be read:
// the client must not take a valid token for an invalid one.
func (p *Plugin) openAccessJWT(c *auth.Context, token string) (*js.Object, error) {
	if p.jwt == nil || strings.Count(token, ".") != 2 {
		return nil, errUnknownToken
	}
	header, payload, err := p.jwt.Open(c, token)
	if err == nil {
		err = secret.CheckClaims(header, payload, secret.Checks{Issuer: []string{p.rawIssuer(c)}}, c.Now())
	}
	if errors.Is(err, jwt.ErrRemoteKeys) {
		return nil, auth.Unavailable(err)
	}
	if errors.Is(err, secret.ErrToken) {
		return nil, errUnknownToken
	}
	if err != nil {
		return nil, err
	}
	v, err := js.Parse(payload)
	claims, ok := v.(*js.Object)
	if err != nil || !ok {
		return nil, errUnknownToken
	}
	return claims, nil
}

func (p *Plugin) validateJWT(c *auth.Context, token string, asking *Client) (*validated, error) {
	claims, err := p.openAccessJWT(c, token)
	if errors.Is(err, secret.ErrExpired) {
		return inactive(), nil
	}
	if err != nil {
		return nil, err
	}
	audience, _ := claims.Get("aud")
	if ok, err := p.audienceAllowed(c, audience, userInfoResource(c)); err != nil || !ok {
		return inactive(), err
	}
	issuedTo := member(claims, "azp")
	if issuedTo == "" {
		return inactive(), nil
	}
	client, err := p.enabledClient(c, issuedTo, asking, nil)
	if err != nil || client == nil {
		return inactive(), err
	}
	resources := slices.DeleteFunc(textsOf(audience), func(a string) bool { return a == userInfoResource(c) })
	if ok, err := p.mayIntrospect(c, asking, issuedTo, resources); err != nil || !ok {
		return inactive(), err
	}
	v := &validated{payload: claims, client: client}
	if id := member(claims, "sid"); id != "" {
		of, err := sessionWithOwners(c, id)
		if err != nil || !isLive(c, of.session) {
			return inactive(), err
		}
		if sub := member(claims, "sub"); sub != "" && of.user.Text("id") == sub {
			v.user = userOf(c, of.user)
		}
	}
	cnf, _ := claims.Get("cnf")
	claims.Set("client_id", issuedTo)
	claims.Set("active", true)
	claims.Set("token_type", tokenType(cnf))
	return v, nil
}

// enabledClient returns the client that a token was issued to if it exists and is not disabled, or nil. asking is the
// client that asks, which is enabled, and row the row of the client, if they were read before.
func (p *Plugin) enabledClient(c *auth.Context, id string, asking *Client, row store.Record) (*Client, error) {
	if asking != nil && asking.ClientID == id {
		return asking, nil
	}
	client, err := p.clientOf(c, id, row)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil || is(client.Disabled) {
		return nil, err
	}
	return client, nil
}

// mayIntrospect reports whether a client may learn about a token: about its own, and about those for a resource that it
// is linked to. The server itself, which is nil, may.
func (p *Plugin) mayIntrospect(c *auth.Context, asking *Client, issuedTo string, resources []string) (bool, error) {
	if asking == nil || asking.ClientID == issuedTo {
		return true, nil
	}
	return p.linkedToAny(c, asking.ClientID, resources)
}

// opaqueToken returns the row of an opaque access token as a client sends it, and the rows that its fields named in refs
// refer to, or errUnknownToken.
func (p *Plugin) opaqueToken(c *auth.Context, sent string, refs ...string) (*accessToken, owners, error) {
	token, ok := strings.CutPrefix(sent, p.opts.Prefix.OpaqueAccessToken)
	if !ok {
		return nil, owners{}, errUnknownToken
	}
	stored, err := p.storedToken(c, token, kindAccessToken)
	if err != nil {
		return nil, owners{}, err
	}
	row, o, err := tokenWithOwners(c, p.access, accessModel, stored, refs...)
	if errors.Is(err, store.ErrNotFound) {
		err = errUnknownToken
	}
	return row, o, err
}

// readToken is the row of an opaque access token with the rows that belong to it, or why there is none.
type readToken struct {
	row *accessToken
	of  owners
	err error
}

func (p *Plugin) readToken(c *auth.Context, token string) *readToken {
	var r readToken
	r.row, r.of, r.err = p.opaqueToken(c, token, "clientId", "sessionId", "userId")
	return &r
}

func (p *Plugin) validateOpaque(c *auth.Context, read *readToken, asking *Client) (*validated, error) {
	row, of := read.row, read.of
	if read.err != nil {
		return nil, read.err
	}
	if row.ExpiresAt.Before(c.Now()) || row.Revoked != nil {
		return inactive(), nil
	}
	client, err := p.enabledClient(c, row.ClientID, asking, of.client)
	if err != nil || client == nil {
		return inactive(), err
	}
	if ok, err := p.mayIntrospect(c, asking, row.ClientID, row.Resources); err != nil || !ok {
		return inactive(), err
	}
	if text(row.SessionID) != "" && !isLive(c, of.session) {
		return inactive(), nil
	}
	user := userOf(c, of.user)
	if len(row.Resources) > 0 {
		if ok, err := p.audienceAllowed(c, row.Resources, userInfoResource(c)); err != nil || !ok {
			return inactive(), err
		}
	}
	claims, err := p.opaqueClaims(c, row, client, user)
	if err != nil {
		return nil, err
	}
	return &validated{payload: claims, client: client, user: user, requested: row.RequestedUserInfoClaims}, nil
}

// opaqueClaims returns the claims of an opaque token: those that a JWT would have.
func (p *Plugin) opaqueClaims(c *auth.Context, row *accessToken, client *Client, user *auth.User) (*js.Object, error) {
	own, err := p.resourceClaims(c, row.Resources)
	if err != nil {
		return nil, err
	}
	claims, err := p.accessTokenClaims(c, accessClaims{
		user: user, client: client, scopes: row.Scopes, resources: row.Resources, referenceID: text(row.ReferenceID), policy: own,
	})
	if err != nil {
		return nil, err
	}
	aud := row.Resources
	if len(aud) > 0 && slices.Contains(row.Scopes, "openid") {
		aud = unique(append(slices.Clone(aud), userInfoResource(c)))
	}
	claims.Set("active", true)
	claims.Set("iss", p.rawIssuer(c))
	claims.Set("aud", js.Undefined{})
	if len(aud) > 0 {
		claims.Set("aud", audience(aud))
	}
	claims.Set("client_id", row.ClientID)
	claims.Set("azp", row.ClientID)
	setSubject(claims, user)
	claims.Set("sid", orUndefined(row.SessionID))
	claims.Set("exp", float64(row.ExpiresAt.Unix()))
	claims.Set("iat", float64(row.CreatedAt.Unix()))
	claims.Set("scope", strings.Join(row.Scopes, " "))
	claims.Set("token_type", tokenType(row.Confirmation))
	if row.Confirmation != nil {
		claims.Set("cnf", row.Confirmation)
	}
	return claims, nil
}

func setSubject(claims *js.Object, user *auth.User) {
	if user == nil {
		claims.Set("sub", js.Undefined{})
		return
	}
	claims.Set("sub", user.ID)
}

// validateRefreshToken returns what the server knows about a refresh token, which only its own client may ask.
func (p *Plugin) validateRefreshToken(c *auth.Context, token, asking string) (*validated, error) {
	row, of, err := p.refreshTokenOf(c, token, "sessionId", "userId")
	if errors.Is(err, store.ErrNotFound) {
		return nil, errUnknownToken
	}
	if err != nil {
		return nil, err
	}
	if row.ClientID != asking || row.ExpiresAt.Before(c.Now()) || row.Revoked != nil {
		return inactive(), nil
	}
	sid := orUndefined(row.SessionID)
	if !isLive(c, of.session) {
		sid = js.Undefined{}
	}
	claims := js.Obj("active", true, "client_id", asking, "iss", p.rawIssuer(c))
	setSubject(claims, userOf(c, of.user))
	claims.Set("sid", sid)
	claims.Set("exp", float64(row.ExpiresAt.Unix()))
	claims.Set("iat", float64(row.CreatedAt.Unix()))
	claims.Set("scope", strings.Join(row.Scopes, " "))
	claims.Set("token_type", tokenType(row.Confirmation))
	if row.Confirmation != nil {
		claims.Set("cnf", row.Confirmation)
	}
	return &validated{payload: claims}, nil
}

// activeAccessToken is validateAccessToken for resources of the server itself: anything but a valid token is a 401.
func (p *Plugin) activeAccessToken(c *auth.Context, token string) (*validated, error) {
	v, err := p.validateAccessToken(c, token, nil, nil)
	if errors.Is(err, errUnknownToken) || err == nil && !v.isActive() {
		return nil, invalidAccessToken()
	}
	return v, err
}

func invalidAccessToken() *auth.Error {
	return challenge(describeFirst(http.StatusUnauthorized, invalidToken, "Invalid access token"),
		`Bearer error="invalid_token", error_description="Invalid access token"`)
}
