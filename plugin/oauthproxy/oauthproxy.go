// Package oauthproxy lets servers whose URL is not registered with a provider (previews, development) sign users in
// through one that is registered. This production server receives the callback and sends the identity back, encrypted
// with a secret that all the servers share.
//
//	plugins:
//	  oauth-proxy: { productionURL: https://app.example.com }
//
// or from Go:
//
//	Plugins: []auth.Plugin{oauthproxy.New(oauthproxy.Options{ProductionURL: "https://app.example.com"})},
package oauthproxy

// This package does not know any provider.

import (
	"cmp"
	"errors"
	"net/url"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Options are the plugin's options.
type Options struct {
	// Address of this server.
	CurrentURL string `json:"currentURL" unset:"the request's"`
	// Address of the server that providers know.
	ProductionURL string `json:"productionURL" unset:"baseURL"`
	// How long a transferred identity stays valid.
	MaxAge *int `json:"maxAge" default:"60" unit:"seconds"`
	// Encrypts the transferred identity: a text, or several secrets by version. See docs/plugins/oauth-proxy.md.
	Secret Secret `json:"secret" unset:"secret"`
}

// Plugin is the oauth-proxy plugin.
type Plugin struct {
	o    Options
	keys *secret.Keys
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	begin := []string{"/sign-in/social*", "/link-social"}
	return auth.Manifest{
		ID:        "oauth-proxy",
		Endpoints: []auth.Endpoint{p.deprecated(), p.completion()},
		Before: []auth.Hook{
			{On: begin, Do: p.divert},
			{On: []string{"/callback/:id"}, Do: p.handOn},
		},
		After: []auth.Hook{
			{On: begin, Do: p.packState},
			{On: []string{"/callback/:id"}, Do: p.unwrapOwn},
		},
		Init: func(a *auth.Auth) error {
			keys, problem := p.o.Secret.open(a.Keys)
			p.keys = keys
			return errors.Join(option.Check(&p.o), problem)
		},
	}
}

func (p *Plugin) seal(purpose, text string) (string, error) {
	return p.keys.Purpose(purpose).Encrypt(text)
}

func (p *Plugin) open(purpose, sealed string) (*js.Object, error) {
	text, err := p.keys.Purpose(purpose).Decrypt(sealed)
	if err != nil {
		return nil, err
	}
	v, err := js.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	o, _ := v.(*js.Object)
	return o, nil
}

// requestAddress returns the base URL of the call, or "" for calls from Go.
func requestAddress(c *auth.Context) string {
	if c.Request == nil {
		return ""
	}
	return c.RequestURL()
}

// vendorURL returns the URL that a hosting platform sets in the environment.
func vendorURL(c *auth.Context) string {
	if host := c.Options.Environ("VERCEL_URL"); host != "" {
		return "https://" + host
	}
	for _, name := range []string{"NETLIFY_URL", "RENDER_URL", "AWS_LAMBDA_FUNCTION_NAME", "GOOGLE_CLOUD_FUNCTION_NAME", "AZURE_FUNCTION_NAME"} {
		if v := c.Options.Environ(name); v != "" {
			return v
		}
	}
	return ""
}

// skip reports whether this server is the one that is registered with the providers.
func (p *Plugin) skip(c *auth.Context) bool {
	if asked, _ := c.RequestHeaderValue("X-Skip-OAuth-Proxy"); asked != "" && c.Request != nil {
		return true
	}
	production := cmp.Or(p.o.ProductionURL, c.Options.Environ("BETTER_AUTH_URL"), c.BaseURL)
	current := cmp.Or(p.o.CurrentURL, requestAddress(c), vendorURL(c))
	if production == "" || current == "" {
		return false
	}
	a, _ := origin.Origin(production)
	b, _ := origin.Origin(current)
	return a == b
}

// current returns the origin of this server, to which the identity is sent back. A host that only the request names
// is used if it is trusted; otherwise anybody could have the identity sent to a server of their own.
func (p *Plugin) current(c *auth.Context) string {
	if p.o.CurrentURL != "" {
		o, _ := origin.Origin(p.o.CurrentURL)
		return o
	}
	if o, ok := origin.Origin(requestAddress(c)); ok && c.TrustsOrigin(o) {
		return o
	}
	if o, ok := origin.Origin(vendorURL(c)); ok {
		return o
	}
	o, _ := origin.Origin(c.BaseURL)
	return o
}

// divert changes a flow so that it comes back to this server through the production server.
func (p *Plugin) divert(c *auth.Context) error {
	body, ok := c.Body.(*js.Object)
	if !ok || p.skip(c) {
		return nil
	}
	id := oauth.Text(oauth.Member(body, "provider"))
	if id == "" {
		return nil
	}
	here := p.current(c)
	back := oauth.Text(oauth.Member(body, "callbackURL"))
	if back == "" {
		back = c.BaseURL
	}
	if p.o.ProductionURL != "" {
		c.BaseURL = strings.TrimRight(p.o.ProductionURL, "/") + c.Options.BasePath
	}
	body = body.Clone()
	body.Set("callbackURL", here+c.Options.BasePath+"/callback/"+id+"/oauth-proxy?callbackURL="+cookie.EncodeURIComponent(back))
	c.Body = body
	return nil
}

// packState encrypts the whole flow into the state parameter, because the production server does not have it.
func (p *Plugin) packState(c *auth.Context) error {
	if p.skip(c) {
		return nil
	}
	answer := returned(c)
	address := oauth.Text(oauth.Member(answer, "url"))
	base, query := split(address)
	state := query.Get("state")
	if address == "" || state == "" {
		return nil
	}
	packed, err := p.pack(c, state)
	if err != nil || packed == "" {
		c.Log.ErrorContext(c, "oauth-proxy: the state could not be packed", "error", err)
		return nil
	}
	query.Set("state", packed)
	if address, err = query.Append(base); err != nil {
		return err
	}
	answer = answer.Clone()
	answer.Set("url", address)
	c.Returned = answer
	return nil
}

func (p *Plugin) pack(c *auth.Context, state string) (string, error) {
	kept := ""
	name := c.CookieNamed("oauth_state", nil).Name
	for _, line := range c.ResponseHeader["Set-Cookie"] {
		if k, value, ok := cookie.ParseSetCookie(line); ok && k.Name == name {
			kept = value
		}
	}
	text, err := flow.StateText(c, state, kept)
	if err != nil || text == "" {
		return "", err
	}
	sealed, err := p.seal("oauth-proxy-state", text)
	if err != nil {
		return "", err
	}
	return p.seal("oauth-proxy-package", string(js.Marshal(js.Obj("state", state, "stateCookie", sealed, "isOAuthProxy", true))))
}

// returned returns the endpoint's answer, or nil if it is not an object.
func returned(c *auth.Context) *js.Object {
	v := c.Returned
	if inner, ok := v.(*any); ok && inner != nil {
		v = *inner
	}
	o, _ := v.(*js.Object)
	return o
}

// split separates the query from an address.
func split(address string) (base string, query oauth.Params) {
	rest, fragment, hasFragment := strings.Cut(address, "#")
	base, text, _ := strings.Cut(rest, "?")
	for pair := range strings.SplitSeq(text, "&") {
		if name, value, _ := strings.Cut(pair, "="); pair != "" {
			query.Add(plain(name), plain(value))
		}
	}
	if hasFragment {
		base += "#" + fragment
	}
	return base, query
}

func plain(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// unwrapOwn removes the detour from a flow that started on the production server itself.
func (p *Plugin) unwrapOwn(c *auth.Context) error {
	location := c.ResponseHeader.Get("Location")
	ours := strings.Contains(location, "/oauth-proxy?callbackURL") || strings.Contains(location, "/oauth-proxy-callback?callbackURL")
	if !ours || !strings.HasPrefix(location, "http") {
		return nil
	}
	production, _ := origin.Origin(cmp.Or(p.o.ProductionURL, c.BaseOrigin, c.BaseURL))
	if at, _ := origin.Origin(location); at != production {
		c.Log.WarnContext(c, "oauth-proxy: a callback for another server was not passed on")
		return nil
	}
	_, query := split(location)
	if to := query.Get("callbackURL"); to != "" {
		c.SetResponseHeader("Location", to)
	}
	return nil
}
