package oauthprovider

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// accessTokenType is the typ of access tokens that are JWTs (RFC 9068).
const accessTokenType = "at+jwt"

// issuance asks for the tokens of a grant.
type issuance struct {
	client      *Client
	user        *auth.User // nil if the client acts for itself
	grant       string
	scopes      []string
	resources   []string // that the client asks for now; nil for none
	granted     []string // that the user allowed; nil for the same
	referenceID string
	sessionID   string
	nonce       string
	authTime    *time.Time
	codeID      string     // stored form of the authorization code
	code        *js.Object // what the code stands for
	query       *js.Object // its authorization request
	refresh     *refreshToken
	requested   []string         // claims that the client asks of /oauth2/userinfo
	confirmed   *js.Object       // key that the client proved to have otherwise
	while       *store.Unchanged // the row of a client that was not read for this call

	accessClaims, idClaims, response *js.Object // of an extension
}

// prepared are tokens that are not stored yet.
type prepared struct {
	issuance
	policy       *policy
	iat          int64
	accessEnd    int64
	refreshEnd   int64
	confirmation *js.Object
	custom       *js.Object

	refreshText, refreshStored string // "" if there is no refresh token
	accessText, accessStored   string // accessStored is "" for a JWT
	idToken                    string
}

// lostRace is the error of a call whose refresh token another call has used first.
type lostRace struct{ request *js.Object } // what this call asked for

func (*lostRace) Error() string { return "oauthprovider: the refresh token was used" }

// issue makes the tokens of a grant, stores them, and returns the answer. The error is a lostRace if another call has
// used the same refresh token meanwhile; nothing is stored then.
func (p *Plugin) issue(c *auth.Context, in issuance) (*js.Object, error) {
	t, err := p.prepare(c, in)
	if err != nil {
		return nil, err
	}
	answer := t.answer()
	if err := p.keep(c, t, answer); err != nil {
		return nil, err
	}
	return answer, nil
}

// prepare makes everything that needs no row, so that callbacks and signatures do not hold a transaction open.
func (p *Plugin) prepare(c *auth.Context, in issuance) (*prepared, error) {
	t := &prepared{issuance: in, iat: c.Now().Unix()}
	var err error
	if t.policy, err = p.policy(c, in.resources, in.client.ClientID, in.scopes); err != nil {
		return nil, err
	}
	p.setEnds(t)
	if t.idClaims, err = p.idTokenExtras(c, t); err != nil {
		return nil, err
	}
	if custom := p.opts.CustomTokenResponseFields; custom != nil {
		t.custom, err = custom(c, TokenResponseInfo{
			GrantType: in.grant, User: in.user, Scopes: t.policy.Scopes, Metadata: in.client.metadata(), Verification: in.code,
		})
		if err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	if t.confirmation = in.confirmed; t.confirmation == nil {
		bound := binding{client: in.client, required: t.policy.DPoPRequired, code: in.query, refresh: in.refresh}
		if t.confirmation, err = p.confirmationFor(c, bound); err != nil {
			return nil, err
		}
	}
	if err := p.makeRefreshToken(c, t); err != nil {
		return nil, err
	}
	if err := p.makeAccessToken(c, t); err != nil {
		return nil, err
	}
	if t.wantsIDToken() {
		t.idToken, err = p.idToken(c, idTokenRequest{
			user: in.user, client: in.client, scopes: t.policy.Scopes, nonce: in.nonce, sessionID: in.sessionID,
			authTime: secondsOf(in.authTime), accessToken: t.accessText, extra: t.idClaims,
		})
	}
	return t, err
}

func (t *prepared) wantsIDToken() bool {
	return t.user != nil && slices.Contains(t.policy.Scopes, "openid")
}

// secondsOf returns a time as claims have it, or undefined.
func secondsOf(at *time.Time) any {
	if at == nil {
		return js.Undefined{}
	}
	return float64(at.Unix())
}

// setEnds sets when the tokens end: the earliest of the option, the scopes and the resources.
func (p *Plugin) setEnds(t *prepared) {
	life := p.opts.AccessTokenExpiresIn
	if t.user == nil {
		life = p.opts.M2MAccessTokenExpiresIn
	}
	t.accessEnd = t.iat + int64(life)
	for _, scope := range t.scopes {
		if e, ok := p.opts.ScopeExpirations[scope]; ok && !e.IsZero() {
			t.accessEnd = min(t.accessEnd, e.From(t.iat))
		}
	}
	if ttl := t.policy.AccessTokenTTL; ttl != nil {
		t.accessEnd = min(t.accessEnd, t.iat+int64(*ttl))
	}
	refreshLife := int64(p.opts.RefreshTokenExpiresIn)
	if ttl := t.policy.RefreshTokenTTL; ttl != nil {
		refreshLife = min(refreshLife, int64(*ttl))
	}
	t.refreshEnd = t.iat + refreshLife
}

// idTokenExtras returns the claims that extensions and the grant add to the ID token.
func (p *Plugin) idTokenExtras(c *auth.Context, t *prepared) (*js.Object, error) {
	if !t.wantsIDToken() {
		return nil, nil
	}
	claims, err := p.extensionClaims(c, func(e *Extension) (*js.Object, error) {
		if e.Claims.IDToken == nil {
			return nil, nil
		}
		return e.Claims.IDToken(ClaimInput{
			Call: c, User: t.user, Client: t.client, Scopes: t.policy.Scopes, GrantType: t.grant, ReferenceID: t.referenceID,
			SessionID: t.sessionID, Resources: t.resources, Metadata: t.client.metadata(),
		})
	})
	if err != nil {
		return nil, err
	}
	setAll(claims, t.idClaims)
	return claims, nil
}

// makeRefreshToken makes a refresh token if the user granted offline access.
func (p *Plugin) makeRefreshToken(c *auth.Context, t *prepared) (err error) {
	offline := slices.Contains(t.scopes, offlineAccess) || t.refresh != nil && slices.Contains(t.refresh.Scopes, offlineAccess)
	if t.user == nil || !offline || !t.client.allowsGrant(refreshGrant) {
		return nil
	}
	token := secret.Random(32, "A-Z", "a-z")
	if generate := p.opts.GenerateRefreshToken; generate != nil {
		if token, err = generate(c, struct{}{}); err != nil {
			return auth.FromCallback(err)
		}
	}
	if t.refreshStored, err = p.storedToken(c, token, kindRefreshToken); err != nil {
		return err
	}
	if format := p.opts.FormatRefreshToken.Encrypt; format != nil {
		if token, err = format(c, RefreshTokenForm{Token: token, SessionID: t.sessionID}); err != nil {
			return auth.FromCallback(err)
		}
	}
	t.refreshText = p.opts.Prefix.RefreshToken + token
	return nil
}

// makeAccessToken makes a JWT if the token is for resources, and an opaque token otherwise.
func (p *Plugin) makeAccessToken(c *auth.Context, t *prepared) (err error) {
	if t.policy.Audience != nil && p.jwt != nil {
		t.accessText, err = p.accessJWT(c, t)
		return err
	}
	token := secret.Random(32, "A-Z", "a-z")
	if generate := p.opts.GenerateOpaqueAccessToken; generate != nil {
		if token, err = generate(c, struct{}{}); err != nil {
			return auth.FromCallback(err)
		}
	}
	t.accessText = p.opts.Prefix.OpaqueAccessToken + token
	t.accessStored, err = p.storedToken(c, token, kindAccessToken)
	return err
}

func (p *Plugin) accessJWT(c *auth.Context, t *prepared) (string, error) {
	claims, err := p.accessTokenClaims(c, accessClaims{
		user: t.user, client: t.client, scopes: t.policy.Scopes, resources: t.resources, referenceID: t.referenceID, grant: t.grant,
		sessionID: t.sessionID, own: t.accessClaims, policy: t.policy.Claims,
	})
	if err != nil {
		return "", err
	}
	subject := t.client.ClientID
	if t.user != nil {
		subject = t.user.ID
	}
	claims.Set("sub", subject)
	claims.Set("aud", t.policy.Audience)
	claims.Set("client_id", t.client.ClientID)
	claims.Set("azp", t.client.ClientID)
	claims.Set("scope", strings.Join(t.policy.Scopes, " "))
	claims.Set("sid", orNone(t.sessionID))
	claims.Set("iss", p.rawIssuer(c))
	claims.Set("iat", float64(t.iat))
	claims.Set("exp", float64(t.accessEnd))
	claims.Set("jti", secret.Random(32))
	if t.confirmation != nil {
		claims.Set("cnf", t.confirmation)
	}
	return p.jwt.SignAs(c, claims, jwt.Signing{Type: accessTokenType, KeyID: t.policy.SigningKeyID, Algorithm: t.policy.SigningAlgorithm})
}

// answer returns the answer of the token endpoint.
func (t *prepared) answer() *js.Object {
	answer := js.NewObject()
	setAll(answer, t.custom)
	setAll(answer, t.response)
	answer.Set("access_token", t.accessText)
	answer.Set("expires_in", float64(t.accessEnd-t.iat))
	answer.Set("expires_at", float64(t.accessEnd))
	answer.Set("token_type", tokenType(t.confirmationValue()))
	answer.Set("refresh_token", orNone(t.refreshText))
	answer.Set("scope", strings.Join(t.policy.Scopes, " "))
	answer.Set("id_token", orNone(t.idToken))
	return answer
}

// confirmationValue returns the confirmation as columns and claims have it: nil if there is none.
func (t *prepared) confirmationValue() any {
	if t.confirmation == nil {
		return nil
	}
	return t.confirmation
}

// keep stores the tokens. A call that replaces a refresh token locks the row of the user, as every call does that ends a
// family of refresh tokens: no new token appears while its family ends.
func (p *Plugin) keep(c *auth.Context, t *prepared, answer *js.Object) error {
	var g store.Group
	if t.refreshStored != "" {
		row, err := p.refresh.Record(t.refreshRow())
		if err != nil {
			return err
		}
		g.Insert = append(g.Insert, store.Inserted{Model: refreshModel, Row: row})
		if t.refresh != nil {
			g.Lock = &store.Locked{Model: "user", Where: []store.Where{store.Is("id", t.user.ID)}}
			if g.Change, err = p.rotation(c, t, answer); err != nil {
				return err
			}
		}
	}
	if t.accessStored != "" {
		row, err := p.access.Record(t.accessRow())
		if err != nil {
			return err
		}
		in := store.Inserted{Model: accessModel, Row: row}
		if len(g.Insert) > 0 {
			in.Parent = "refreshId"
		}
		g.Insert = append(g.Insert, in)
	}
	if g.While = t.while; len(g.Insert) == 0 {
		if t.while != nil {
			return store.ErrChanged // without an insert nothing has compared the version
		}
		return nil
	}
	err := c.Store.Together(c, g)
	if g.Change != nil && errors.Is(err, store.ErrNotFound) {
		return &lostRace{repeatRequest(t.policy.Scopes, t.resources, t.confirmation)}
	}
	return err
}

func (t *prepared) refreshRow() *refreshToken {
	return &refreshToken{
		Token: t.refreshStored, ClientID: t.client.ClientID, SessionID: filledOrNil(t.sessionID), UserID: t.user.ID,
		ReferenceID: filledOrNil(t.referenceID), AuthorizationCodeID: filledOrNil(t.codeID), AuthTime: t.authTime,
		Confirmation: t.confirmationValue(), RequestedUserInfoClaims: someOrNil(t.requested), Scopes: t.policy.Scopes,
		Resources: t.refreshResources(), CreatedAt: time.Unix(t.iat, 0).UTC(), ExpiresAt: time.Unix(t.refreshEnd, 0).UTC(),
	}
}

// refreshResources returns the resources that a refresh token is good for: those that the user allowed, also if the
// client asks for fewer now.
func (t *prepared) refreshResources() []string {
	switch {
	case t.refresh != nil && t.refresh.Resources != nil:
		return t.refresh.Resources
	case t.granted != nil:
		return t.granted
	}
	return t.resources
}

func (t *prepared) accessRow() *accessToken {
	row := &accessToken{
		Token: t.accessStored, ClientID: t.client.ClientID, SessionID: filledOrNil(t.sessionID), ReferenceID: filledOrNil(t.referenceID),
		AuthorizationCodeID: filledOrNil(t.codeID), Resources: t.resources,
		Confirmation: t.confirmationValue(), RequestedUserInfoClaims: someOrNil(t.requested), Scopes: t.policy.Scopes,
		CreatedAt: time.Unix(t.iat, 0).UTC(), ExpiresAt: time.Unix(t.accessEnd, 0).UTC(),
	}
	if t.user != nil {
		row.UserID = &t.user.ID
	}
	return row
}

const offlineAccess = "offline_access"

func filledOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func someOrNil(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}
