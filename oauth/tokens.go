package oauth

import (
	"math"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Tokens holds what a token endpoint returned. Zero values are absent.
type Tokens struct {
	TokenType             string
	AccessToken           string
	RefreshToken          string
	AccessTokenExpiresAt  time.Time
	RefreshTokenExpiresAt time.Time
	Scopes                []string // nil if the scopes are not known
	IDToken               string
	Raw                   *js.Object // the whole answer
	Extra                 *js.Object // members that only this provider has, such as openid
}

// tokensOf reads the answer of a token endpoint (getOAuth2Tokens in @better-auth/core/dist/oauth2/utils.mjs).
func tokensOf(data any, now time.Time) *Tokens {
	raw, _ := data.(*js.Object)
	return &Tokens{
		TokenType:             tokenText(data, "token_type"),
		AccessToken:           tokenText(data, "access_token"),
		RefreshToken:          tokenText(data, "refresh_token"),
		AccessTokenExpiresAt:  after(now, Member(data, "expires_in")),
		RefreshTokenExpiresAt: after(now, Member(data, "refresh_token_expires_in")),
		Scopes:                scopesOf(Member(data, "scope")),
		IDToken:               tokenText(data, "id_token"),
		Raw:                   raw,
	}
}

func tokenText(data any, name string) string {
	v := Member(data, name)
	if !IsSet(v) {
		return ""
	}
	return js.String(v)
}

// after returns the time that many seconds from now, or the zero time if seconds is not a number.
func after(now time.Time, seconds any) time.Time {
	if !js.Truthy(seconds) {
		return time.Time{}
	}
	n := js.ToNumber(seconds)
	if math.IsNaN(n) || math.Abs(n) > 1e10 {
		return time.Time{}
	}
	return now.Add(time.Duration(n * float64(time.Second)))
}

// Object returns the tokens in the form that callbacks receive.
func (t *Tokens) Object() *js.Object {
	o := js.NewObject()
	put := func(name, v string) {
		if v != "" {
			o.Set(name, v)
		}
	}
	at := func(name string, v time.Time) {
		if !v.IsZero() {
			o.Set(name, v)
		}
	}
	put("tokenType", t.TokenType)
	put("accessToken", t.AccessToken)
	put("refreshToken", t.RefreshToken)
	at("accessTokenExpiresAt", t.AccessTokenExpiresAt)
	at("refreshTokenExpiresAt", t.RefreshTokenExpiresAt)
	if t.Scopes != nil {
		o.Set("scopes", t.Scopes)
	}
	put("idToken", t.IDToken)
	if t.Raw != nil {
		o.Set("raw", t.Raw)
	}
	return Spread(o, t.Extra)
}

// TokensFrom converts the result of a callback to tokens; nil if there is none.
func TokensFrom(o *js.Object) *Tokens {
	if o == nil {
		return nil
	}
	t := &Tokens{
		TokenType: Text(Member(o, "tokenType")), AccessToken: Text(Member(o, "accessToken")),
		RefreshToken: Text(Member(o, "refreshToken")), IDToken: Text(Member(o, "idToken")),
		AccessTokenExpiresAt: timeOf(Member(o, "accessTokenExpiresAt")), RefreshTokenExpiresAt: timeOf(Member(o, "refreshTokenExpiresAt")),
	}
	t.Raw, _ = Member(o, "raw").(*js.Object)
	if list, ok := Member(o, "scopes").([]any); ok {
		t.Scopes = scopesOf(list)
	}
	return t
}

func timeOf(v any) time.Time {
	switch v := v.(type) {
	case time.Time:
		return v
	case string:
		t, _ := js.ParseDate(v)
		return t
	case float64:
		t, _ := js.DateOf(v)
		return t
	}
	return time.Time{}
}

// DefaultExpiry sets the expiry of an access token if the provider did not return one. With seconds 0 it sets
// nothing.
func (t *Tokens) DefaultExpiry(now time.Time, seconds float64) {
	if t != nil && t.AccessTokenExpiresAt.IsZero() && seconds != 0 {
		t.AccessTokenExpiresAt = now.Add(time.Duration(seconds * float64(time.Second)))
	}
}
