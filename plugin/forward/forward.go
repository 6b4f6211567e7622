// Package forward adds the endpoint /forward for reverse proxies that ask who sent a request before they pass it
// on: nginx (auth_request), Traefik (ForwardAuth) and Caddy (forward_auth). The proxy adds the user's id and address,
// or a JWT, as headers for the backend. The reference has no such plugin.
//
//	plugins:
//	  jwt: {}
//	  forward: { jwt: true, signInURL: https://example.com/sign-in }
//
// or from Go:
//
//	Plugins: []auth.Plugin{jwt.New(jwt.Options{}), forward.New(forward.Options{JWT: true})},
//
// docs/plugins/forward.md shows the configuration of each proxy.
package forward

// This package does not know what is behind the proxy.

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
)

// Options configures the plugin.
type Options struct {
	// Adds a fresh token to each answer. Needs the plugin jwt.
	JWT bool `json:"jwt"`
	// Page for people who are not signed in.
	SignInURL string `json:"signInURL"`
	// Sends browsers that open a page to `signInURL` with a 302. nginx cannot pass that
	// on; Traefik and Caddy do.
	Redirect bool `json:"redirect"`
	// Calls extend the session. The proxy must then pass Set-Cookie on to the browser, or
	// the browser's cookie ends early.
	Refresh bool `json:"refresh"`
	// Reads the session from the database each time, so that a revoked session ends at once.
	DisableCookieCache bool `json:"disableCookieCache"`
	// Answers 403 for users whose address is not verified, since anybody can sign up with
	// any address.
	RequireEmailVerified *bool `json:"requireEmailVerified" default:"true"`
	// Demands of every request.
	Rule
	// Demands by name, beside those of every request. The proxy names one in the query:
	// `/api/auth/forward?rule=admin`. A name that is not here is refused.
	Rules map[string]Rule `json:"rules"`
	// Page where signed-in users prove their second factor again.
	FactorURL string `json:"factorURL" unset:"signInURL"`
}

// Rule demands that a caller has proved recently who they are.
type Rule struct {
	// Longest time since the sign-in.
	SignedInWithin int `json:"signedInWithin" unset:"any" unit:"minutes"`
	// Longest time since the second factor was proved in this session. Needs a plugin that
	// records it, such as two-factor.
	FactorWithin int `json:"factorWithin" unset:"any, or none" unit:"minutes"`
}

// Plugin is the forward auth plugin.
type Plugin struct {
	opts   Options
	tokens *jwt.Plugin
}

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	return auth.Manifest{
		ID:        "forward",
		Endpoints: []auth.Endpoint{p.forward()},
		// All requests of a site come through here, from the address of the proxy.
		RateLimits: []auth.RateLimit{{On: []string{path}, Off: true}},
		Init:       p.init,
	}
}

const path = "/forward"

func (p *Plugin) init(a *auth.Auth) error {
	if p.opts.JWT {
		tokens, ok := auth.Find[*jwt.Plugin](a)
		if !ok {
			return errors.New("jwt needs the plugin jwt")
		}
		p.tokens = tokens
	}
	if err := errors.Join(checkURL("signInURL", p.opts.SignInURL), checkURL("factorURL", p.opts.FactorURL), option.Check(&p.opts)); err != nil {
		return err
	}
	if p.opts.Redirect && p.opts.SignInURL == "" {
		return errors.New("redirect needs signInURL")
	}
	if p.asksForFactor() {
		if !a.KnowsFactors() {
			return errors.New("factorWithin needs a plugin that records second factors, such as two-factor")
		}
		a.KeepFactorTimes()
	}
	if p.requiresVerified() && a.Options.EmailAndPassword.Enabled && a.Options.EmailVerification.SendVerificationEmail == nil {
		a.Log.Warn("forward: users who sign up with a password are refused, since nothing verifies their addresses; " +
			"set emailVerification.sendVerificationEmail, or requireEmailVerified: false if backends do not rely on addresses")
	}
	return nil
}

func checkURL(option, text string) error {
	if text == "" {
		return nil
	}
	if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("%s %q must be an http or https URL", option, text)
	}
	return nil
}

type request struct {
	Rule *string `query:"rule,omitempty" doc:"Name of a rule in the options"`
}

func (p *Plugin) forward() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "forwardAuth", Methods: []string{http.MethodGet}, Session: auth.Public, Path: path, NeedHeaders: true, NoStore: true,
		Summary: "Tell a reverse proxy who a request comes from",
	}, func(c *auth.Context, in *request) (*auth.Raw, error) {
		demand, err := p.demand(in.Rule)
		if err != nil {
			return nil, err
		}
		// Whether a session of the cookie cache has ended is not known, so it satisfies no demand.
		stored := p.opts.DisableCookieCache
		if demand != (auth.StepUp{}) && c.Stateful() {
			stored, c.Session = true, nil
		}
		s, err := c.CurrentSession(auth.Lookup{NoCache: stored, NoRefresh: !p.opts.Refresh})
		if err != nil {
			return nil, err // neither allowed nor refused: a 401 or a redirect would mean that nobody is signed in
		}
		if !p.opts.Refresh {
			c.ResponseHeader.Del("Set-Cookie")
		}
		if s == nil || !identifies(s) {
			return p.refuse(c, auth.NotSignedIn)
		}
		if p.requiresVerified() && !s.User.EmailVerified {
			if s, err = p.reread(c); err != nil {
				return nil, err
			}
			if s == nil {
				return p.refuse(c, auth.NotSignedIn)
			}
			if !s.User.EmailVerified {
				return refuseUnverified(c)
			}
		}
		lacks, err := c.Lacks(s, demand)
		if err != nil {
			return nil, err
		}
		if lacks != (auth.Code{}) {
			return p.refuse(c, lacks)
		}
		return p.admit(c, s)
	})
}

// admit answers with the identity of the caller. Each header is in each answer, even if it is empty: some proxies
// replace only the headers that they receive, so a header sent by the client would otherwise reach the backend.
func (p *Plugin) admit(c *auth.Context, s *auth.SignedIn) (*auth.Raw, error) {
	token := ""
	if p.tokens != nil {
		var err error
		if token, err = p.tokens.Token(c, *s); err != nil {
			return nil, err
		}
	}
	email := plain(s.User.Email)
	return &auth.Raw{Type: "application/json", Body: []byte("{}"), Header: http.Header{
		"X-Auth-User-Id":             {plain(s.User.ID)},
		"X-Auth-User-Email":          {email},
		"X-Auth-User-Email-Verified": {strconv.FormatBool(email != "" && s.User.EmailVerified)},
		"X-Auth-Session-Id":          {plain(s.Session.ID)},
		"X-Auth-Jwt":                 {token},
	}}, nil
}

// plain returns a header value unchanged, or "" if proxies and backends might read it in different ways.
func plain(value string) string {
	for i := range len(value) {
		if value[i] <= ' ' || value[i] > '~' {
			return ""
		}
	}
	return value
}

// refuse answers 401 with the address of the page where the caller can do what is missing, or redirects there.
func (p *Plugin) refuse(c *auth.Context, why auth.Code) (*auth.Raw, error) {
	target := p.page(c, why)
	if target == "" {
		return nil, auth.Unauthorized(why)
	}
	if p.opts.Redirect && opensPage(c) {
		return &auth.Raw{Status: http.StatusFound, Header: http.Header{"Location": {target}}}, nil
	}
	refusal := auth.Unauthorized(why)
	refusal.Header = http.Header{"X-Auth-Redirect": {target}}
	return nil, refusal
}
