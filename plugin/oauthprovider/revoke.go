package oauthprovider

import (
	"errors"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
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

// revoke ends a token (RFC 7009). As in the reference, a text that is no token is a 400, although the standard asks for a
// 200; a token of another client is answered with null.
func (p *Plugin) revoke(c *auth.Context, in *inspected) (*any, error) {
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
		answer, err := p.revokeAccessToken(c, client, token)
		if !errors.Is(err, errUnknownToken) {
			return answer, err
		}
		if in.TokenTypeHint == kindAccessToken {
			return nil, badToken(invalidRequest, "Invalid access token")
		}
	}
	answer, err := p.revokeRefreshToken(c, client, token)
	var refused *auth.Error
	if errors.As(err, &refused) && in.TokenTypeHint != kindRefreshToken {
		err = errUnknownToken
	}
	if errors.Is(err, errUnknownToken) {
		err = badToken(invalidRequest, "token not found")
	}
	return answer, err
}

// ended is the answer for a token that was ended: nothing. That for one which the client cannot end is null.
func ended() *any {
	var nothing any = js.Undefined{}
	return &nothing
}

// revokeAccessToken deletes an opaque access token. A JWT cannot be ended before it expires, which the client is told. The
// error is errUnknownToken for a text that is no access token.
func (p *Plugin) revokeAccessToken(c *auth.Context, client *Client, token string) (*any, error) {
	claims, err := p.openAccessJWT(c, token)
	if errors.Is(err, secret.ErrExpired) {
		return nil, nil
	}
	if err == nil {
		audience, _ := claims.Get("aud")
		ok, err := p.audienceAllowed(c, audience, userInfoResource(c))
		if err == nil && ok && member(claims, "azp") != "" {
			err = badToken("unsupported_token_type", "JWT access tokens are self-contained and cannot be revoked server-side")
		}
		return nil, err
	}
	if !errors.Is(err, errUnknownToken) {
		return nil, err
	}
	row, _, err := p.opaqueToken(c, token)
	if err != nil || row.ClientID != client.ClientID {
		return nil, err
	}
	return ended(), p.access.Delete(c, store.Is("id", row.ID))
}

// revokeRefreshToken ends a refresh token and the opaque access tokens that came with it. If it has ended already,
// somebody else may have used it: the whole family ends.
func (p *Plugin) revokeRefreshToken(c *auth.Context, client *Client, token string) (*any, error) {
	row, _, err := p.refreshTokenOf(c, token)
	if errors.Is(err, store.ErrNotFound) {
		return nil, errUnknownToken
	}
	if err != nil {
		return nil, err
	}
	spent := func() (*any, error) {
		if err := p.endFamily(c, client.ClientID, row.UserID); err != nil {
			return nil, err
		}
		return nil, badToken(invalidRequest, "refresh token revoked")
	}
	if row.Revoked != nil {
		return spent()
	}
	if row.ClientID != client.ClientID {
		return nil, nil
	}
	at := time.Unix(c.Now().Unix(), 0).UTC()
	_, err = c.Store.Increment(c, refreshModel, []store.Where{store.Is("id", row.ID), store.Is("revoked", nil)}, store.Change{Set: store.Record{"revoked": at}})
	if errors.Is(err, store.ErrNotFound) {
		return spent()
	}
	if err != nil {
		return nil, err
	}
	_, err = c.Store.DeleteMany(c, accessModel, store.Is("refreshId", row.ID))
	return ended(), err
}
