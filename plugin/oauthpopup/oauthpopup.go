// Package oauthpopup adds sign-in with a provider in a popup window: the flow runs in the popup, whose last page
// posts the result to the window that opened it. The opener's origin must be in trustedOrigins. Embedded pages also
// need the plugin bearer.
//
//	plugins: { oauth-popup: {}, bearer: {} }
//
// or from Go:
//
//	Plugins: []auth.Plugin{oauthpopup.New(oauthpopup.Options{}), bearer.New(bearer.Options{})},
package oauthpopup

// This package does not know any provider.

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
)

// Options are the plugin's options; there are none.
type Options struct{}

// marker is the cookie that stores which page opened the popup.
const marker = "oauth_popup"

// The error codes of the plugin. Only its client uses them.
var (
	SignInFailed = auth.Code{Name: "POPUP_SIGN_IN_FAILED", Message: "Popup sign-in failed"}
	Blocked      = auth.Code{Name: "POPUP_BLOCKED", Message: "Sign-in popup was blocked by the browser"}
	Closed       = auth.Code{Name: "POPUP_CLOSED", Message: "Sign-in popup was closed before completing"}
	Timeout      = auth.Code{Name: "POPUP_TIMEOUT", Message: "Sign-in popup timed out"}
)

// Plugin is the oauth-popup plugin.
type Plugin struct{}

// New returns the plugin.
func New(Options) *Plugin { return &Plugin{} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "oauth-popup",
		Endpoints: []auth.Endpoint{start},
		After:     []auth.Hook{{On: []string{"/callback/*", "/oauth2/callback/*"}, Do: complete}},
		Codes:     []auth.Code{SignInFailed, Blocked, Closed, Timeout},
		Init: func(a *auth.Auth) error {
			if !a.HasPlugin("bearer") {
				a.Log.Warn("oauth-popup gives the session token to the page that opened it; an embedded page cannot use it without the plugin bearer")
			}
			return nil
		},
	}
}

type startRequest struct {
	Provider           string  `query:"provider"`
	PopupOrigin        string  `query:"popupOrigin"`
	PopupNonce         *string `query:"popupNonce,omitempty"`
	CallbackURL        *string `query:"callbackURL,omitempty"`
	ErrorCallbackURL   *string `query:"errorCallbackURL,omitempty"`
	NewUserCallbackURL *string `query:"newUserCallbackURL,omitempty"`
	Scopes             *string `query:"scopes,omitempty"`
	RequestSignUp      *string `query:"requestSignUp,omitempty"`
	AdditionalData     *string `query:"additionalData,omitempty"`
}

var start = auth.Handle(auth.Route{
	ID: "oauthPopupStart", Methods: []string{http.MethodGet}, Path: "/oauth-popup/start", Session: auth.Public, Hidden: true,
	Summary: "Begin an OAuth flow in a popup",
}, func(c *auth.Context, in *startRequest) (*auth.Raw, error) {
	if !c.TrustsOrigin(in.PopupOrigin) {
		c.Log.ErrorContext(c, "a popup was opened by an origin that is not trusted; add it to trustedOrigins if it is yours", "origin", in.PopupOrigin)
		return nil, auth.Forbidden(auth.InvalidOrigin)
	}
	fail := func(code, description string) (*auth.Raw, error) {
		return page(in.PopupOrigin, js.Obj("nonce", text(in.PopupNonce), "error", js.Obj("code", code, "description", description))), nil
	}
	for _, target := range []struct {
		url  *string
		code string
	}{
		{in.CallbackURL, "invalid_callback_url"}, {in.ErrorCallbackURL, "invalid_error_callback_url"}, {in.NewUserCallbackURL, "invalid_new_user_callback_url"},
	} {
		if to := text(target.url); to != "" && !c.TrustsURL(to) {
			return fail(target.code, "Untrusted URL: "+to)
		}
	}
	provider := flow.FindProvider(c, in.Provider)
	if provider == nil {
		return fail("provider_not_found", "Unknown provider: "+in.Provider)
	}
	address, err := begin(c, in, provider)
	if err != nil {
		c.Log.ErrorContext(c, "the flow of a popup could not be started", "error", err)
		return fail("popup_sign_in_failed", "Failed to start the OAuth flow.")
	}
	return nil, auth.Redirect(address)
})

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func begin(c *auth.Context, in *startRequest, provider oauth.Provider) (string, error) {
	state := &flow.State{
		Provider: provider.Info().ID, CallbackURL: text(in.CallbackURL), ErrorURL: text(in.ErrorCallbackURL), NewUserURL: text(in.NewUserCallbackURL),
		Nonce: flow.Nonce(provider), Additional: additional(text(in.AdditionalData)),
	}
	if state.CallbackURL == "" {
		state.CallbackURL = c.BaseURL
	}
	if yes := true; text(in.RequestSignUp) == "true" {
		state.RequestSignUp = &yes
	}
	if err := state.Begin(c); err != nil {
		return "", err
	}
	age := 600
	k := c.CookieNamed(marker, &age)
	said := string(js.Marshal(js.Obj("popupOrigin", in.PopupOrigin, "popupNonce", text(in.PopupNonce))))
	if err := c.SetSignedCookie(k.Name, said, k.Attributes); err != nil {
		return "", err
	}
	var scopes []string
	if s := text(in.Scopes); s != "" {
		scopes = strings.Split(s, ",")
	}
	return provider.AuthorizationURL(flow.Call(c), oauth.AuthorizationRequest{
		State: state.Value, CodeVerifier: state.CodeVerifier, Nonce: state.Nonce, Scopes: scopes,
		RedirectURI: c.BaseURL + "/callback/" + provider.Info().ID,
	})
}

// additional returns the client's data for the state, without the names that have a meaning there.
func additional(data string) *js.Object {
	v, err := js.Parse([]byte(data))
	o, ok := v.(*js.Object)
	if err != nil || !ok {
		return nil
	}
	out := js.NewObject()
	for name, v := range o.All() {
		if !slices.Contains(flow.InternalFields(), name) {
			out.Set(name, v)
		}
	}
	return out
}

// complete replaces the redirect at the end of a flow in a popup with a page that posts the result.
func complete(c *auth.Context) error {
	to := c.ResponseHeader.Get("Location")
	k := c.CookieNamed(marker, nil)
	said, ok := c.SignedCookie(k.Name)
	if to == "" || !ok {
		return nil
	}
	lines := slices.Clone(c.ResponseHeader["Set-Cookie"])
	if err := c.ExpireCookie(k); err != nil {
		return err
	}
	var opener struct{ PopupOrigin, PopupNonce string }
	if err := json.Unmarshal([]byte(said), &opener); err != nil {
		return nil
	}
	if token := sessionToken(c, lines); token != "" {
		c.Returned = page(opener.PopupOrigin, js.Obj("nonce", opener.PopupNonce, "token", token, "redirectTo", to))
		return nil
	}
	whole, err := oauth.Resolve(c.BaseURL, to)
	if err != nil {
		return err
	}
	u, err := url.Parse(whole)
	if err != nil || u.Query().Get("error") == "" {
		return err
	}
	failed := js.Obj("code", u.Query().Get("error"))
	if u.Query().Has("error_description") {
		failed.Set("description", u.Query().Get("error_description"))
	}
	c.Returned = page(opener.PopupOrigin, js.Obj("nonce", opener.PopupNonce, "error", failed))
	return nil
}

func sessionToken(c *auth.Context, lines []string) string {
	for _, line := range lines {
		if k, value, ok := cookie.ParseSetCookie(line); ok && k.Name == c.SessionTokenName() {
			return value
		}
	}
	return ""
}
