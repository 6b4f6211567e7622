package oauth

import (
	"errors"
	"reflect"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Options are the options that all social providers have.
type Options struct {
	// False leaves the provider out.
	Enabled *bool `json:"enabled" default:"true"`
	// The client id, or a list of which the first one begins flows.
	ClientID ClientIDs `json:"clientId" unset:"needed"`
	// The client secret.
	ClientSecret string `json:"clientSecret" unset:"by provider"`
	// TikTok's name for the client id.
	ClientKey string `json:"clientKey"`
	// Scopes that are requested besides the provider's own.
	Scope []string `json:"scope"`
	// Does not request the provider's own scopes.
	DisableDefaultScope bool `json:"disableDefaultScope"`
	// Redirect address.
	RedirectURI string `json:"redirectURI" unset:"<baseURL><basePath>/callback/<provider>"`
	// Authorization address.
	AuthorizationEndpoint string `json:"authorizationEndpoint" unset:"the provider's"`
	// What the provider asks the user.
	Prompt string `json:"prompt" enum:"select_account,consent,login,none,select_account consent"`
	// How the provider answers.
	ResponseMode string `json:"responseMode" enum:"query,form_post"`

	// Refuses sign-in with an ID token that the client obtained.
	DisableIDTokenSignIn bool `json:"disableIdTokenSignIn"`
	// Creates users only where the client requests a sign-up.
	DisableImplicitSignUp bool `json:"disableImplicitSignUp"`
	// Creates no users.
	DisableSignUp bool `json:"disableSignUp"`
	// Copies name and picture to the user at every sign-in.
	OverrideUserInfoOnSignIn bool `json:"overrideUserInfoOnSignIn"`
	// Begins no session for a user whose address is not verified.
	RequireEmailVerification bool `json:"requireEmailVerification"`

	// Checks an ID token that a client obtained.
	VerifyIDToken callback.Func[VerifyRequest, bool] `json:"verifyIdToken" unset:"the provider's"`
	// Finds the user that tokens belong to.
	GetUserInfo callback.Func[TokensArgument, *js.Object] `json:"getUserInfo" unset:"the provider's"`
	// Fetches new tokens.
	RefreshAccessToken callback.Func[RefreshArgument, *js.Object] `json:"refreshAccessToken" unset:"the provider's"`
	// Changes the user that is made from a profile.
	MapProfileToUser callback.Func[*js.Object, *js.Object] `json:"mapProfileToUser"`
}

// ClientIDs are the ids of a client: flows use the first one, and all of them are accepted as the audience of ID
// tokens.
type ClientIDs []string

// Primary returns the id that flows use, or "" if there is none.
func (c ClientIDs) Primary() string {
	if len(c) == 0 {
		return ""
	}
	return c[0]
}

// OptionShape implements [option.Shaper].
func (ClientIDs) OptionShape() option.Shape {
	return option.Shape{Text: true, List: reflect.TypeFor[string]()}
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

// VerifyRequest is the argument of verifyIdToken.
type VerifyRequest struct {
	Token    string `arg:"0"`
	Nonce    string `arg:"1,omitempty"`
	Endpoint any    `arg:"2,omitempty"`
}

// TokensArgument is the argument of getUserInfo, whose result is {user, data} or null.
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

// RefreshArgument is the argument of refreshAccessToken.
type RefreshArgument struct {
	RefreshToken string `arg:"0"`
	Endpoint     any    `arg:"1,omitempty"`
}

// identity reads the result {user, data} of a callback. It returns nil if there is no user.
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
