package oauthprovider

import (
	"errors"
	"slices"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// ClientProof is the client that a call of a grant authenticated.
type ClientProof struct {
	Client       *Client
	Method       string     // token_endpoint_auth_method that it used
	Confirmation *js.Object // key that the assertion of an extension proved (cnf), or nil
}

// Authenticate returns the client of the call, which must be allowed the grant and the scopes. With needSecret false a
// public client may call too.
func (g *Grant) Authenticate(needSecret bool, scopes []string) (*ClientProof, error) {
	who, err := g.Provider.credentialsOf(g.Call, g.Call.BaseURL+g.Call.Route.Path)
	if err != nil {
		return nil, err
	}
	if who.ClientID == "" {
		return nil, badToken(invalidRequest, "Missing required client_id")
	}
	if needSecret && who.Secret == "" && !who.Proven {
		return nil, badToken(invalidClient, "Missing required client credentials")
	}
	client, err := g.Provider.authenticated(g.Call, who, clientCheck{scopes: scopes, grant: g.Type})
	if err != nil {
		return nil, err
	}
	return &ClientProof{Client: client, Method: who.Method, Confirmation: who.Confirmation}, nil
}

// Issuance asks for the tokens of an extension's grant.
type Issuance struct {
	Client       *Client
	User         *auth.User // nil if the client acts for itself
	Scopes       []string
	Resources    []string // nil for none
	Granted      []string // all resources that the user allowed, for the refresh token; nil for Resources
	ReferenceID  string
	SessionID    string
	Nonce        string
	AuthTime     *time.Time // when the user signed in, or nil
	UserInfo     []string   // claims that the client asked of /oauth2/userinfo
	Confirmation *js.Object // cnf that the call proved; nil to use a DPoP proof of the call, if there is one

	AccessClaims *js.Object // further claims of the access token, if it is a JWT
	IDClaims     *js.Object // further claims of the ID token
	Response     *js.Object // further members of the answer
}

// Issue issues tokens and returns the answer of the token endpoint.
func (g *Grant) Issue(in Issuance) (*js.Object, error) {
	return g.Provider.issue(g.Call, issuance{
		client: in.Client, user: in.User, grant: g.Type, scopes: in.Scopes, resources: in.Resources, referenceID: in.ReferenceID,
		granted: in.Granted, sessionID: in.SessionID, nonce: in.Nonce, authTime: in.AuthTime, requested: in.UserInfo, confirmed: in.Confirmation,
		accessClaims: in.AccessClaims, idClaims: in.IDClaims, response: in.Response,
	})
}

// Client returns a client by its id, or store.ErrNotFound.
func (p *Plugin) Client(c *auth.Context, id string) (*Client, error) { return p.client(c, id) }

// ErrInvalidToken reports that a text is not a valid access token of the server. It is wrapped by an [*auth.Error] with a
// challenge, which a grant may return as is.
var ErrInvalidToken = errors.New("oauthprovider: invalid access token")

// AccessToken returns the claims of an access token of the server, a JWT or an opaque one, in the form of RFC 7662. It
// checks that the client still exists and that the session of the user has not ended. It does not check for which
// resource the token is, nor the possession of a key: see [Plugin.Presented].
func (p *Plugin) AccessToken(c *auth.Context, token string) (*js.Object, error) {
	v, err := p.validateAccessToken(c, token, nil, nil)
	if errors.Is(err, errUnknownToken) || err == nil && !v.isActive() {
		return nil, invalidAccessToken().Because(ErrInvalidToken)
	}
	if err != nil {
		return nil, err
	}
	return v.payload, nil
}

// Introspect returns what a client may know about an access token, in the form of RFC 7662; active is false for a token
// that has ended or is not for the client, and for a client that does not exist or is disabled. Without a clientID the
// server itself asks. The error wraps [ErrInvalidToken] for a text that is no token of the server.
func (p *Plugin) Introspect(c *auth.Context, token, clientID string) (*js.Object, error) {
	var asking *Client
	if clientID != "" {
		var err error
		if asking, err = p.enabledClient(c, clientID, nil, nil); err != nil {
			return nil, err
		}
		if asking == nil {
			return inactive().payload, nil
		}
	}
	v, err := p.validateAccessToken(c, token, asking, nil)
	if errors.Is(err, errUnknownToken) {
		return nil, invalidAccessToken().Because(ErrInvalidToken)
	}
	if err != nil {
		return nil, err
	}
	return v.payload, nil
}

// StoredToken returns the form in which a token is stored, to find it in its table. kind is access_token, refresh_token or
// authorization_code.
func (p *Plugin) StoredToken(c *auth.Context, token, kind string) (string, error) {
	return p.storedToken(c, token, kind)
}

// Presented returns the claims of the access token with which the request of a call came, in its Authorization header.
// A token that is bound to a key needs a proof for this method and address (RFC 9449). The error is an [*auth.Error]
// with a challenge.
func (p *Plugin) Presented(c *auth.Context, method, url string) (*js.Object, error) {
	header, _ := c.RequestHeaderValue("Authorization")
	token := presentedIn(header)
	if token.Scheme == "Unknown" {
		return nil, challenge(&auth.Error{Status: 401}, "Bearer")
	}
	v, err := p.activeAccessToken(c, token.Token)
	if err != nil {
		return nil, err
	}
	return v.payload, p.checkPossession(c, v.payload, token, method, url)
}

// UseAssertion checks the audience, the times and the jti of an assertion that an extension has verified, and uses it up:
// it works once. namespace names the method and the client; audience is that of the [AssertionInput]. The error is an
// [*auth.Error].
func (p *Plugin) UseAssertion(c *auth.Context, namespace, audience string, claims *js.Object) error {
	aud, _ := claims.Get("aud")
	if !slices.Contains(textsOf(aud), audience) {
		return badClient("client assertion aud does not match the endpoint")
	}
	members, err := secret.ParseMembers(js.Marshal(claims))
	if err != nil {
		return err
	}
	return p.consumeAssertion(c, namespace, members)
}
