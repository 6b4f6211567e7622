package oauth

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// Options are the options that every social provider has.
type Options struct {
	Enabled               *bool     `json:"enabled"` // default true
	ClientID              ClientIDs `json:"clientId"`
	ClientSecret          string    `json:"clientSecret"`
	ClientKey             string    `json:"clientKey"` // TikTok's name for a client id
	Scope                 []string  `json:"scope"`     // besides the provider's own
	DisableDefaultScope   bool      `json:"disableDefaultScope"`
	RedirectURI           string    `json:"redirectURI"`
	AuthorizationEndpoint string    `json:"authorizationEndpoint"`
	Prompt                string    `json:"prompt"`
	ResponseMode          string    `json:"responseMode"`

	DisableIDTokenSignIn     bool `json:"disableIdTokenSignIn"`
	DisableImplicitSignUp    bool `json:"disableImplicitSignUp"` // sign-up only where the client asks for it
	DisableSignUp            bool `json:"disableSignUp"`
	OverrideUserInfoOnSignIn bool `json:"overrideUserInfoOnSignIn"`
	RequireEmailVerification bool `json:"requireEmailVerification"`

	VerifyIDToken      callback.Func[VerifyRequest, bool]         `json:"verifyIdToken"`
	GetUserInfo        callback.Func[TokensArgument, *js.Object]  `json:"getUserInfo"`
	RefreshAccessToken callback.Func[RefreshArgument, *js.Object] `json:"refreshAccessToken"`
	MapProfileToUser   callback.Func[*js.Object, *js.Object]      `json:"mapProfileToUser"`
}

// ClientIDs are the ids that a client goes by: the first one begins flows, all
// of them are good audiences of ID tokens.
type ClientIDs []string

// Primary is the id that flows begin with, "" when there is none.
func (c ClientIDs) Primary() string {
	if len(c) == 0 {
		return ""
	}
	return c[0]
}

// UnmarshalJSON reads a text or a list of texts.
func (c *ClientIDs) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
		*c = nil
		return nil
	case string:
		*c = ClientIDs{v}
		return nil
	case []any:
		list := make(ClientIDs, 0, len(v))
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return errors.New("must be a text or a list of texts")
			}
			list = append(list, s)
		}
		*c = list
		return nil
	}
	return errors.New("must be a text or a list of texts")
}

// VerifyRequest asks whether a client's ID token is authentic.
type VerifyRequest struct {
	Token, Nonce string
	Endpoint     any
}

// Arguments implements [callback.Arguer].
func (r VerifyRequest) Arguments() []any {
	nonce := any(js.Undefined{})
	if r.Nonce != "" {
		nonce = r.Nonce
	}
	return []any{r.Token, nonce, orUndefinedValue(r.Endpoint)}
}

func orUndefinedValue(v any) any {
	if v == nil {
		return js.Undefined{}
	}
	return v
}

// TokensArgument asks who tokens belong to. The answer is {user, data} or null.
type TokensArgument struct{ UserInfoRequest }

// Arguments implements [callback.Arguer].
func (t TokensArgument) Arguments() []any {
	o := t.Tokens.Object()
	if t.Nonce != "" {
		o.Set("expectedIdTokenNonce", t.Nonce)
	}
	if t.User != nil {
		o.Set("user", t.User)
	}
	return []any{o}
}

// RefreshArgument asks for new tokens.
type RefreshArgument struct {
	RefreshToken string
	Endpoint     any
}

// Arguments implements [callback.Arguer].
func (r RefreshArgument) Arguments() []any {
	return []any{r.RefreshToken, orUndefinedValue(r.Endpoint)}
}

// identity reads {user, data} of a callback; nil when there is no user.
func identity(answer *js.Object) *Identity {
	if answer == nil {
		return nil
	}
	user, ok := Member(answer, "user").(*js.Object)
	if !ok || user == nil {
		return nil
	}
	profile, _ := Member(answer, "data").(*js.Object)
	return &Identity{User: user, Profile: profile}
}
