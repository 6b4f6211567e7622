package expo

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
)

// How long the browser keeps the cookies of a flow, in seconds, as without the plugin.
const (
	stateAge       = 300
	sealedStateAge = 600
)

type proxyRequest struct {
	AuthorizationURL string `query:"authorizationURL"`
	OAuthState       string `query:"oauthState,omitempty"`
}

func invalidAddress() error { return auth.Status(http.StatusBadRequest, "Invalid authorizationURL") }

// authorizationProxy is what the app opens in a browser to sign in with a provider: it sets the cookie that binds the
// flow to the browser, which the app got when it started the flow, and sends the browser to the provider.
//
// Anybody can make a browser open it. So the flow must be one that this server keeps, and the address that of the
// provider where it started: the reference signs any state, and redirects to any site with https.
var authorizationProxy = auth.Handle(auth.Route{
	ID: "expoAuthorizationProxy", Methods: []string{http.MethodGet}, Path: "/expo-authorization-proxy", Session: auth.Public, Hidden: true,
	OpenAPI: js.NewObject(),
}, func(c *auth.Context, in *proxyRequest) (*auth.Nothing, error) {
	address := in.AuthorizationURL
	protocol, ok := origin.Protocol(address)
	own, _ := origin.Origin(c.BaseURL)
	to, _ := origin.Origin(address)
	u, err := url.Parse(address)
	if !ok || protocol != "https:" || to == own || err != nil || strings.Contains(address, "#") {
		return nil, invalidAddress()
	}
	state := u.Query().Get("state")
	if state == "" && in.OAuthState == "" {
		return nil, auth.Status(http.StatusBadRequest, "Unexpected error")
	}
	started, err := flow.Peek(c, state, in.OAuthState)
	if err != nil {
		return nil, err
	}
	if started == nil || !leadsToProvider(c, started, address) {
		return nil, invalidAddress()
	}
	if err := bind(c, state, in.OAuthState); err != nil {
		return nil, err
	}
	return nil, auth.Redirect(address)
})

// bind sets the cookie that binds a flow to the browser.
func bind(c *auth.Context, state, sealed string) error {
	if flow.KeptInCookie(c) {
		age := sealedStateAge
		k := c.CookieNamed("oauth_state", &age)
		return c.SetCookie(k.Name, sealed, k.Attributes)
	}
	age := stateAge
	k := c.CookieNamed("state", &age)
	return c.SetSignedCookie(k.Name, state, k.Attributes)
}

// leadsToProvider reports whether address is that of the provider at which a flow started. Of flows that do not say
// where they started, such as those of the reference, it is not known.
func leadsToProvider(c *auth.Context, started *flow.State, address string) bool {
	p := started.StartedAt(c)
	if p == nil {
		return true
	}
	real, err := p.AuthorizationURL(flow.Call(c), oauth.AuthorizationRequest{
		State: started.Value, CodeVerifier: started.CodeVerifier, Nonce: started.Nonce, RedirectURI: flow.RedirectURI(c, p),
	})
	if err != nil {
		c.Log.ErrorContext(c, "expo: the address of the provider is not known", "provider", p.Info().ID, "error", err)
		return false
	}
	return place(real) == place(address)
}

// place returns origin and path of an address.
func place(address string) [2]string {
	site, _ := origin.Origin(address)
	path, _ := origin.Path(address)
	return [2]string{site, path}
}
