package oauthprovider

import (
	"net/netip"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// safeURL returns the schema of an address that the server stores and sends browsers to: no scheme that runs code, no
// fragment, and https except on the machine itself. Schemes of apps are allowed.
func safeURL() *schema.Schema {
	return schema.String().URL().
		Refine(parses, "URL must be parseable").
		Refine(isSafe, "URL cannot use javascript:, data:, or vbscript: scheme").
		Refine(func(v any) bool { return !parses(v) || !isSafe(v) || !hasFragment(v) }, "Redirect URI must not contain a fragment component").
		Refine(isSecure, "Redirect URI must use HTTPS (HTTP allowed only for loopback hosts)")
}

func parses(v any) bool {
	s, _ := v.(string)
	_, ok := origin.ParseURL(s)
	return ok
}

func isSafe(v any) bool {
	s, _ := v.(string)
	return origin.SafeScheme(s)
}

func hasFragment(v any) bool {
	s, _ := v.(string)
	return strings.Contains(s, "#")
}

func isSecure(v any) bool {
	s, _ := v.(string)
	u, ok := origin.ParseURL(s)
	return !ok || u.Protocol != "http:" || origin.IsLoopbackHost(u.Host)
}

// registeredRedirect reports whether a client may have browsers sent to the address requested: it must equal one that
// is registered, character by character. Only the port of an http address on the machine itself may differ (RFC 8252,
// section 7.3), because an app does not know it in advance.
func registeredRedirect(registered []string, requested string) bool {
	u, ok := origin.ParseURL(requested)
	if !ok || strings.Contains(requested, "#") || u.Username != "" || u.Password != "" {
		return false
	}
	portless, local := withoutLoopbackPort(requested)
	for _, r := range registered {
		if r == requested {
			return true
		}
		if other, ok := withoutLoopbackPort(r); local && ok && other == portless {
			return true
		}
	}
	return false
}

// withoutLoopbackPort removes the port of an http address on the machine itself. The rest stays as it is written. ok
// is false for any other address.
func withoutLoopbackPort(uri string) (portless string, ok bool) {
	u, parsed := origin.ParseURL(uri)
	if !parsed || u.Protocol != "http:" || !isLoopback(u.Hostname) {
		return "", false
	}
	start := strings.Index(uri, "://")
	if start < 0 {
		return "", false
	}
	start += len("://")
	end := len(uri)
	if i := strings.IndexAny(uri[start:], "/?#"); i >= 0 {
		end = start + i
	}
	authority := uri[start:end]
	colon := strings.LastIndexByte(authority, ':')
	if strings.HasPrefix(authority, "[") {
		bracket := strings.IndexByte(authority, ']')
		if bracket < 0 {
			return "", false
		}
		if bracket+1 >= len(authority) || authority[bracket+1] != ':' {
			return uri, true
		}
		colon = bracket + 1
	}
	if colon < 0 {
		return uri, true
	}
	if strings.Trim(authority[colon+1:], "0123456789") != "" {
		return "", false
	}
	return uri[:start+colon] + uri[end:], true
}

// isLoopback reports whether a host name is localhost or a loopback address. Names under localhost are not: an app
// listens on the address.
func isLoopback(hostname string) bool {
	if hostname == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(hostname, "[]"))
	return err == nil && addr.Unmap().IsLoopback()
}
