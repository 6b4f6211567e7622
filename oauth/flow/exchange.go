package flow

import (
	"errors"
	"math"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// Callback holds the parameters with which the provider sent the browser back.
type Callback struct {
	Code, Issuer, DeviceID string
	User                   string // JSON, from some providers
	CodeVerifier, Nonce    string // of the flow
}

// Exchanged is the identity that a callback proved.
type Exchanged struct {
	Tokens    *oauth.Tokens
	Identity  *oauth.Identity
	AccountID string // the provider's id of the account
}

var errAccountID = errors.New("flow: the provider returned no id of the account")

// Exchange exchanges the code of a callback for tokens and returns the identity. problem is the error for the browser
// if that fails; err ends the call.
func Exchange(c *auth.Context, p oauth.Provider, back Callback) (out *Exchanged, problem string, err error) {
	info := p.Info()
	if back.Issuer != "" && info.Issuer != "" && back.Issuer != info.Issuer {
		c.Log.ErrorContext(c, "OAuth issuer mismatch", "expected", info.Issuer, "received", back.Issuer)
		return nil, IssuerMismatch, nil
	}
	if belongsElsewhere(c, back.CodeVerifier, info.ID) {
		c.Log.WarnContext(c, "an OAuth flow returned from another provider than the one it started with", "provider", info.ID)
		return nil, StateMismatch, nil
	}
	if info.NonceRequired && back.Nonce == "" {
		c.Log.ErrorContext(c, "the flow has no nonce to bind ID tokens to", "provider", info.ID)
		return nil, NonceBindingMissing, nil
	}
	call := Call(c)
	tokens, err := p.Exchange(call, oauth.CodeRequest{
		Code: back.Code, CodeVerifier: back.CodeVerifier, DeviceID: back.DeviceID, RedirectURI: RedirectURI(c, p),
	})
	if err != nil || tokens == nil {
		c.Log.ErrorContext(c, "the authorization code could not be exchanged", "provider", info.ID, "error", err)
		return nil, InvalidCode, nil
	}
	ask := oauth.UserInfoRequest{Tokens: *tokens, Nonce: back.Nonce}
	if posted, failed := js.Parse([]byte(back.User)); failed == nil {
		ask.User, _ = posted.(*js.Object)
	}
	id, err := p.UserInfo(call, ask)
	if err != nil {
		return nil, "", auth.FromCallback(err)
	}
	if id == nil || id.User == nil {
		c.Log.ErrorContext(c, "the provider returned no user", "provider", info.ID)
		return nil, UnableToGetUserInfo, nil
	}
	account, err := AccountID(call, p, tokens, id.Profile)
	if err != nil {
		c.Log.ErrorContext(c, "the provider's account has no id", "provider", info.ID, "error", err)
		return nil, UnableToGetUserInfo, nil
	}
	return &Exchanged{Tokens: tokens, Identity: id, AccountID: account}, "", nil
}

// AccountID returns the provider's id of the account in a profile. If there is none, it returns an error, because
// accounts could not be distinguished.
func AccountID(call *oauth.Call, p oauth.Provider, tokens *oauth.Tokens, profile *js.Object) (string, error) {
	subject, err := p.Subject(call, tokens, profile)
	if err != nil {
		return "", err
	}
	if n, ok := subject.(float64); ok && (math.IsNaN(n) || math.IsInf(n, 0)) {
		return "", errAccountID
	}
	id := js.String(subject)
	if strings.TrimSpace(js.Trim(id)) == "" || id == "undefined" || id == "null" {
		return "", errAccountID
	}
	return id, nil
}
