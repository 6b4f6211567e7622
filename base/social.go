package base

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// providerName is one of the reference's providers or any other text.
type providerName string

// Schema returns the schema of a provider's name.
func (providerName) Schema() *schema.Schema {
	return schema.Enum("apple", "atlassian", "cloudflare", "cognito", "discord", "facebook", "figma", "github", "microsoft", "google",
		"huggingface", "slack", "spotify", "twitch", "twitter", "dropbox", "kick", "linear", "linkedin", "gitlab", "tiktok", "reddit",
		"roblox", "salesforce", "vk", "zoom", "notion", "kakao", "naver", "line", "paybin", "paypal", "polar", "railway", "vercel", "wechat").
		Or(schema.String())
}

// authorizationParams are additional parameters for the authorization URL of a provider. Reserved ones are refused.
type authorizationParams map[string]string

// Schema returns the schema of the parameters.
func (authorizationParams) Schema() *schema.Schema {
	return schema.Record(schema.String()).Refine(func(v any) bool {
		o, ok := v.(*js.Object)
		return !ok || !slices.ContainsFunc(o.Keys(), func(k string) bool { return slices.Contains(oauth.Reserved(), k) })
	}, "additionalParams cannot include reserved OAuth parameters: "+strings.Join(oauth.Reserved(), ", ")).Doc("Extra query parameters to append to the provider authorization URL (e.g. Cognito identity_provider, Google hd).").Optional()
}

type postedName struct {
	FirstName *string `json:"firstName,omitempty"`
	LastName  *string `json:"lastName,omitempty"`
}

type postedUser struct {
	Name  *postedName `json:"name,omitempty"`
	Email *string     `json:"email,omitempty"`
}

type signInToken struct {
	Token        string      `json:"token" doc:"ID token from the provider"`
	Nonce        *string     `json:"nonce,omitempty" doc:"Nonce used to generate the token"`
	AccessToken  *string     `json:"accessToken,omitempty" doc:"Access token from the provider"`
	RefreshToken *string     `json:"refreshToken,omitempty" doc:"Refresh token from the provider"`
	ExpiresAt    *float64    `json:"expiresAt,omitempty" doc:"Expiry date of the token"`
	User         *postedUser `json:"user,omitempty" doc:"The user object from the provider. Only available for some providers like Apple."`
}

func (t *signInToken) request(body any) oauth.UserInfoRequest {
	r := oauth.UserInfoRequest{Verified: true, Tokens: oauth.Tokens{IDToken: t.Token, AccessToken: deref(t.AccessToken), RefreshToken: deref(t.RefreshToken)}}
	r.User, _ = oauth.Member(body, "idToken", "user").(*js.Object)
	return r
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

type socialRequest struct {
	CallbackURL        *string             `json:"callbackURL,omitempty" doc:"Callback URL to redirect to after the user has signed in"`
	NewUserCallbackURL *string             `json:"newUserCallbackURL,omitempty"`
	ErrorCallbackURL   *string             `json:"errorCallbackURL,omitempty" doc:"Callback URL to redirect to if an error happens"`
	Provider           providerName        `json:"provider"`
	DisableRedirect    *bool               `json:"disableRedirect,omitempty" doc:"Disable automatic redirection to the provider. Useful for handling the redirection yourself"`
	IDToken            *signInToken        `json:"idToken,omitempty"`
	Scopes             []string            `json:"scopes,omitempty" doc:"Array of scopes to request from the provider. This will override the default scopes passed."`
	RequestSignUp      *bool               `json:"requestSignUp,omitempty" doc:"Explicitly request sign-up. Useful when disableImplicitSignUp is true for this provider"`
	LoginHint          *string             `json:"loginHint,omitempty" doc:"The login hint to use for the authorization code request"`
	AdditionalParams   authorizationParams `json:"additionalParams,omitempty" doc:"Extra query parameters to append to the provider authorization URL (e.g. Cognito identity_provider, Google hd)."`
	AdditionalData     *js.Object          `json:"additionalData,omitempty"`
}

var signInSocial = auth.Handle(auth.Route{
	ID: "signInSocial", Methods: []string{http.MethodPost}, Path: "/sign-in/social", Session: auth.Public,
	Summary: "Sign in with a social provider",
}, socialSignIn)

func socialSignIn(c *auth.Context, in *socialRequest) (anyAnswer, error) {
	p := flow.FindProvider(c, string(in.Provider))
	if p == nil {
		return nil, auth.NotFound(auth.ProviderNotFound)
	}
	if in.IDToken != nil {
		return tokenSignIn(c, in, p)
	}
	return sendToProvider(c, p, begin{
		scopes: in.Scopes, loginHint: deref(in.LoginHint), noRedirect: in.DisableRedirect != nil && *in.DisableRedirect, additional: in.AdditionalData,
	})
}

// begin is what a client sends for a flow, besides the URLs in the body.
type begin struct {
	scopes     []string
	loginHint  string
	noRedirect bool
	additional *js.Object
	link       *flow.Link
}

// sendToProvider starts a flow and returns the URL to which the browser is sent.
func sendToProvider(c *auth.Context, p oauth.Provider, b begin) (anyAnswer, error) {
	state := &flow.State{Provider: p.Info().ID, Nonce: flow.Nonce(p), Additional: b.additional, Link: b.link}
	if err := state.FromBody(c); err != nil {
		return nil, err
	}
	if err := state.Begin(c); err != nil {
		return nil, err
	}
	params, _ := oauth.Member(c.Body, "additionalParams").(*js.Object)
	address, err := p.AuthorizationURL(flow.Call(c), oauth.AuthorizationRequest{
		State: state.Value, CodeVerifier: state.CodeVerifier, Nonce: state.Nonce, RedirectURI: flow.RedirectURI(c, p),
		Scopes: b.scopes, LoginHint: b.loginHint, Additional: oauth.ParamsOf(params),
	})
	if err != nil {
		return nil, err
	}
	if !b.noRedirect {
		c.SetResponseHeader("Location", address)
	}
	return answer(js.Obj("url", address, "redirect", !b.noRedirect)), nil
}

// tokenSignIn signs in with an ID token that the client obtained itself.
func tokenSignIn(c *auth.Context, in *socialRequest, p oauth.Provider) (anyAnswer, error) {
	id, account, err := provenByToken(c, p, in.IDToken)
	if err != nil {
		return nil, err
	}
	info := p.Info()
	wantsSignUp := in.RequestSignUp != nil && *in.RequestSignUp
	signIn := flow.SignIn{
		User: oauth.Spread(id.User, js.Obj("name", oauth.Or(oauth.Member(id.User, "name"), ""))),
		Account: flow.Account{
			ProviderID: info.ID, AccountID: account, Tokens: oauth.Tokens{AccessToken: deref(in.IDToken.AccessToken), IDToken: in.IDToken.Token},
		},
		CallbackURL: deref(in.CallbackURL), Profile: id.Profile,
		DisableSignUp: info.DisableImplicitSignUp && !wantsSignUp || info.DisableSignUp,
	}
	done, err := signIn.Do(c)
	if err != nil {
		return nil, err
	}
	if done.Problem != "" {
		return nil, done.Refuse("OAUTH_LINK_ERROR")
	}
	return answer(js.Obj("redirect", false, "token", done.Session.Token, "user", done.User.Public())), nil
}

// provenByToken verifies an ID token from a client and returns the identity in it.
func provenByToken(c *auth.Context, p oauth.Provider, token *signInToken) (*oauth.Identity, string, error) {
	if !p.Info().IDTokenSignIn {
		return nil, "", auth.NotFound(auth.IDTokenNotSupported)
	}
	call := flow.Call(c)
	if !p.VerifyIDToken(call, token.Token, deref(token.Nonce)) {
		return nil, "", auth.Unauthorized(auth.InvalidToken)
	}
	ask := token.request(c.Body)
	id, err := p.UserInfo(call, ask)
	if err != nil {
		return nil, "", auth.FromCallback(err)
	}
	if id == nil || id.User == nil {
		return nil, "", auth.Unauthorized(auth.FailedToGetUserInfo)
	}
	if !js.Truthy(oauth.Member(id.User, "email")) {
		c.Log.ErrorContext(c, "the provider's ID token has no e-mail address; request the scope for it, or set one in mapProfileToUser", "provider", p.Info().ID)
		return nil, "", auth.Unauthorized(auth.UserEmailNotFound)
	}
	account, err := flow.AccountID(call, p, &ask.Tokens, id.Profile)
	if err != nil {
		return nil, "", auth.Unauthorized(auth.FailedToGetUserInfo).Because(err)
	}
	return id, account, nil
}
