// Package expo serves apps that are made with Expo and React Native and use the client plugin of @better-auth/expo: they
// keep cookies themselves, say where they come from in the header expo-origin, and sign in with providers in a browser
// that returns to the app by its own scheme.
//
//	trustedOrigins: ["myapp://"]
//	plugins:
//	  expo: {}
//
// or from Go:
//
//	TrustedOrigins: auth.TrustedOrigins{List: []string{"myapp://"}},
//	Plugins:        []auth.Plugin{expo.New(expo.Options{})},
package expo

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// Options configures the plugin. Names and defaults are those of @better-auth/expo.
type Options struct {
	// Does not take the origin of a request without the header Origin from the header expo-origin.
	DisableOriginOverride bool `json:"disableOriginOverride"`
}

// Plugin is the expo plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin { return &Plugin{o} }

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "expo",
		Endpoints: []auth.Endpoint{authorizationProxy},
		After:     []auth.Hook{{On: []string{"/callback*", "/magic-link/verify*", "/verify-email*"}, Do: handCookiesOver}},
		Screen:    p.overrideOrigin,
		Provides:  auth.Services{TrustedOrigins: developmentOrigins},
	}
}

// developmentOrigins trusts the app Expo Go in development.
func developmentOrigins(o *auth.Options) []string {
	if o.Mode != auth.Development {
		return nil
	}
	return []string{"exp://"}
}

// overrideOrigin takes the origin of a request from the header expo-origin, because apps cannot set Origin. Browsers set
// it themselves, and then it counts.
func (p *Plugin) overrideOrigin(c *auth.Context) error {
	if p.opts.DisableOriginOverride {
		return nil
	}
	header := c.Request.Header
	if own := header.Get("Expo-Origin"); own != "" && header.Get("Origin") == "" {
		header.Set("Origin", own)
	}
	return nil
}

// handCookiesOver adds the cookies of a redirect into the app to its address, because the app does not share cookies with
// the browser.
func handCookiesOver(c *auth.Context) error {
	to, lines := c.ResponseHeader.Get("Location"), c.ResponseHeader["Set-Cookie"]
	if to == "" || len(lines) == 0 || strings.Contains(to, "/oauth-proxy-callback") {
		return nil
	}
	protocol, absolute := origin.Protocol(to)
	if !absolute || protocol == "http:" || protocol == "https:" || !c.TrustsOrigin(to) {
		return nil
	}
	with, err := origin.WithQuery("", to, [][2]string{{"cookie", strings.Join(lines, ", ")}})
	if err != nil {
		return err
	}
	c.SetResponseHeader("Location", with)
	return nil
}
