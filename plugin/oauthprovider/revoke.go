package oauthprovider

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

func (p *Plugin) revokeEndpoint() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "oauth2Revoke", Methods: []string{http.MethodPost}, Path: "/oauth2/revoke", Session: auth.Public, CORS: auth.AnyOrigin,
		MediaTypes: []string{formType}, Summary: "Revoke an OAuth2 access or refresh token", OpenAPI: revokeDoc(),
		Invalid: invalid(invalidRequest, nil),
	}, p.revoke)
}

// revoke ends a token (RFC 7009). A token that is unknown, or of another client, is answered like one that was ended.
func (p *Plugin) revoke(c *auth.Context, in *inspected) (*auth.None, error) {
	who, err := p.credentialsOf(c, c.BaseURL+"/oauth2/revoke")
	if err != nil {
		return nil, err
	}
	if who.ClientID == "" {
		return nil, describeFirst(http.StatusUnauthorized, invalidClient, "missing required credentials")
	}
	token := withoutScheme(in.Token)
	if token == "" {
		return nil, badToken(invalidRequest, "missing a required token for introspection")
	}
	client, err := p.authenticated(c, who, clientCheck{})
	if err != nil {
		return nil, err
	}
	if in.mayBe(kindAccessToken) {
		if known, err := p.revokeAccessToken(c, client, token); known || err != nil {
			return nil, err
		}
	}
	if in.mayBe(kindRefreshToken) {
		return nil, p.revokeRefreshToken(c, client, token)
	}
	return nil, nil
}

// revokeAccessToken deletes an opaque access token. A JWT cannot be ended before it expires, which the client is told.
// known is false for a text that is no access token.
func (p *Plugin) revokeAccessToken(c *auth.Context, client *Client, token string) (known bool, err error) {
	claims, err := p.openAccessJWT(c, token)
	if errors.Is(err, secret.ErrExpired) {
		return true, nil
	}
	if err == nil {
		audience, _ := claims.Get("aud")
		ok, err := p.audienceAllowed(c, audience, userInfoResource(c))
		if err == nil && ok && member(claims, "azp") != "" {
			err = badToken("unsupported_token_type", "JWT access tokens are self-contained and cannot be revoked server-side")
		}
		return true, err
	}
	if !errors.Is(err, errUnknownToken) {
		return false, err
	}
	row, err := p.opaqueToken(c, token)
	if errors.Is(err, errUnknownToken) {
		return false, nil
	}
	if err != nil || row.ClientID != client.ClientID {
		return true, err
	}
	return true, p.access.Delete(c, store.Is("id", row.ID))
}

// revokeRefreshToken ends a refresh token and the opaque access tokens that came with it. If it has ended already,
// somebody else may have used it: the whole family ends.
func (p *Plugin) revokeRefreshToken(c *auth.Context, client *Client, token string) error {
	row, err := p.refreshTokenOf(c, token)
	var answer *auth.Error
	if errors.Is(err, store.ErrNotFound) || errors.As(err, &answer) {
		return nil
	}
	if err != nil {
		return err
	}
	if row.Revoked != nil {
		return p.endFamily(c, client.ClientID, row.UserID)
	}
	if row.ClientID != client.ClientID {
		return nil
	}
	at := time.Unix(c.Now().Unix(), 0).UTC()
	_, err = c.Store.Increment(c, refreshModel, []store.Where{store.Is("id", row.ID), store.Is("revoked", nil)}, store.Change{Set: store.Record{"revoked": at}})
	if errors.Is(err, store.ErrNotFound) {
		return p.endFamily(c, client.ClientID, row.UserID)
	}
	if err != nil {
		return err
	}
	_, err = c.Store.DeleteMany(c, accessModel, store.Is("refreshId", row.ID))
	return err
}
