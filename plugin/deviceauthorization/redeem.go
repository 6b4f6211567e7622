package deviceauthorization

import (
	"errors"
	"math"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type tokenRequest struct {
	DeviceCode string `json:"device_code"`
	ClientID   string `json:"client_id"`
}

// BodySchema describes the body, which names the grant.
func (tokenRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("grant_type", schema.Literal("urn:ietf:params:oauth:grant-type:device_code").Doc("The grant type for device flow")),
		schema.Field("device_code", schema.String().Doc("The device verification code")),
		schema.Field("client_id", schema.String().Doc("The client ID of the application")),
	)
}

type tokenAnswer struct {
	AccessToken string  `json:"access_token"`
	TokenType   string  `json:"token_type"`
	ExpiresIn   float64 `json:"expires_in"`
	Scope       string  `json:"scope"`
}

func (p *Plugin) redeem() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deviceToken", Methods: []string{http.MethodPost}, Path: "/device/token", Session: auth.Public, NoStore: true,
		Summary: "Exchange device code for access token", OpenAPI: tokenDocument(),
	}, func(c *auth.Context, in *tokenRequest) (*tokenAnswer, error) {
		if err := p.checkClient(c, in.ClientID); err != nil {
			return nil, err
		}
		row, user, err := p.take(c, in)
		if err != nil {
			return nil, err
		}
		session, err := c.SignIn(user, auth.SignIn{Method: "device-authorization", Approved: true, NoCookies: true})
		if errors.Is(err, store.ErrDropped) {
			return nil, broken(auth.FailedToCreateSession)
		}
		if err != nil {
			return nil, err
		}
		answer := &tokenAnswer{AccessToken: session.Token, TokenType: "Bearer", ExpiresIn: math.Floor(session.ExpiresAt.Sub(c.Now()).Seconds())}
		if row.Scope != nil {
			answer.Scope = *row.Scope
		}
		return answer, nil
	})
}

// take uses an approved device code up and returns it with its user. Of several simultaneous callers one gets it.
func (p *Plugin) take(c *auth.Context, in *tokenRequest) (*deviceCode, *auth.User, error) {
	row, err := p.find(c, in.DeviceCode)
	if err != nil {
		return nil, nil, err
	}
	if row.ClientID != nil && *row.ClientID != "" && *row.ClientID != in.ClientID {
		return nil, nil, bad(invalidGrant, "Client ID mismatch")
	}
	if row.OAuthClientID != nil {
		return nil, nil, bad(invalidGrant, "This device code must be exchanged at the OAuth token endpoint (/oauth2/token).")
	}
	if err := p.poll(c, row); err != nil {
		return nil, nil, err
	}
	user, err := p.approvedBy(c, row, func() error { return nil })
	if err != nil {
		return nil, nil, err
	}
	taken, err := p.codes.Take(c, store.Is("id", row.ID), store.Given("clientId", in.ClientID), store.Is("status", approved))
	if errors.Is(err, store.ErrNotFound) || err == nil && taken.UserID == nil {
		return nil, nil, bad(invalidGrant, InvalidDeviceCode.Message)
	}
	return taken, user, err
}

// poll notes that the device asked, and returns the answer for a code that is not approved.
func (p *Plugin) poll(c *auth.Context, row *deviceCode) error {
	if last, wait := row.LastPolledAt, row.PollingInterval; last != nil && wait != nil && milliseconds(c.Now().Sub(*last)) < *wait {
		return bad(slowDown, PollingTooFrequently.Message)
	}
	this := store.Is("id", row.ID)
	if _, err := p.codes.Update(c, []store.Where{this}, store.Record{"lastPolledAt": c.Now()}); store.UnlessGone(err) != nil {
		return err
	}
	ended := func(name string, code auth.Code) error {
		if err := p.codes.Delete(c, this); err != nil {
			return err
		}
		return bad(name, code.Message)
	}
	switch {
	case row.ExpiresAt.Before(c.Now()):
		return ended(expiredToken, ExpiredDeviceCode)
	case row.Status == pending:
		return bad(authorizationPending, AuthorizationPending.Message)
	case row.Status == denied:
		return ended(accessDenied, AccessDenied)
	}
	return nil
}
