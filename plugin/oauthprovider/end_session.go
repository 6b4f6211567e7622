package oauthprovider

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// logoutRequest is a request of OpenID Connect RP-Initiated Logout. Its parameters may stand in the query and in the
// body; the body counts.
type logoutRequest struct {
	hint, clientID, redirect, state *string
}

type endSessionRequest struct{}

// BodySchema returns the schema of the body.
func (endSessionRequest) BodySchema() *schema.Schema { return logoutSchema() }

// QuerySchema returns the schema of the query.
func (endSessionRequest) QuerySchema() *schema.Schema { return logoutSchema() }

func logoutSchema() *schema.Schema {
	return schema.Object(
		schema.Field("id_token_hint", schema.String().Optional()),
		schema.Field("client_id", schema.String().Optional()),
		schema.Field("post_logout_redirect_uri", safeURL().Optional()),
		schema.Field("state", schema.String().Optional()),
	).Optional()
}

func (p *Plugin) endSessionEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oauth2EndSession", Methods: []string{http.MethodGet, http.MethodPost}, Path: "/oauth2/end-session", Session: auth.Public,
		MediaTypes: []string{"application/x-www-form-urlencoded", "application/json"}, NoStore: true, Invalid: invalid(invalidRequest, nil),
		Summary: "Sign out at the request of a client", OpenAPI: endSessionDocument(),
	}, func(c *auth.Context, _ *endSessionRequest) (*any, error) {
		answer, err := p.endSession(c, readLogout(c))
		return &answer, err
	})
}

// readLogout returns the parameters, after they were validated.
func readLogout(c *auth.Context) logoutRequest {
	member := func(name string) *string {
		for _, from := range []any{c.Body, c.Query} {
			if o, ok := from.(*js.Object); ok && o != nil {
				if v, _ := o.Get(name); v != nil {
					if s, ok := v.(string); ok {
						return &s
					}
				}
			}
		}
		return nil
	}
	return logoutRequest{member("id_token_hint"), member("client_id"), member("post_logout_redirect_uri"), member("state")}
}

// endSession ends the session that the ID token of the request names. If the token is not valid, or names another
// session than that of the browser, the user is asked first, so that no other site can sign them out.
func (p *Plugin) endSession(c *auth.Context, in logoutRequest) (any, error) {
	current, err := browserSession(c)
	if err != nil {
		return nil, err
	}
	if in.hint == nil {
		return p.endUnnamed(c, in, current)
	}
	client, err := p.hintedClient(c, in)
	if err != nil {
		return nil, err
	}
	if client == nil {
		if current != nil && isNavigation(c) {
			return p.askLogout(c, current, logoutState{})
		}
		return refuseLogout(c, http.StatusBadRequest, invalidClient, "The logout client does not exist")
	}
	if answer, refused, err := checkLogoutClient(c, client); refused {
		return answer, err
	}
	sessionID, err := p.openHint(c, *in.hint, client)
	if err != nil {
		return nil, err
	}
	if sessionID == "" {
		if current == nil || !isNavigation(c) {
			return refuseLogout(c, http.StatusUnauthorized, invalidToken, "The id_token_hint is invalid")
		}
		asked := logoutState{}
		if text(in.clientID) != "" {
			asked = in.pending(client)
		}
		return p.askLogout(c, current, asked)
	}
	if current != nil && current.Session.ID != sessionID {
		return p.askLogout(c, current, in.pending(client))
	}
	if err := endNamed(c, sessionID, current); err != nil {
		return nil, err
	}
	if err := clearLogoutState(c); err != nil {
		return nil, err
	}
	to, wrong := client.logoutRedirect(text(in.redirect), in.state)
	return loggedOut(c, to, wrong)
}

// endUnnamed asks the user to confirm a request without an ID token.
func (p *Plugin) endUnnamed(c *auth.Context, in logoutRequest, current *auth.SignedIn) (any, error) {
	asked := logoutState{}
	if id := text(in.clientID); id != "" {
		client, err := p.client(c, id)
		if errors.Is(err, store.ErrNotFound) {
			return refuseLogout(c, http.StatusBadRequest, invalidClient, "The logout client does not exist")
		}
		if err != nil {
			return nil, err
		}
		if answer, refused, err := checkLogoutClient(c, client); refused {
			return answer, err
		}
		asked = in.pending(client)
	}
	return p.askLogout(c, current, asked)
}

// checkLogoutClient refuses clients that must not sign users out.
func checkLogoutClient(c *auth.Context, client *Client) (answer any, refused bool, err error) {
	switch {
	case is(client.Disabled):
		answer, err = refuseLogout(c, http.StatusBadRequest, invalidClient, "The logout client is disabled")
	case !is(client.EnableEndSession):
		answer, err = refuseLogout(c, http.StatusUnauthorized, invalidClient, "The client is not allowed to initiate logout")
	default:
		return nil, false, nil
	}
	return answer, true, err
}

// endNamed ends the session with this id. current is that of the browser, or nil.
func endNamed(c *auth.Context, id string, current *auth.SignedIn) error {
	token, userID := "", ""
	row, err := c.Store.Get(c, "session", store.Given("id", id))
	switch {
	case err == nil:
		token, userID = row.Text("token"), row.Text("userId")
	case !errors.Is(err, store.ErrNotFound):
		return err
	case current != nil:
		token, userID = current.Session.Token, current.User.ID
	}
	if token != "" {
		if err := signOut(c, token, id, userID); err != nil {
			return err
		}
	}
	if current != nil {
		return c.DeleteSessionCookie()
	}
	return nil
}

func signOut(c *auth.Context, token, id, userID string) error {
	if err := c.Sessions.End(c, token); err != nil {
		return err
	}
	c.Emit(auth.Event{Name: auth.UserSignedOut, UserID: userID, SessionID: id})
	return nil
}

// browserSession returns the session of the browser's cookie, read from the store, or nil.
func browserSession(c *auth.Context) (*auth.SignedIn, error) {
	token, _ := c.SignedCookie(c.SessionTokenName())
	if token == "" {
		return nil, nil
	}
	return c.Sessions.Find(c, token)
}

// hintedClient returns the client that the request names, or else its ID token, or nil.
func (p *Plugin) hintedClient(c *auth.Context, in logoutRequest) (*Client, error) {
	id := text(in.clientID)
	if id == "" {
		id = clientOfToken(*in.hint)
	}
	if id == "" {
		return nil, nil
	}
	client, err := p.client(c, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return client, err
}

// clientOfToken returns the client that an ID token, not verified yet, was issued to, or "".
func clientOfToken(token string) string {
	claims := unverifiedClaims(token)
	if claims == nil {
		return ""
	}
	audience, _ := claims.Get("aud")
	if s, _ := audience.(string); s != "" {
		return s
	}
	party, _ := claims.Get("azp")
	if s, _ := party.(string); s != "" {
		return s
	}
	if many, _ := audience.([]any); len(many) > 0 {
		var texts []string
		for _, v := range many {
			if s, ok := v.(string); ok {
				texts = append(texts, s)
			}
		}
		if len(texts) == 1 {
			return texts[0]
		}
	}
	return ""
}

// openHint verifies an ID token that this server issued to the client, perhaps long ago, and returns the id of its
// session. It returns "" if the token is not valid, or cannot be verified because the keys are
// published elsewhere and cannot be read.
func (p *Plugin) openHint(c *auth.Context, token string, client *Client) (sessionID string, err error) {
	payload, err := p.verifiedHint(c, token, client)
	if errors.Is(err, jwt.ErrRemoteKeys) {
		c.Log.WarnContext(c, "oauth-provider: an id_token_hint cannot be verified", "client", client.ClientID, "error", err)
		return "", nil
	}
	if errors.Is(err, secret.ErrToken) {
		return "", nil
	}
	if err != nil || payload == nil {
		return "", err
	}
	v, err := js.Parse(payload)
	claims, ok := v.(*js.Object)
	if err != nil || !ok {
		return "", nil
	}
	member := func(name string) any { v, _ := claims.Get(name); return v }
	sid, _ := member("sid").(string)
	sub, _ := member("sub").(string)
	if member("iss") != p.issuer(c) || !slices.Contains(textsOf(member("aud")), client.ClientID) || sid == "" || sub == "" {
		return "", nil
	}
	return sid, nil
}

// verifiedHint returns the claims of an ID token whose signature is valid. Whether it has expired does not matter.
func (p *Plugin) verifiedHint(c *auth.Context, token string, client *Client) ([]byte, error) {
	if !p.opts.DisableJWTPlugin {
		_, payload, err := p.jwt.Open(c, token)
		return payload, err
	}
	if client.ClientSecret == nil || *client.ClientSecret == "" {
		return nil, nil
	}
	plain, err := p.openedSecret(c, *client.ClientSecret)
	if err != nil {
		c.Log.WarnContext(c, "oauth-provider: the secret of a client cannot be read", "client", client.ClientID, "error", err)
		return nil, nil
	}
	_, payload, err := secret.VerifyWith(plain, token)
	return payload, err
}

// logoutRedirect returns where the browser goes after the sign-out, or "". wrong means that the client asked for an
// address that it has not registered.
func (cl *Client) logoutRedirect(requested string, state *string) (to string, wrong bool) {
	if requested == "" {
		return "", false
	}
	if !slices.Contains(cl.PostLogoutRedirectURIs, requested) {
		return "", true
	}
	if text(state) == "" {
		return requested, false
	}
	to, err := origin.WithQuery("https://better-auth.invalid", requested, [][2]string{{"state", *state}})
	return to, err != nil
}

// loggedOut answers after a sign-out: by a redirect, a page, or null.
func loggedOut(c *auth.Context, to string, wrong bool) (any, error) {
	if to != "" {
		return redirect(c, to)
	}
	if !isNavigation(c) {
		return nil, nil
	}
	return loggedOutPage(wrong), nil
}

// unverifiedClaims returns the claims of a token whose signature is not checked, or nil.
func unverifiedClaims(token string) *js.Object {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil
	}
	v, err := js.Parse(payload)
	if err != nil {
		return nil
	}
	claims, _ := v.(*js.Object)
	return claims
}
