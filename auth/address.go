package auth

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
)

var noBody any = js.Undefined{}

// trustList holds the origins and patterns that may call the server and that it may redirect to.
type trustList struct{ origin.List }

// resolveAddress sets the base URL, the trusted origins and the cookies of this request. A base URL derived from a
// request is not kept for later requests.
func (c *Context) resolveAddress() error {
	a := c.Auth
	c.BaseURL, c.BaseOrigin, c.trusted = a.baseURL, a.baseOrigin, a.static
	if c.BaseURL == "" {
		if err := c.addressFromRequest(); err != nil {
			return err
		}
		c.BaseOrigin, _ = origin.Origin(c.BaseURL)
	}
	if hook := a.Options.TrustedOrigins.Func; hook != nil && c.Request != nil {
		more, err := hook(c, OriginsRequest{c})
		if err != nil {
			return FromCallback(err)
		}
		c.trusted = trustList{append(append(origin.List{}, c.trusted.List...), origin.CompileAll(more)...)}
	}
	return nil
}

func (c *Context) addressFromRequest() error {
	a := c.Auth
	if a.Options.BaseURL.IsDynamic() {
		return c.addressAmongHosts()
	}
	if c.Request == nil {
		return nil
	}
	proto, err := c.forwardedProto()
	if err != nil {
		return err
	}
	scheme, host := c.addressOf(c.Request)
	if named := c.forwardedHost(); named != "" && proto != "" {
		scheme, host = proto, named
	}
	base, err := origin.BaseURL(scheme+"://"+host, a.Options.BasePath)
	if err != nil {
		return err
	}
	c.BaseURL = base
	if o, ok := origin.Origin(base); ok {
		c.trusted = trustList{append(origin.CompileAll([]string{o}), c.trusted.List...)}
	}
	return nil
}

// addressAmongHosts sets the base URL of a server that answers for several hosts.
func (c *Context) addressAmongHosts() error {
	a := c.Auth
	trust := a.Options.Advanced.TrustedProxyHeaders
	proto, err := c.forwardedProto()
	if err != nil && !origin.ValidProxyProto(a.Options.BaseURL.Protocol) {
		return err
	}
	scheme, host := "", ""
	if c.Request != nil {
		scheme, host = c.addressOf(c.Request)
	} else if h, ok := c.RequestHeaderValue("Host"); ok {
		host = h
	}
	forwarded := c.forwardedHost()
	if c.Request == nil && host == "" && forwarded == "" && a.Options.BaseURL.Fallback == "" {
		return Status(http.StatusInternalServerError, "Dynamic baseURL could not be resolved for this direct auth.api call. Pass `headers: request.headers` (or `request`) to the call, or add `fallback` to your baseURL config.")
	}
	base, err := a.dynamic().Resolve(host, forwarded, proto, scheme, a.Options.BasePath, trust)
	if err != nil {
		if c.Request == nil {
			return Status(http.StatusInternalServerError, err.Error())
		}
		return err
	}
	c.BaseURL = base
	if a.Options.Advanced.CrossSubDomainCookies.Enabled {
		options := a.cookieOptions(base)
		set := a.cookieSet(options)
		c.cookies, c.set = &options, &set
	}
	return nil
}

// basePath returns the path under which the endpoints are served.
func (c *Context) basePath() string {
	if rest := c.BaseURL; rest != "" {
		if i := strings.Index(rest, "://"); i >= 0 {
			rest = rest[i+3:]
		}
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			path, _, _ := strings.Cut(rest[i:], "?")
			return path
		}
		return "/"
	}
	return c.Auth.Options.BasePath
}

// TrustsURL reports whether the server may redirect to url. Relative paths are always allowed.
func (c *Context) TrustsURL(url string) bool { return c.trusted.Trusts(url, true) }

// TrustsOrigin reports whether a request may come from origin.
func (c *Context) TrustsOrigin(o string) bool { return c.trusted.Trusts(o, false) }

// originOff reports whether the origin check is off for this request: because of an option, because the path is
// exempt, or because of test mode.
func (c *Context) originOff() bool {
	o := &c.Auth.Options
	off := o.Advanced.DisableOriginCheck
	if !off.Set {
		return o.Mode == Test
	}
	if off.All || c.Request == nil {
		return off.All
	}
	path := origin.NormalizePath(origin.RequestPath(c.Request), c.basePath())
	for _, skip := range off.Paths {
		skip = strings.TrimRight(skip, "/")
		if path == skip || strings.HasPrefix(path, skip+"/") {
			return true
		}
	}
	return false
}

// csrfOff reports whether requests with cookies may come from any origin: because an option says so, or because the
// origin check is off and the CSRF option is not set.
func (c *Context) csrfOff() bool {
	o := &c.Auth.Options
	if isTrue(o.Advanced.DisableCSRFCheck, false) {
		return true
	}
	off := o.Advanced.DisableOriginCheck
	all := off.All || !off.Set && o.Mode == Test
	return all && o.Advanced.DisableCSRFCheck == nil
}

// checkOrigin checks every request that may change something. A request with a cookie must come from a trusted
// origin, and the redirect targets in it must be trusted.
func (c *Context) checkOrigin() error {
	switch c.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if err := c.checkSource(false); err != nil {
		return err
	}
	if c.originOff() {
		return nil
	}
	body, _ := c.Body.(*js.Object)
	get := func(name string) any {
		if body == nil {
			return nil
		}
		v, _ := body.Get(name)
		return v
	}
	callback := get("callbackURL")
	if !js.Truthy(callback) && c.Query != nil {
		callback, _ = c.Query.Get("callbackURL")
	}
	for _, target := range []struct {
		url   any
		label string
		code  Code
	}{
		{callback, "callbackURL", InvalidCallbackURL},
		{get("redirectTo"), "redirectURL", InvalidRedirectURL},
		{get("errorCallbackURL"), "errorCallbackURL", InvalidErrorCallbackURL},
		{get("newUserCallbackURL"), "newUserCallbackURL", InvalidNewUserCallbackURL},
	} {
		if err := c.checkTarget(target.url, target.label, target.code); err != nil {
			return err
		}
	}
	return nil
}

func (c *Context) checkTarget(url any, label string, code Code) error {
	if !js.Truthy(url) {
		return nil
	}
	s, ok := url.(string)
	if !ok {
		return Status(http.StatusBadRequest, "Invalid "+label+": expected a string")
	}
	if !c.TrustsURL(s) {
		c.Log.WarnContext(c, "refused to redirect to an origin that is not trusted; add it to trustedOrigins if it is yours", "field", label, "url", s)
		return Forbidden(code)
	}
	return nil
}

// CheckCallback returns an error for a callback URL, such as one from a query, whose origin is not trusted.
func (c *Context) CheckCallback(url string) error {
	if c.Request == nil || c.originOff() {
		return nil
	}
	return c.checkTarget(url, "callbackURL", InvalidCallbackURL)
}

// checkSource returns an error for a request that does not come from a trusted origin. Requests without cookies are
// only checked with force.
func (c *Context) checkSource(force bool) error {
	_, useCookies := c.RequestHeaderValue("Cookie")
	if c.csrfOff() || c.originOff() || !force && !useCookies {
		return nil
	}
	source, _ := c.RequestHeaderValue("Origin")
	if source == "null" {
		if site, _ := c.RequestHeaderValue("Sec-Fetch-Site"); site == "same-origin" {
			if o, ok := c.ownOrigin(); ok {
				source = o
			}
		}
	}
	if source == "" {
		source, _ = c.RequestHeaderValue("Referer")
	}
	if source == "" || source == "null" {
		return Forbidden(MissingOrNullOrigin)
	}
	if !c.TrustsOrigin(source) {
		c.Log.WarnContext(c, "refused a request from an origin that is not trusted; add it to trustedOrigins if it is yours", "origin", source)
		return Forbidden(InvalidOrigin)
	}
	return nil
}

// ownOrigin returns the origin to which the request was sent.
func (c *Context) ownOrigin() (string, bool) {
	scheme, host := c.addressOf(c.Request)
	if proto, err := c.forwardedProto(); err == nil && proto != "" {
		if named := c.forwardedHost(); named != "" {
			scheme, host = proto, named
		}
	}
	return origin.Origin(scheme + "://" + host)
}

// checkForm checks requests to sign-in and sign-up. A page of another site could otherwise sign the visitor in as
// somebody else, even without cookies.
func (c *Context) checkForm() error {
	if c.Request == nil || c.csrfOff() {
		return nil
	}
	if _, ok := c.RequestHeaderValue("Cookie"); ok {
		return c.checkSource(false)
	}
	site, _ := c.RequestHeaderValue("Sec-Fetch-Site")
	mode, _ := c.RequestHeaderValue("Sec-Fetch-Mode")
	dest, _ := c.RequestHeaderValue("Sec-Fetch-Dest")
	if strings.TrimSpace(site+mode+dest) != "" {
		if site == "cross-site" && mode == "navigate" {
			return Forbidden(CrossSiteNavigationLoginBlocked)
		}
		return c.checkSource(true)
	}
	from, _ := c.RequestHeaderValue("Origin")
	referer, _ := c.RequestHeaderValue("Referer")
	if from != "" || referer != "" {
		return c.checkSource(true)
	}
	return nil
}

// BasePath returns the path below which the endpoints are found. It does not depend on the request.
func (a *Auth) BasePath() string {
	if path, ok := origin.Path(a.baseURL); ok && a.baseURL != "" {
		return path
	}
	return a.Options.BasePath
}
