package oauth

import (
	"errors"
	"fmt"
	"slices"

	"github.com/seed-32bd42cb/betterauth/js"
)

// Reasons why a provider cannot start a flow.
var (
	ErrSecretNeeded   = errors.New("oauth: CLIENT_ID_AND_SECRET_REQUIRED")
	ErrVerifierNeeded = errors.New("oauth: codeVerifier is required")
)

// Spec describes a provider as data. Most providers need only a few of the functions.
type Spec struct {
	ID, Name string
	Options  *Options
	Problem  error // the options cannot be used

	AuthorizationURL string // authorization endpoint
	TokenURL         string // token endpoint
	Scopes           []string
	// RequestFirst puts the scopes of the request before those of the options.
	RequestFirst bool
	NeedSecret   bool // no flow without client id and secret
	PKCE         bool // send code_challenge and code_verifier
	LoginHint    bool // pass login_hint on
	FixedParams  bool // do not pass the request's additional parameters on

	// Authorize adds the special parameters of this provider to the authorization request.
	Authorize func(a *Authorization, r AuthorizationRequest)
	// Address replaces the construction of the authorization URL.
	Address func(r AuthorizationRequest) (string, error)

	Basic        bool // send the secret in the Authorization header, in both requests
	BasicCode    bool // only in the request with a code
	Auth         *TokenEndpointAuth
	CodeHeader   [][2]string // additional headers of the request with a code
	NoClientKey  bool
	DeviceID     bool // send device_id with a code
	RefreshParam Params
	NoRefresh    bool

	// ExchangeCode and RefreshToken replace the requests to the token endpoint.
	ExchangeCode func(c *Call, r CodeRequest) (*Tokens, error)
	RefreshToken func(c *Call, refreshToken string) (*Tokens, error)

	IDTokens *IDTokens

	// Identify fetches or decodes the provider's profile and converts it to a user. A nil profile means that the
	// provider returned none.
	Identify func(c *Call, r UserInfoRequest) (profile, user *js.Object, err error)
	// Otherwise is called if Identify or mapProfileToUser failed.
	Otherwise func(c *Call, r UserInfoRequest) (profile, user *js.Object, err error)
	// Merge combines the user and the result of mapProfileToUser; nil means no user. By default the members of the
	// latter take precedence.
	Merge func(profile, user, mapped *js.Object) *js.Object
	// Quiet treats a profile that cannot be fetched or read as no user instead of an error.
	Quiet bool
	// Guard runs before the option getUserInfo; false means no user.
	Guard func(c *Call, r UserInfoRequest) (bool, error)
	// Subject returns the provider's id of the account.
	Subject func(profile *js.Object) any
}

// provider implements Provider for a Spec.
type provider struct{ Spec }

// New returns the provider that s describes.
func New(s Spec) Provider { return provider{s} }

// Info implements [Provider].
func (p provider) Info() Info {
	o := p.Options
	return Info{
		ID: p.ID, Name: p.Name, Audience: o.ClientID,
		IDTokenSignIn:         !o.DisableIDTokenSignIn && (p.IDTokens != nil || o.VerifyIDToken != nil),
		Refreshes:             !p.NoRefresh,
		DisableImplicitSignUp: o.DisableImplicitSignUp, DisableSignUp: o.DisableSignUp,
		OverrideUserInfo: o.OverrideUserInfoOnSignIn, RequireEmailVerification: o.RequireEmailVerification,
		Problem: p.Problem,
	}
}

// AuthorizationURL implements [Provider].
func (p provider) AuthorizationURL(_ *Call, r AuthorizationRequest) (string, error) {
	o := p.Options
	if p.NeedSecret && (o.ClientID.Primary() == "" || o.ClientSecret == "") {
		return "", fmt.Errorf("%w: %s", ErrSecretNeeded, p.ID)
	}
	if p.Address != nil {
		return p.Address(r)
	}
	a := Authorization{
		Endpoint: orText(o.AuthorizationEndpoint, p.Spec.AuthorizationURL), ClientID: o.ClientID.Primary(),
		State: r.State, Scopes: p.ScopesOf(r), RedirectURI: orText(o.RedirectURI, r.RedirectURI),
	}
	if p.PKCE {
		a.CodeVerifier = r.CodeVerifier
	}
	if p.LoginHint {
		a.LoginHint = r.LoginHint
	}
	if !p.FixedParams {
		a.Additional = slices.Clone(r.Additional)
	}
	if p.Authorize != nil {
		p.Authorize(&a, r)
	}
	return a.URL()
}

// ScopesOf returns the scopes of a request: those of the provider, of the options, and of the request.
func (s *Spec) ScopesOf(r AuthorizationRequest) []string {
	var out []string
	if !s.Options.DisableDefaultScope {
		out = slices.Clone(s.Scopes)
	}
	if s.RequestFirst {
		return append(append(out, r.Scopes...), s.Options.Scope...)
	}
	return append(append(out, s.Options.Scope...), r.Scopes...)
}

func (p provider) client() *Client {
	o := p.Options
	cl := &Client{Endpoint: p.TokenURL, ID: o.ClientID.Primary(), Secret: o.ClientSecret, Basic: p.Basic, Auth: p.Auth, RefreshParam: p.RefreshParam}
	if !p.NoClientKey {
		cl.Key = o.ClientKey
	}
	return cl
}

// Exchange implements [Provider].
func (p provider) Exchange(c *Call, r CodeRequest) (*Tokens, error) {
	r.RedirectURI = orText(p.Options.RedirectURI, r.RedirectURI)
	if !p.DeviceID {
		r.DeviceID = ""
	}
	if !p.PKCE {
		r.CodeVerifier = ""
	}
	if p.ExchangeCode != nil {
		return p.ExchangeCode(c, r)
	}
	cl := p.client()
	cl.Basic = p.Basic || p.BasicCode
	cl.Header = p.CodeHeader
	return cl.Exchange(c, r)
}

// Refresh implements [Provider].
func (p provider) Refresh(c *Call, refreshToken string) (*Tokens, error) {
	own := p.Options.RefreshAccessToken
	switch {
	case p.NoRefresh:
		return nil, ErrUnsupported
	case own != nil:
		answer, err := own(c, RefreshArgument{RefreshToken: refreshToken, Endpoint: c.Endpoint})
		return TokensFrom(answer), err
	case p.RefreshToken != nil:
		return p.RefreshToken(c, refreshToken)
	}
	return p.client().Refresh(c, refreshToken)
}

// UserInfo implements [Provider].
func (p provider) UserInfo(c *Call, r UserInfoRequest) (*Identity, error) {
	if own := p.Options.GetUserInfo; own != nil {
		if p.Guard != nil {
			if ok, err := p.Guard(c, r); !ok || err != nil {
				return nil, err
			}
		}
		answer, err := own(c, TokensArgument{r})
		return identity(answer), err
	}
	id, err := p.identify(c, r, p.Identify)
	if err != nil && p.Otherwise != nil {
		c.Log.ErrorContext(c, "the provider's user info could not be read; it is requested in another way", "provider", p.ID, "error", err)
		id, err = p.identify(c, r, p.Otherwise)
	}
	if err != nil && p.Quiet {
		c.Log.ErrorContext(c, "the provider's user info could not be read", "provider", p.ID, "error", err)
		return nil, nil
	}
	return id, err
}

func (p provider) identify(c *Call, r UserInfoRequest, ask func(*Call, UserInfoRequest) (*js.Object, *js.Object, error)) (*Identity, error) {
	profile, user, err := ask(c, r)
	if err != nil || profile == nil {
		return nil, err
	}
	var mapped *js.Object
	if own := p.Options.MapProfileToUser; own != nil {
		if mapped, err = own(c, profile); err != nil {
			return nil, err
		}
	}
	if p.Merge != nil {
		user = p.Merge(profile, user, mapped)
	} else {
		user = Spread(user, mapped)
	}
	if user == nil {
		return nil, nil
	}
	return &Identity{User: user, Profile: profile}, nil
}

// Subject implements [Provider].
func (p provider) Subject(_ *Call, _ *Tokens, profile *js.Object) (any, error) {
	if profile == nil {
		return nil, errors.New("oauth: there is no profile")
	}
	return p.Spec.Subject(profile), nil
}

// VerifyIDToken implements [Provider].
func (p provider) VerifyIDToken(c *Call, token, nonce string) bool {
	switch own := p.Options.VerifyIDToken; {
	case p.Options.DisableIDTokenSignIn:
		return false
	case own != nil:
		ok, err := own(c, VerifyRequest{Token: token, Nonce: nonce, Endpoint: c.Endpoint})
		if err != nil && c.Log != nil {
			c.Log.ErrorContext(c, "verifyIdToken failed; the token is refused", "provider", p.ID, "error", err)
		}
		return err == nil && ok
	}
	return p.IDTokens.Accepts(c, token, nonce)
}

// EndSessionURL implements [Provider].
func (p provider) EndSessionURL(*Call, EndSessionRequest) (string, error) { return "", nil }
