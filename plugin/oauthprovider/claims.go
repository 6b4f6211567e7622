package oauthprovider

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// claimAbout returns a standard claim (OpenID Connect Core, 5.1) about a user, or undefined. These claims are sent at
// /oauth2/userinfo and never in an ID token.
func claimAbout(u *auth.User, name string) any {
	given, family := splitName(u.Name)
	switch name {
	case "name":
		return u.Name
	case "picture":
		return orUndefined(u.Image)
	case "given_name":
		return given
	case "family_name":
		return family
	case "email":
		return u.Email
	case "email_verified":
		return u.EmailVerified
	}
	return js.Undefined{}
}

// splitName splits a name into the last word and those before it. A name of one word is undefined in both.
func splitName(name string) (given, family any) {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' })
	if len(parts) <= 1 {
		return js.Undefined{}, js.Undefined{}
	}
	return strings.Join(parts[:len(parts)-1], " "), parts[len(parts)-1]
}

func orUndefined(s *string) any {
	if s == nil {
		return js.Undefined{}
	}
	return *s
}

// orNone returns undefined for an empty text.
func orNone(s string) any {
	if s == "" {
		return js.Undefined{}
	}
	return s
}

// userClaims returns the standard claims about a user: those of the scopes, and those that the client named itself.
func userClaims(u *auth.User, scopes, requested []string) *js.Object {
	claims := js.Obj("sub", u.ID)
	for _, claim := range standardClaims() {
		if slices.Contains(scopes, claim.Scope) || slices.Contains(requested, claim.Name) {
			claims.Set(claim.Name, claimAbout(u, claim.Name))
		}
	}
	return claims
}

// The claims that only the server sets.
func reservedAccessClaims() []string {
	return []string{"iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "auth_time", "acr", "amr", "cnf"}
}

func reservedIDClaims() []string {
	return []string{
		"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "auth_time", "nonce", "acr", "amr", "azp", "sid", "at_hash", "c_hash", "s_hash",
	}
}

// unreserved returns claims without those that only the server sets.
func unreserved(c *auth.Context, claims *js.Object, reserved []string, kind string) *js.Object {
	out := js.NewObject()
	var stripped []string
	for name, v := range claims.All() {
		if slices.Contains(reserved, name) {
			stripped = append(stripped, name)
			continue
		}
		out.Set(name, v)
	}
	if len(stripped) > 0 {
		c.Log.WarnContext(c, "oauth-provider: a callback sets claims that only the server sets; they are left out", "token", kind, "claims", stripped)
	}
	return out
}

func setAll(to, from *js.Object) {
	for name, v := range from.All() {
		to.Set(name, v)
	}
}

// addNew adds the claims that to does not have. Undefined ones are left out.
func addNew(to, from *js.Object) {
	for name, v := range from.All() {
		if _, undefined := v.(js.Undefined); !undefined && !to.Has(name) {
			to.Set(name, v)
		}
	}
}

// accessClaims asks for the further claims of an access token.
type accessClaims struct {
	user        *auth.User
	client      *Client
	scopes      []string
	resources   []string
	referenceID string
	grant       string // "" at introspection
	sessionID   string
	own         *js.Object // of this one token
	policy      *js.Object // of the resources
}

// accessTokenClaims returns the further claims of an access token: those of extensions, of the token itself, of the
// option and of the resources; later ones win. A JWT gets them when it is issued, an opaque token when it is introspected.
func (p *Plugin) accessTokenClaims(c *auth.Context, in accessClaims) (*js.Object, error) {
	metadata := in.client.metadata()
	claims, err := p.extensionClaims(c, func(e *Extension) (*js.Object, error) {
		if e.Claims.AccessToken == nil {
			return nil, nil
		}
		return e.Claims.AccessToken(ClaimInput{
			Call: c, User: in.user, Client: in.client, Scopes: in.scopes, GrantType: in.grant, ReferenceID: in.referenceID,
			SessionID: in.sessionID, Resources: in.resources, Metadata: metadata,
		})
	})
	if err != nil {
		return nil, err
	}
	setAll(claims, in.own)
	if custom := p.opts.CustomAccessTokenClaims; custom != nil {
		more, err := custom(c, AccessTokenInfo{
			User: in.user, ReferenceID: in.referenceID, Scopes: in.scopes, Resources: in.resources, Metadata: metadata,
		})
		if err != nil {
			return nil, auth.FromCallback(err)
		}
		setAll(claims, more)
	}
	setAll(claims, in.policy)
	return unreserved(c, claims, reservedAccessClaims(), "access token"), nil
}

// idTokenRequest asks for an ID token.
type idTokenRequest struct {
	user        *auth.User
	client      *Client
	scopes      []string
	nonce       string
	sessionID   string
	authTime    any // seconds since 1970, or undefined
	accessToken string
	extra       *js.Object
}

// idToken returns an ID token, or "" for a client without a secret if secrets sign the tokens.
func (p *Plugin) idToken(c *auth.Context, in idTokenRequest) (string, error) {
	subject, err := p.subject(in.user.ID, in.client)
	if err != nil {
		return "", err
	}
	custom := js.NewObject()
	if more := p.opts.CustomIDTokenClaims; more != nil {
		given, err := more(c, IDTokenInfo{User: in.user, Scopes: in.scopes, Metadata: in.client.metadata()})
		if err != nil {
			return "", auth.FromCallback(err)
		}
		custom = unreserved(c, given, reservedIDClaims(), "ID token")
	}
	alg, key, err := p.idTokenKey(c)
	if err != nil {
		return "", err
	}
	iat := c.Now().Unix()
	claims := js.NewObject()
	for _, claim := range standardClaims() {
		claims.Set(claim.Name, js.Undefined{}) // an extension cannot set them
	}
	claims.Set("auth_time", in.authTime)
	claims.Set("acr", "0")
	setAll(claims, custom)
	claims.Set("at_hash", secret.HalfDigest(in.accessToken, alg))
	claims.Set("iss", p.rawIssuer(c))
	claims.Set("sub", subject)
	claims.Set("aud", in.client.ClientID)
	claims.Set("nonce", orNone(in.nonce))
	claims.Set("iat", float64(iat))
	claims.Set("exp", float64(iat+int64(p.opts.IDTokenExpiresIn)))
	claims.Set("sid", js.Undefined{})
	if is(in.client.EnableEndSession) || text(in.client.BackchannelLogoutURI) != "" {
		claims.Set("sid", orNone(in.sessionID))
	}
	addNew(claims, unreserved(c, in.extra, reservedIDClaims(), "ID token"))
	return p.signIDToken(c, in.client, claims, alg, key)
}

// idTokenKey returns the key of ID tokens and its algorithm. There is none if something else signs them.
func (p *Plugin) idTokenKey(c *auth.Context) (string, *jwt.Key, error) {
	switch {
	case p.jwt == nil:
		return "HS256", nil, nil
	case p.jwt.SignsElsewhere():
		return p.jwt.Algorithms()[0], nil, nil
	}
	key, err := p.jwt.SigningKey(c)
	if err != nil {
		return "", nil, err
	}
	return key.Algorithm, key, nil
}

func (p *Plugin) signIDToken(c *auth.Context, client *Client, claims *js.Object, alg string, key *jwt.Key) (string, error) {
	if p.jwt == nil {
		stored := text(client.ClientSecret)
		if stored == "" {
			return "", nil
		}
		plain, err := p.openedSecret(c, stored)
		if err != nil {
			return "", err
		}
		return secret.SignWith(plain, js.Marshal(claims))
	}
	token, err := p.jwt.SignAs(c, claims, jwt.Signing{Key: key})
	if err != nil || key != nil {
		return token, err
	}
	header, err := secret.TokenHeader(token)
	if err != nil {
		return "", err
	}
	if signed, _ := header.String("alg"); signed != alg {
		return "", describeFirst(http.StatusInternalServerError, serverError, `ID token signed with "`+signed+`" but at_hash was computed for "`+alg+
			`". Ensure jwt.sign uses the algorithm declared in keyPairConfig.alg.`)
	}
	return token, nil
}
