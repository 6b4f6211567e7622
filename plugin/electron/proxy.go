package electron

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

type proxyRequest struct {
	Provider      string `query:"provider" minLength:"1"`
	State         string `query:"state"`
	CodeChallenge string `query:"code_challenge"`
}

const socialPath = "/sign-in/social"

// initOAuthProxy begins a sign-in with a provider in the browser that the application opened, and sends the browser
// there. The reference makes the same call over the network.
func (p *Plugin) initOAuthProxy() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "electronInitOAuthProxy", Methods: []string{http.MethodGet}, Path: "/electron/init-oauth-proxy", Session: auth.Public,
		Summary: "Initialize the OAuth proxy for the electron app",
		OpenAPI: described("electronInitOAuthProxy", "Initialize the OAuth proxy for the electron app", whereTo, proxyShape()),
	}, func(c *auth.Context, in *proxyRequest) (*js.Object, error) {
		out, err := p.signIn(c, in)
		if err != nil {
			return nil, refused(err)
		}
		for _, line := range out.Header["Set-Cookie"] {
			c.ResponseHeader.Add("Set-Cookie", line)
		}
		answer, _ := parsed(string(out.JSON()))
		if answer == nil {
			return js.NewObject(), nil
		}
		url, _ := answer.Get("url")
		redirect, _ := answer.Get("redirect")
		if to, ok := url.(string); ok && to != "" && js.Truthy(redirect) {
			return nil, auth.Redirect(to)
		}
		return answer, nil
	})
}

var errDisabled = errors.New("electron: " + socialPath + " is one of disabledPaths")

// signIn calls the endpoint of social sign-ins as a page of this server would.
func (p *Plugin) signIn(c *auth.Context, in *proxyRequest) (*auth.Output, error) {
	if slices.Contains(c.Options.DisabledPaths, socialPath) {
		return nil, errDisabled
	}
	header := c.RequestHeader.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Origin", c.BaseOrigin)
	call := auth.Input{
		Body:   map[string]string{"provider": in.Provider},
		Query:  map[string]any{"client_id": p.opts.ClientID, "code_challenge": in.CodeChallenge, "state": in.State},
		Header: header, Now: c.Now(),
	}
	if c.Request != nil {
		call.Request = c.Request.Clone(c)
		call.Request.Method, call.Request.Header = http.MethodPost, header
	}
	return c.Auth.Call(c, "signInSocial", call)
}

// refused returns the answer to a sign-in that failed: a 500 with its text.
func refused(err error) error {
	var known *auth.Error
	if !errors.As(err, &known) {
		return auth.Status(http.StatusInternalServerError, unknown).Because(err)
	}
	if known.Status == http.StatusServiceUnavailable {
		return err
	}
	return auth.Status(http.StatusInternalServerError, cmp.Or(known.Message, unknown)).Because(err)
}

const unknown = "An unknown error occurred."
