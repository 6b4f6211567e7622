package origin

import (
	"regexp"
	"strings"
)

const (
	errNoRequestOrigin = referenceError("Could not get origin from request. Please provide a valid base URL.")
	errNoHost          = referenceError("Could not determine host from request headers. Please provide a fallback URL in your baseURL config.")
)

// Dynamic is a base URL that depends on the host of the request, from a list of
// allowed hosts.
type Dynamic struct {
	// AllowedHosts are host names or wildcard patterns, with the port if it is
	// not the default one, in the form of MatchesHost.
	AllowedHosts []string
	// Fallback is the base URL for requests to any other host; with "" they are
	// rejected.
	Fallback string
	// Protocol is "http", "https", or "auto" or "" for the request's protocol.
	Protocol string
}

// Resolve returns the base URL of one request, with basePath appended. host is
// the Host header; xfHost and xfProto are the X-Forwarded headers, used only with
// trustProxy; requestScheme is "" if there are headers but no request. It returns
// an error in the reference's words if the host is unknown or not allowed and
// there is no fallback. The result is valid for this request only.
func (d Dynamic) Resolve(host, xfHost, xfProto, requestScheme, basePath string, trustProxy bool) (string, error) {
	s := Source{Host: host, ForwardedHost: xfHost, ForwardedProto: xfProto, Scheme: requestScheme}
	found, ok := s.host(trustProxy)
	if ok && d.allows(found) {
		return BaseURL(s.protocol(d.Protocol, trustProxy)+"://"+found, basePath)
	}
	if d.Fallback != "" {
		return BaseURL(d.Fallback, basePath)
	}
	if !ok {
		return "", errNoHost
	}
	return "", hostNotAllowedError{found, d.AllowedHosts}
}

func (d Dynamic) allows(host string) bool {
	for _, pattern := range d.AllowedHosts {
		if MatchesHost(host, pattern) {
			return true
		}
	}
	return false
}

type hostNotAllowedError struct {
	host    string
	allowed []string
}

func (e hostNotAllowedError) Error() string {
	return `Host "` + e.host + `" is not in the allowed hosts list. Allowed hosts: ` + strings.Join(e.allowed, ", ") +
		". Add this host to your allowedHosts config or provide a fallback URL."
}

// TrustedOrigins returns the origin patterns of the allowed hosts and the
// fallback: with https, unless Protocol is http, and also with http for loopback
// hosts and with "auto".
func (d Dynamic) TrustedOrigins() []string {
	var origins []string
	for _, host := range d.AllowedHosts {
		if strings.Contains(host, "://") {
			origins = append(origins, host)
			continue
		}
		if d.Protocol == "" || d.Protocol == "https" || d.Protocol == "auto" {
			origins = append(origins, "https://"+host)
		}
		if d.Protocol == "http" || d.Protocol == "auto" || IsLoopbackHost(host) {
			origins = append(origins, "http://"+host)
		}
	}
	if o, ok := Origin(d.Fallback); ok {
		origins = append(origins, o)
	}
	return origins
}

var webScheme = regexp.MustCompile(`^https?://`)

// MatchesHost reports whether host, with its port if it has one, equals the host
// of pattern or matches its wildcards. A leading scheme and a path are ignored on
// both sides, and so is case.
func MatchesHost(host, pattern string) bool {
	if host == "" || pattern == "" {
		return false
	}
	host, pattern = bareHost(host), bareHost(pattern)
	if hasWildcard(pattern) {
		return WildcardMatch(pattern, host)
	}
	return host == pattern
}

func bareHost(s string) string {
	host, _, _ := strings.Cut(webScheme.ReplaceAllLiteralString(s, ""), "/")
	return lower(host)
}
