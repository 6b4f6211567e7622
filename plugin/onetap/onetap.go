// Package onetap adds sign-in with Google One Tap: the page gets an ID token from Google and sends it to POST
// /one-tap/callback.
//
//	plugins: { one-tap: {} } # with socialProviders.google, or { clientId: … }
//
// or from Go:
//
//	Plugins: []auth.Plugin{onetap.New(onetap.Options{})},
package onetap

// This package does not know any other provider.

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
)

// Options are the plugin's options.
type Options struct {
	// Audience of the ID token.
	ClientID oauth.ClientIDs `json:"clientId" unset:"that of socialProviders.google"`
	// Creates no users.
	DisableSignUp bool `json:"disableSignup"`
}

// Plugin is the one-tap plugin.
type Plugin struct{ o Options }

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{o} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{ID: "one-tap", Endpoints: []auth.Endpoint{p.endpoint()}}
}

type callbackRequest struct {
	IDToken     string  `json:"idToken" doc:"Google ID token, which the client obtains from the One Tap API"`
	CallbackURL *string `json:"callbackURL,omitempty" doc:"URL to redirect to after a successful sign-in"`
}

type callbackAnswer struct {
	Token string          `json:"token"`
	User  *auth.PublicRow `json:"user"`
}

const invalidToken = "invalid id token"

func bad(message string) error { return auth.Status(http.StatusBadRequest, message) }

func (p *Plugin) endpoint() auth.Endpoint {
	ref := func(model string) *js.Object { return js.Obj("$ref", "#/components/schemas/"+model) }
	return auth.Handle(auth.Route{
		ID: "oneTapCallback", Methods: []string{http.MethodPost}, Path: "/one-tap/callback", Session: auth.Public,
		Summary: "Use this endpoint to authenticate with Google One Tap",
		OpenAPI: js.Obj("summary", "One tap callback", "responses", js.Obj(
			"200", js.Obj("description", "Successful response", "content", js.Obj("application/json", js.Obj("schema", js.Obj("type", "object",
				"properties", js.Obj("session", ref("Session"), "user", ref("User")))))),
			"400", js.Obj("description", "Invalid token"))),
	}, p.signIn)
}

func (p *Plugin) signIn(c *auth.Context, in *callbackRequest) (*callbackAnswer, error) {
	google := configured(c)
	audience := []string(p.o.ClientID)
	if len(audience) == 0 && google != nil {
		audience = google.Info().Audience
	}
	if len(audience) == 0 || audience[0] == "" {
		return nil, bad("Google client ID is required for One Tap. Set it on the oneTap plugin (clientId) or on socialProviders.google.")
	}
	claims, sub, err := verify(c, in.IDToken, audience)
	if err != nil {
		return nil, err
	}
	user, profile, err := person(c, in.IDToken, claims)
	if err != nil {
		return nil, err
	}
	email, ok := oauth.Member(user, "email").(string)
	if !ok || email == "" {
		return nil, bad("Email not available in token")
	}
	signIn := flow.SignIn{
		User:    oauth.Spread(user, js.Obj("name", oauth.Text(oauth.Member(user, "name")), "image", textOr(oauth.Member(user, "image")))),
		Account: flow.Account{ProviderID: "google", AccountID: sub, Tokens: oauth.Tokens{IDToken: in.IDToken}, Scope: "openid,profile,email"},
		Profile: profile, DisableSignUp: p.o.DisableSignUp,
	}
	if google != nil {
		signIn.DisableSignUp = signIn.DisableSignUp || google.Info().DisableSignUp
		signIn.OverrideUserInfo = google.Info().OverrideUserInfo
	}
	done, err := signIn.Do(c)
	if err != nil {
		return nil, err
	}
	if done.Problem != "" {
		return nil, done.Refuse("")
	}
	return &callbackAnswer{Token: done.Session.Token, User: done.User.Public()}, nil
}

// configured returns the social provider google of the options, or nil.
func configured(c *auth.Context) oauth.Provider {
	for _, p := range c.Options.SocialProviders {
		if p.Info().ID == "google" {
			return p
		}
	}
	return nil
}

// verify verifies Google's signature and that the token was issued for this client.
func verify(c *auth.Context, token string, audience []string) (*js.Object, string, error) {
	rules := provider.GoogleIDTokens(audience)
	claims, err := rules.Check(flow.Call(c), token, "")
	sub, ok := oauth.Member(claims, "sub").(string)
	if err != nil || !ok || sub == "" {
		c.Log.WarnContext(c, "one-tap: an ID token was refused", "error", err)
		return nil, "", bad(invalidToken)
	}
	return claims, sub, nil
}

// person returns the user of the token. The social provider google maps it, if it is configured, and checks the
// option hd.
func person(c *auth.Context, token string, claims *js.Object) (user, profile *js.Object, err error) {
	google := flow.FindProvider(c, "google")
	if google == nil {
		return js.Obj("name", oauth.Member(claims, "name"), "email", oauth.Member(claims, "email"), "image", oauth.Member(claims, "picture"),
			"emailVerified", oauth.IsTrue(oauth.Member(claims, "email_verified"))), claims, nil
	}
	id, err := google.UserInfo(flow.Call(c), oauth.UserInfoRequest{Tokens: oauth.Tokens{IDToken: token}})
	if err != nil {
		return nil, nil, auth.FromCallback(err)
	}
	if id == nil || id.User == nil {
		return nil, nil, bad(invalidToken)
	}
	return id.User, id.Profile, nil
}

func textOr(v any) any {
	if s, ok := v.(string); ok {
		return s
	}
	return js.Undefined{}
}
