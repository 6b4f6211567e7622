package oauthprovider

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// redirectAnswer tells a script where to send the browser.
type redirectAnswer struct {
	Redirect bool   `json:"redirect"`
	URL      string `json:"url"`
}

// redirect sends the browser to an address: by a redirect, or, if a script asked, by an answer that says so.
func redirect(c *auth.Context, to string) (any, error) {
	if isFetch(c) || wantsJSON(c) {
		return &redirectAnswer{Redirect: true, URL: to}, nil
	}
	return nil, auth.Redirect(to)
}

// isFetch reports whether a script of a browser sent the request.
func isFetch(c *auth.Context) bool {
	return c.Request != nil && c.Request.Header.Get("Sec-Fetch-Mode") == "cors"
}

func wantsJSON(c *auth.Context) bool {
	accept, _ := c.RequestHeaderValue("Accept")
	return strings.Contains(accept, "application/json")
}

// wantJSON makes the answers of the rest of the call JSON.
func wantJSON(c *auth.Context) {
	if c.RequestHeader == nil {
		return
	}
	c.RequestHeader = c.RequestHeader.Clone()
	c.RequestHeader.Set("Accept", "application/json")
}

// errorURL returns an address with an error in its query, or in its fragment. State and issuer may be empty.
func errorURL(to, name, description, state, issuer string, fragment bool) (string, error) {
	params := origin.Params{{"error", name}, {"error_description", description}}
	if state != "" {
		params = append(params, [2]string{"state", state})
	}
	if issuer != "" {
		params = append(params, [2]string{"iss", issuer})
	}
	if fragment {
		return ascii(to) + "#" + params.String(), nil
	}
	return origin.AppendQuery(to, params)
}

// ascii escapes what a header cannot hold. The rest of the address stays as the client registered it.
func ascii(address string) string {
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// errorPage sends the user to the server's own error page, because the client cannot be told.
func (p *Plugin) errorPage(c *auth.Context, name, description string) (any, error) {
	to, err := errorURL(flow.ErrorURL(c), name, description, "", "", false)
	if err != nil {
		return nil, err
	}
	return redirect(c, to)
}

// refuseRequest answers a request that is malformed. The client is told if its redirect address can be trusted.
func (p *Plugin) refuseRequest(c *auth.Context, raw *js.Object, name, description string) (any, error) {
	member := func(name string) string {
		v, _ := raw.Get(name)
		s, _ := v.(string)
		return s
	}
	to := member("redirect_uri")
	trusted, err := p.trustsRedirect(c, member("client_id"), to)
	if err != nil {
		return nil, err
	}
	if !trusted {
		return p.errorPage(c, name, description)
	}
	address, err := errorURL(to, name, description, member("state"), p.issuer(c), inFragment(member("response_mode"), member("response_type")))
	if err != nil {
		return nil, err
	}
	return redirect(c, address)
}

// trustsRedirect reports whether the client exists, is enabled, and registered the address, which must not run code.
func (p *Plugin) trustsRedirect(c *auth.Context, clientID, to string) (bool, error) {
	if clientID == "" || to == "" || !isSafe(to) {
		return false, nil
	}
	client, err := p.client(c, clientID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return !is(client.Disabled) && registeredRedirect(client.RedirectURIs, to), nil
}

var implicit = regexp.MustCompile(`\b(token|id_token)\b`)

// inFragment reports whether errors are sent in the fragment: as the client asked, or by its response type.
func inFragment(mode, responseType string) bool {
	switch mode {
	case "fragment":
		return true
	case "query":
		return false
	}
	return implicit.MatchString(responseType)
}

// refuse tells the client of an error. Its redirect address has been checked.
func (a *authorization) refuse(name, description string) (any, error) {
	to, err := errorURL(a.text("redirect_uri"), name, description, a.text("state"), a.p.issuer(a.c), false)
	if err != nil {
		return nil, err
	}
	return redirect(a.c, to)
}

// pageKind is a page on which the user does something before the request goes on.
type pageKind int

const (
	loginPage pageKind = iota
	createPage
	selectPage
	postLoginPage
	consentPage
)

// pageURL returns the address of a page. Without an option of its own it is the sign-in page.
func (p *Plugin) pageURL(kind pageKind) string {
	own := ""
	switch kind {
	case createPage:
		own = p.opts.Signup.Page
	case selectPage:
		own = p.opts.SelectAccount.Page
	case postLoginPage:
		own = p.opts.PostLogin.Page
	case consentPage:
		return p.opts.ConsentPage
	}
	if own == "" {
		return p.opts.LoginPage
	}
	return own
}

// page sends the user to a page, with the request, signed, in its query. other replaces the address of the page if it
// is not empty.
func (a *authorization) page(kind pageKind, other string) (any, error) {
	if kind == postLoginPage && a.p.opts.PostLogin.Page == "" {
		return nil, &auth.Error{Status: http.StatusInternalServerError, Body: js.Obj("error_description", "postLogin should have been defined")}
	}
	cleared := ""
	if kind == consentPage && a.p.opts.PostLogin.isSet() {
		cleared = a.session.Session.ID
	}
	to := other
	if to == "" {
		to = a.p.pageURL(kind)
	}
	return redirect(a.c, to+"?"+a.p.signQuery(a.c, queryOf(a.query), cleared))
}

// pageUnlessSilent sends the user to a page. If the client asked that no page is shown, it is told of an error instead.
func (a *authorization) pageUnlessSilent(kind pageKind, other, name, description string) (any, error) {
	if a.prompt["none"] {
		return a.refuse(name, description)
	}
	return a.page(kind, other)
}

// isSet reports whether there is a step between sign-in and consent.
func (o PostLogin) isSet() bool {
	return o.Page != "" || o.ShouldRedirect != nil || o.ConsentReferenceID != nil
}

// sendCode issues a code for the request and sends the browser back to the client with it.
func (a *authorization) sendCode(reference string, resources []string) (any, error) {
	code := secret.ID(32)
	stored, err := a.p.storedToken(a.c, code, kindCode)
	if err != nil {
		return nil, err
	}
	at := float64(a.session.Session.CreatedAt.UnixMilli())
	granted := &grantedCode{
		Query: a.query, UserID: a.session.User.ID, SessionID: a.session.Session.ID, ReferenceID: reference, AuthTime: &at, Resource: resources,
	}
	now := a.c.Now().Truncate(time.Second)
	expires := now.Add(time.Duration(a.p.opts.CodeExpiresIn) * time.Second)
	if err := a.c.Once.PutAt(a.c, stored, granted.text(), now, expires); err != nil {
		return nil, err
	}
	params := [][2]string{{"code", code}}
	if state := a.text("state"); state != "" {
		params = append(params, [2]string{"state", state})
	}
	params = append(params, [2]string{"iss", a.p.issuer(a.c)})
	to, err := origin.WithQuery("https://better-auth.invalid", a.text("redirect_uri"), params)
	if err != nil {
		return nil, err
	}
	a.c.Emit(auth.Event{Name: Authorized, UserID: a.session.User.ID, SessionID: a.session.Session.ID, Details: map[string]string{"client": a.client.ClientID}})
	return redirect(a.c, to)
}
