package auth

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/clientip"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

func (a *Auth) openIPs() error {
	o := a.Options.Advanced.IPAddress
	resolver, invalid := clientip.New(clientip.Options{Headers: o.IPAddressHeaders, TrustedProxies: o.TrustedProxies, IPv6Subnet: o.IPv6Subnet, Disable: o.DisableIPTracking})
	if len(invalid) > 0 {
		a.Log.Warn("advanced.ipAddress.trustedProxies: not an address or a CIDR range, ignored", "entries", strings.Join(invalid, ", "))
	}
	if ignored := resolver.Ignored(); len(ignored) > 0 {
		a.Log.Warn("advanced.ipAddress.ipAddressHeaders: the header Forwarded is not supported; configure the proxy to send X-Forwarded-For", "headers", strings.Join(ignored, ", "))
	}
	a.ips = resolver
	return nil
}

// openAddress sets the base URL and the origins that are trusted because of it.
func (a *Auth) openAddress() error {
	o := &a.Options
	path, err := origin.ConfiguredPath(o.BasePath)
	if err != nil {
		return err
	}
	o.BasePath = path
	var origins []string
	if o.BaseURL.IsDynamic() {
		if err := a.cleanHosts(); err != nil {
			return err
		}
		origins = a.dynamic().TrustedOrigins()
	} else if base := cmp.Or(o.BaseURL.URL, a.environURL()); base != "" {
		if base, err = origin.ConfiguredURL(base); err != nil {
			return err
		}
		if a.baseURL, err = origin.BaseURL(base, o.BasePath); err != nil {
			return err
		}
		a.baseOrigin, _ = origin.Origin(a.baseURL)
		origins = append(origins, a.baseOrigin)
	}
	origins = append(origins, o.TrustedOrigins.List...)
	a.static = trustList{origin.CompileAll(append(origins, splitList(o.Environ("BETTER_AUTH_TRUSTED_ORIGINS"))...))}
	return nil
}

// cleanHosts checks a base URL with several hosts and normalizes its parts for the comparison with requests.
func (a *Auth) cleanHosts() error {
	b := &a.Options.BaseURL
	if len(b.AllowedHosts) == 0 {
		return errors.New("baseURL.allowedHosts cannot be empty: give at least one host, like app.example.com or *.example.com")
	}
	hosts, err := origin.ConfiguredHosts(b.AllowedHosts)
	b.AllowedHosts = hosts
	if b.Fallback != "" {
		fallback, problem := origin.ConfiguredURL(b.Fallback)
		if problem != nil {
			err = errors.Join(err, fmt.Errorf("baseURL.fallback: %w", problem))
		}
		b.Fallback = fallback
	}
	switch b.Protocol {
	case "", "auto", "http", "https":
		return err
	}
	return errors.Join(err, fmt.Errorf("baseURL.protocol is %q, but must be http, https or auto", b.Protocol))
}

func (a *Auth) environURL() string {
	for _, name := range []string{"BETTER_AUTH_URL", "NEXT_PUBLIC_BETTER_AUTH_URL", "PUBLIC_BETTER_AUTH_URL", "NUXT_PUBLIC_BETTER_AUTH_URL", "NUXT_PUBLIC_AUTH_URL", "BASE_URL"} {
		if v := a.Options.Environ(name); v != "" && !(name == "BASE_URL" && v == "/") {
			return v
		}
	}
	return ""
}

// cleanDisabledPaths normalizes the disabled paths for the comparison with requests, and logs those that match no
// endpoint.
func (a *Auth) cleanDisabledPaths() {
	paths := make([]string, len(a.Options.DisabledPaths))
	for i, path := range a.Options.DisabledPaths {
		paths[i] = "/" + strings.Trim(strings.TrimSpace(path), "/")
		known := slices.ContainsFunc(a.endpoints, func(e Endpoint) bool {
			_, matches := matchPattern(e.Path, paths[i])
			return !e.ServerOnly && (matches || slices.Contains(e.Aliases, paths[i]))
		})
		if !known {
			a.Log.Warn("disabledPaths: no endpoint has this path; write paths without the base path, such as /sign-up/email", "path", path)
		}
	}
	a.Options.DisabledPaths = paths
}

func splitList(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (a *Auth) dynamic() origin.Dynamic {
	b := a.Options.BaseURL
	return origin.Dynamic{AllowedHosts: b.AllowedHosts, Fallback: b.Fallback, Protocol: b.Protocol}
}

func (a *Auth) openCookies() error {
	a.cookies = a.cookieOptions(a.baseOrigin)
	a.set = a.cookieSet(a.cookies)
	return a.cookies.Validate()
}

// cookieOptions returns the cookie options of a server at baseURL.
func (a *Auth) cookieOptions(baseURL string) cookie.Options {
	o, adv := a.Options, a.Options.Advanced
	return cookie.Options{
		Prefix: adv.CookiePrefix, UseSecure: adv.UseSecureCookies, BaseURL: baseURL,
		Dynamic: o.BaseURL.IsDynamic(), Protocol: o.BaseURL.Protocol, Production: o.Mode == Production,
		CrossSubDomain: adv.CrossSubDomainCookies.Enabled, Domain: adv.CrossSubDomainCookies.Domain,
		Defaults: adv.DefaultCookieAttributes, Cookies: adv.Cookies,
	}
}

func (a *Auth) cookieSet(o cookie.Options) cookie.Set {
	return o.Set(a.Options.Session.ExpiresIn, a.Options.Session.CookieCache.MaxAge)
}
