package genericoauth

import (
	"net/url"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
)

// provider is a config completed by discovery.
type provider struct {
	Config
	issuer string
	ends   string // end session endpoint
	oidc   bool   // the provider signs ID tokens
	tokens *oauth.IDTokens
}

// Info implements [oauth.Provider].
func (p *provider) Info() oauth.Info {
	name := p.Name
	if name == "" {
		name = p.ProviderID
	}
	return oauth.Info{
		ID: p.ProviderID, Name: name, Issuer: p.issuer, Audience: []string{p.ClientID},
		IDTokenSignIn: p.tokens != nil, Refreshes: true, EndsSessions: true, IDPInitiated: p.AllowIDPInitiated,
		NonceRequired:         p.tokens != nil && !p.DisableIDTokenNonceBinding,
		DisableImplicitSignUp: p.DisableImplicitSignUp, DisableSignUp: p.DisableSignUp,
		OverrideUserInfo: p.OverrideUserInfo, RequireEmailVerification: p.RequireEmailVerification,
	}
}

func (p *provider) pkce() bool { return *p.PKCE }

// AuthorizationURL implements [oauth.Provider].
func (p *provider) AuthorizationURL(_ *oauth.Call, r oauth.AuthorizationRequest) (string, error) {
	if p.Config.AuthorizationURL == "" {
		return "", auth.BadRequest(InvalidConfiguration)
	}
	scopes := append(slices.Clone(r.Scopes), p.Scopes...)
	if p.oidc && !slices.Contains(scopes, "openid") {
		scopes = append([]string{"openid"}, scopes...)
	}
	a := oauth.Authorization{
		Endpoint: p.Config.AuthorizationURL, ClientID: p.ClientID, State: r.State, Scopes: scopes, RedirectURI: orText(p.RedirectURI, r.RedirectURI),
		Prompt: p.Prompt, AccessType: p.AccessType, ResponseType: p.ResponseType, ResponseMode: p.ResponseMode, Nonce: r.Nonce, LoginHint: r.LoginHint,
		Additional: slices.Clone(p.AuthorizationURLParams),
	}
	for _, q := range r.Additional {
		a.Additional.Set(q.Name, q.Value)
	}
	if p.pkce() {
		a.CodeVerifier = r.CodeVerifier
	}
	return a.URL()
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (p *provider) client() *oauth.Client {
	return &oauth.Client{
		Endpoint: p.TokenURL, ID: p.ClientID, Secret: p.ClientSecret, Basic: p.Authentication == "basic", Auth: p.TokenEndpointAuth,
		Header: p.AuthorizationHeaders.Pairs(), CodeParams: p.TokenURLParams,
	}
}

// Exchange implements [oauth.Provider].
func (p *provider) Exchange(c *oauth.Call, r oauth.CodeRequest) (*oauth.Tokens, error) {
	if p.GetToken != nil {
		answer, err := p.GetToken(c, CodeArgument{r})
		t := oauth.TokensFrom(answer)
		t.DefaultExpiry(c.Now, p.AccessTokenExpiresIn)
		return t, err
	}
	if p.TokenURL == "" {
		return nil, auth.BadRequest(TokenURLNotFound)
	}
	if !p.pkce() {
		r.CodeVerifier = ""
	}
	r.DeviceID, r.RedirectURI = "", orText(p.RedirectURI, r.RedirectURI)
	t, err := p.client().Exchange(c, r)
	t.DefaultExpiry(c.Now, p.AccessTokenExpiresIn)
	return t, err
}

// Refresh implements [oauth.Provider].
func (p *provider) Refresh(c *oauth.Call, refreshToken string) (*oauth.Tokens, error) {
	if p.TokenURL == "" {
		return nil, auth.BadRequest(TokenURLNotFound)
	}
	client := p.client()
	client.RefreshParam = p.RefreshTokenParams.Fixed
	if tell := p.RefreshTokenParams.Func; tell != nil {
		answer, err := tell(c, EndpointArgument{c.Endpoint})
		if err != nil {
			return nil, err
		}
		client.RefreshParam = oauth.ParamsOf(answer)
	}
	t, err := client.Refresh(c, refreshToken)
	t.DefaultExpiry(c.Now, p.AccessTokenExpiresIn)
	return t, err
}

// VerifyIDToken implements [oauth.Provider].
func (p *provider) VerifyIDToken(c *oauth.Call, token, nonce string) bool {
	return p.tokens.Accepts(c, token, nonce)
}

// UserInfo implements [oauth.Provider]. An ID token is only used if it verifies, and user info only if it is for the
// same subject.
func (p *provider) UserInfo(c *oauth.Call, r oauth.UserInfoRequest) (*oauth.Identity, error) {
	nonce := r.Nonce
	r.Nonce = ""
	if r.Verified {
		r.Tokens, r.User = oauth.Tokens{IDToken: r.IDToken}, nil
	}
	if r.IDToken == "" || p.tokens == nil {
		return p.resolve(c, r, nil)
	}
	if !r.Verified && !p.VerifyIDToken(c, r.IDToken, nonce) {
		c.Log.ErrorContext(c, "generic-oauth: the ID token is invalid, or belongs to another flow", "provider", p.ProviderID)
		return nil, nil
	}
	claims, err := oauth.DecodeIDToken(r.IDToken)
	if err != nil {
		return nil, nil
	}
	return p.resolve(c, r, claims)
}

func (p *provider) resolve(c *oauth.Call, r oauth.UserInfoRequest, claims *js.Object) (*oauth.Identity, error) {
	raw, err := p.profile(c, r, claims)
	if err != nil || raw == nil {
		return nil, err
	}
	own := p.GetUserInfo != nil || p.identify != nil
	sub := oauth.Member(raw, "sub")
	if expected := oauth.Member(claims, "sub"); oauth.IsSet(expected) && (!own || oauth.IsSet(sub)) && js.String(sub) != js.String(expected) {
		return nil, nil
	}
	user := js.Obj("email", oauth.Member(raw, "email"), "emailVerified", oauth.IsTrue(oauth.Member(raw, "emailVerified")),
		"image", oauth.Member(raw, "image"), "name", oauth.Member(raw, "name"))
	if p.MapProfileToUser != nil {
		mapped, err := p.MapProfileToUser(c, raw)
		if err != nil {
			return nil, err
		}
		user = oauth.Spread(user, mapped)
	}
	if !oauth.IsSet(oauth.Member(user, "image")) {
		user.Set("image", js.Undefined{})
	}
	return &oauth.Identity{User: user, Profile: raw}, nil
}

func (p *provider) profile(c *oauth.Call, r oauth.UserInfoRequest, claims *js.Object) (*js.Object, error) {
	switch {
	case p.GetUserInfo != nil:
		return p.GetUserInfo(c, oauth.TokensArgument{UserInfoRequest: r})
	case p.identify != nil:
		return p.identify(c, r)
	}
	if r.IDToken != "" {
		if claims == nil {
			claims, _ = oauth.DecodeIDToken(r.IDToken)
		}
		if js.Truthy(oauth.Member(claims, "sub")) && js.Truthy(oauth.Member(claims, "email")) {
			known := js.Obj("id", oauth.Member(claims, "sub"), "emailVerified", oauth.IsTrue(oauth.Member(claims, "email_verified")), "image", oauth.Member(claims, "picture"))
			return oauth.Spread(known, claims), nil
		}
	}
	if p.UserInfoURL == "" || r.AccessToken == "" {
		return nil, nil
	}
	told, err := c.Get(p.UserInfoURL, r.AccessToken)
	if err != nil || told == nil {
		return nil, err
	}
	return oauth.Spread(told, js.Obj("email", oauth.Member(told, "email"), "emailVerified", oauth.IsTrue(oauth.Member(told, "email_verified")),
		"image", oauth.Member(told, "picture"), "name", oauth.Member(told, "name"))), nil
}

// Subject implements [oauth.Provider].
func (p *provider) Subject(c *oauth.Call, t *oauth.Tokens, profile *js.Object) (any, error) {
	switch {
	case p.AccountSubject != nil:
		return p.AccountSubject(c, SubjectArgument{Tokens: t.Object(), Profile: profile})
	case p.subject != nil:
		return p.subject(profile), nil
	case !p.oidc:
		return oauth.Either(oauth.Member(profile, "id"), ""), nil
	case p.tokens != nil && t.IDToken != "":
		claims, err := oauth.DecodeIDToken(t.IDToken)
		return oauth.Either(oauth.Member(claims, "sub"), ""), err
	}
	return oauth.Either(oauth.Member(profile, "sub"), ""), nil
}

// EndSessionURL implements [oauth.Provider].
func (p *provider) EndSessionURL(c *oauth.Call, r oauth.EndSessionRequest) (string, error) {
	u, err := url.Parse(p.ends)
	if p.DisableProviderLogout || p.ends == "" || err != nil || u.Scheme == "" {
		return "", nil
	}
	base, query, _ := strings.Cut(p.ends, "?")
	var q oauth.Params
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" {
			q.Add(decoded(name), decoded(value))
		}
	}
	q.SetIf("id_token_hint", r.IDToken)
	back := orText(r.PostLogoutRedirectURI, p.PostLogoutRedirectURI)
	switch {
	case back != "":
		if back, err = oauth.Resolve(c.BaseURL, back); err != nil {
			return "", err
		}
		q.Set("post_logout_redirect_uri", back)
		q.Set("client_id", p.ClientID)
		q.SetIf("state", r.State)
	case r.IDToken == "":
		q.Set("client_id", p.ClientID)
	}
	return q.Append(base)
}

func decoded(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
