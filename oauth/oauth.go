// Package oauth is the client's side of OAuth 2.0 and OpenID Connect: the
// address a browser is sent to, the exchange and renewal of tokens, the check
// of ID tokens, and what a provider must be able to do ([Provider]). Most
// providers are a [Spec], which is data with two or three small funcs.
//
// It must not know a server, its users or its sessions: what is signed in, and
// how, is said in oauth/flow. It knows no provider by name.
package oauth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
)

// ErrUnsupported is returned for what a provider cannot do.
var ErrUnsupported = errors.New("oauth: not supported by this provider")

// Call is what a provider needs to know of the call it works for.
type Call struct {
	context.Context
	Now  time.Time
	HTTP http.RoundTripper // nil is http.DefaultTransport
	Log  *slog.Logger
	// Endpoint is the endpoint context that callbacks are told of; nil outside
	// a call.
	Endpoint any
	// BaseURL is where the endpoints of the server are.
	BaseURL string
}

// Provider signs people in elsewhere. Its methods may be called at once by many
// goroutines.
type Provider interface {
	Info() Info
	// AuthorizationURL is where the browser is sent to sign in.
	AuthorizationURL(c *Call, r AuthorizationRequest) (string, error)
	// Exchange turns a code into tokens. It may return nil for a code that does
	// not hold.
	Exchange(c *Call, r CodeRequest) (*Tokens, error)
	// UserInfo says who the tokens belong to, nil when the provider does not
	// tell or its answer cannot be trusted.
	UserInfo(c *Call, r UserInfoRequest) (*Identity, error)
	// Subject is the provider's own and stable id of the account in a profile.
	Subject(c *Call, t *Tokens, profile *js.Object) (any, error)
	// Refresh renews tokens; ErrUnsupported when the provider has no such thing.
	Refresh(c *Call, refreshToken string) (*Tokens, error)
	// VerifyIDToken reports whether a token that a client sent is authentic.
	VerifyIDToken(c *Call, token, nonce string) bool
	// EndSessionURL is where the browser signs out of the provider, "" when
	// there is no such place.
	EndSessionURL(c *Call, r EndSessionRequest) (string, error)
}

// Info is what a provider is, and what its options say of signing in.
type Info struct {
	ID           string
	Name         string
	CallbackPath string // under the base URL; default /callback/<id>
	Issuer       string // a callback with another iss is refused; "" accepts any

	// Audience are the client ids, the primary one first.
	Audience []string

	IDTokenSignIn bool // clients may sign in with an ID token
	Refreshes     bool // Refresh works
	EndsSessions  bool // EndSessionURL may say something
	NonceRequired bool // ID tokens must be bound to the flow by a nonce
	IDPInitiated  bool // a callback without a state begins a flow of its own

	DisableImplicitSignUp    bool
	DisableSignUp            bool
	OverrideUserInfo         bool
	RequireEmailVerification bool

	// Problem is why the provider cannot be used as its options are; nil when
	// it can.
	Problem error
}

// Path is the path of the callback under the base URL.
func (i Info) Path() string {
	switch {
	case i.CallbackPath == "":
		return "/callback/" + i.ID
	case i.CallbackPath[0] == '/':
		return i.CallbackPath
	}
	return "/" + i.CallbackPath
}

// AuthorizationRequest is what a flow says of the sign-in it begins.
type AuthorizationRequest struct {
	State, CodeVerifier string
	Nonce               string // "" when the provider needs none
	RedirectURI         string
	Scopes              []string
	LoginHint           string
	Display             string
	Additional          []Param // never the reserved ones
}

// CodeRequest is a code that came back from the provider.
type CodeRequest struct{ Code, CodeVerifier, RedirectURI, DeviceID string }

// UserInfoRequest asks who tokens belong to.
type UserInfoRequest struct {
	Tokens
	// Nonce is what the flow bound ID tokens to, "" for nothing.
	Nonce string
	// User is what some providers post beside the code, once; may be nil.
	User *js.Object
	// Verified says that the ID token is a client's and has been verified.
	Verified bool
}

// EndSessionRequest asks for the place to sign out at.
type EndSessionRequest struct{ IDToken, PostLogoutRedirectURI, State string }

// Identity is who somebody is at a provider: the user as it would be kept here,
// and the provider's own profile. User has name, email, image and
// emailVerified, and what mapProfileToUser added.
type Identity struct{ User, Profile *js.Object }
