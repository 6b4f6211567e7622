package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// publicHost returns the host of baseURL, "" if it is not fixed.
func (d *doctor) publicHost() string {
	u, err := url.Parse(d.file.BaseURL())
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func isLocal(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// address checks baseURL.
func (d *doctor) address() {
	if _, err := origin.ConfiguredPath(d.o.BasePath); err != nil {
		d.add(severityError, "base path", err.Error(), "write it like "+origin.DefaultBasePath)
	}
	if d.o.BaseURL.IsDynamic() {
		d.dynamicAddress()
		return
	}
	text := d.file.BaseURL()
	if text == "" {
		d.add(severityNote, "base URL", "unset: the listen address", "set baseURL, or BETTER_AUTH_URL, for production")
		return
	}
	clean, err := origin.ConfiguredURL(text)
	if err != nil {
		d.add(severityError, "base URL", err.Error(), "write it like https://example.com")
		return
	}
	u, err := url.Parse(clean)
	if err != nil {
		d.add(severityError, "base URL", "baseURL does not parse", "write it like https://example.com")
		return
	}
	before := len(d.findings)
	if isLocal(u.Hostname()) {
		if d.production() {
			d.add(severityError, "base URL", text+" is this machine, in production: links in messages, redirects and the tokens' issuer do not work for anyone else", "set baseURL to the public address")
		}
	} else if u.Scheme == "http" {
		d.add(d.strictly(), "base URL", text+" is http: passwords and session cookies are sent unencrypted", "put TLS in front, and write https://"+u.Host)
	}
	d.path(u)
	if len(d.findings) == before {
		d.add(severityOK, "base URL", text, "")
	}
}

// path checks the paths: a base URL with a path overrides basePath.
func (d *doctor) path(u *url.URL) {
	own, _ := origin.ConfiguredPath(d.o.BasePath)
	switch trimmed := u.EscapedPath(); {
	case trimmed == "":
	case d.o.BasePath != "" && trimmed != own:
		d.add(severityWarning, "base URL", fmt.Sprintf("its path %s replaces basePath %s", u.Path, d.o.BasePath), "write "+u.Scheme+"://"+u.Host+", or remove basePath")
	case trimmed != origin.DefaultBasePath && d.o.BasePath == "":
		d.add(severityWarning, "base URL", fmt.Sprintf("its path replaces %s: the endpoints are below %s", origin.DefaultBasePath, trimmed), "write "+u.Scheme+"://"+u.Host+", unless your clients use the same path")
	}
}

func (d *doctor) dynamicAddress() {
	b := d.o.BaseURL
	if len(b.AllowedHosts) == 0 {
		d.add(severityError, "base URL", "baseURL.allowedHosts is empty: no request is answered", "name at least one host")
	}
	if _, err := origin.ConfiguredHosts(b.AllowedHosts); err != nil {
		d.add(severityError, "base URL", err.Error(), "name hosts like app.example.com or *.example.com")
	}
	for _, host := range b.AllowedHosts {
		if tooWide(host) {
			d.add(severityError, "base URL", fmt.Sprintf("baseURL.allowedHosts has %q: anyone can have such a host, and links in messages would lead there", host), "name hosts of your own domain")
		}
	}
	if b.Protocol == "" || b.Protocol == "auto" {
		if !d.o.Advanced.TrustedProxyHeaders && d.o.Advanced.UseSecureCookies == nil && d.production() {
			d.add(severityWarning, "base URL", "behind a proxy that ends TLS, requests look like http: cookies would be without __Secure- and Secure", "set baseURL.protocol: https")
		}
	}
}

// cookies finds cookies that browsers reject.
func (d *doctor) cookies() {
	a, host := d.o.Advanced, d.publicHost()
	text := d.file.BaseURL()
	options := cookie.Options{UseSecure: a.UseSecureCookies, BaseURL: text, Protocol: d.o.BaseURL.Protocol, Production: d.production()}
	secure := options.Secure()
	if secure && strings.HasPrefix(text, "http://") {
		d.add(severityError, "cookies", "advanced.useSecureCookies is on, but baseURL is http: browsers reject __Secure- cookies there", "write an https baseURL; behind a proxy that ends TLS, baseURL is the public https address")
	}
	if !secure && strings.HasPrefix(text, "https://") {
		d.add(severityWarning, "cookies", "advanced.useSecureCookies is off: session cookies may be sent unencrypted", "remove it: https turns them on")
	}
	if c := a.CrossSubDomainCookies; c.Enabled {
		domain := c.Domain
		if domain == "" && host != "" {
			domain = host
			d.add(severityNote, "cookies", "advanced.crossSubDomainCookies has no domain: cookies are for "+host+" and below", "set the domain that your sites share")
		}
		d.domain("advanced.crossSubDomainCookies.domain", domain, host)
	}
	d.attributes("advanced.defaultCookieAttributes", a.DefaultCookieAttributes, host, secure)
	for key, custom := range a.Cookies {
		d.attributes("advanced.cookies."+key+".attributes", custom.Attributes, host, secure)
	}
}

func (d *doctor) attributes(path string, o cookie.Overrides, host string, secure bool) {
	if o.Secure != nil {
		if secure && !*o.Secure {
			d.add(severityError, "cookies", path+".secure is false, but the names begin with __Secure-: browsers reject such cookies", "remove it")
		}
		secure = *o.Secure
	}
	if o.SameSite != nil && strings.EqualFold(*o.SameSite, "none") && !secure {
		d.add(severityError, "cookies", path+".sameSite is none without secure: browsers reject such cookies", "serve over https, with secure: true")
	}
	if o.Partitioned != nil && *o.Partitioned && !secure {
		d.add(severityError, "cookies", path+".partitioned without secure: browsers reject such cookies", "serve over https, with secure: true")
	}
	if o.HttpOnly != nil && !*o.HttpOnly {
		d.add(severityWarning, "cookies", path+".httpOnly is false: scripts can read the session", "remove it")
	}
	if o.Domain != nil {
		d.domain(path+".domain", *o.Domain, host)
	}
}

// domain checks the Domain of cookies that host sets.
func (d *doctor) domain(path, domain, host string) {
	domain = strings.ToLower(strings.TrimPrefix(domain, "."))
	if domain == "" {
		return
	}
	if isLocal(domain) || isAddress(domain) || isAddress(host) {
		d.add(d.strictly(), "cookies", path+" "+domain+": browsers accept no domain for addresses and localhost", "leave it out here")
		return
	}
	if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain {
		d.add(severityError, "cookies", path+" "+domain+" is a public suffix: browsers reject cookies for it", "use your own domain below it")
		return
	}
	if host != "" && host != domain && !strings.HasSuffix(host, "."+domain) {
		d.add(severityError, "cookies", fmt.Sprintf("%s %s does not contain %s, the host of baseURL: browsers reject the cookies", path, domain, host), "name a domain that contains the host of baseURL")
		return
	}
	d.add(severityOK, "cookies", "shared by "+domain+" and below", "")
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// origins finds trusted origins that match nothing, or too much.
func (d *doctor) origins() {
	list := d.o.TrustedOrigins.List
	for part := range strings.SplitSeq(d.w.env("BETTER_AUTH_TRUSTED_ORIGINS"), ",") {
		if part != "" {
			list = append(list, part)
		}
	}
	for _, entry := range list {
		d.origin(entry)
	}
}

func (d *doctor) origin(entry string) {
	if tooWide(entry) {
		d.add(severityError, "trusted origins", fmt.Sprintf("%q trusts sites that anyone can have", entry), "name your own sites")
		return
	}
	if strings.ContainsAny(entry, "*?") {
		return
	}
	scheme, rest, ok := strings.Cut(entry, "://")
	if !ok {
		d.add(severityError, "trusted origins", fmt.Sprintf("%q has no scheme and therefore matches nothing", entry), "write https://"+strings.TrimRight(entry, "/"))
		return
	}
	if scheme != "http" && scheme != "https" {
		return // the custom scheme of an app
	}
	own, ok := origin.Origin(entry)
	if !ok {
		d.add(severityError, "trusted origins", fmt.Sprintf("%q is not an origin", entry), "write it like https://app.example.com")
		return
	}
	if !origin.Compile(entry).Matches(own, false) {
		d.add(severityError, "trusted origins", fmt.Sprintf("%q never matches: browsers send %s", entry, own), "write "+own)
	}
	if host := strings.ToLower(hostOf(rest)); d.production() && isLocal(host) {
		d.add(severityWarning, "trusted origins", entry+" is on the visitor's own machine, in production", "remove it")
	} else if d.production() && scheme == "http" {
		d.add(severityWarning, "trusted origins", entry+" is http: anyone on the network path can act for it", "serve it over https")
	}
}

func hostOf(authority string) string {
	u, err := url.Parse("//" + authority)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// tooWide reports patterns that match hosts of other people: * alone, a public
// suffix below which anyone can register a name, or a star that includes a dot.
func tooWide(pattern string) bool {
	if !strings.ContainsAny(pattern, "*?") {
		return false
	}
	if _, rest, ok := strings.Cut(pattern, "://"); ok {
		pattern = rest
	}
	host, _, _ := strings.Cut(pattern, "/")
	host, _, _ = strings.Cut(host, ":")
	last := host[strings.LastIndexAny(host, "*?")+1:]
	if isLocal(strings.TrimPrefix(last, ".")) || !strings.ContainsAny(host, "*?") {
		return false
	}
	if namesIPv4(host) {
		return false
	}
	domain, ok := strings.CutPrefix(last, ".")
	if !ok || domain == "" {
		return true
	}
	suffix, listed := publicsuffix.PublicSuffix(domain)
	// A name that is on no list, like internal, cannot be registered.
	return suffix == domain && (listed || strings.Contains(suffix, "."))
}

// namesIPv4 reports whether a pattern consists of digits and matches only
// addresses.
func namesIPv4(host string) bool {
	return strings.ContainsAny(host, "0123456789") && strings.Trim(host, "0123456789.*?") == ""
}
