package origin

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// DefaultBasePath is the path of the endpoints if none is configured.
const DefaultBasePath = "/api/auth"

// BaseURL returns url with basePath appended, or url itself if it has a path. A
// basePath of "" or "/" appends nothing. For a text that is not an http or https
// URL, it returns an error in the reference's words.
func BaseURL(url, basePath string) (string, error) {
	u, err := parse(url)
	if err != nil {
		return "", baseURLError{url, "Please provide a valid base URL."}
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return "", baseURLError{url, "URL must include 'http://' or 'https://'"}
	}
	if trimTrailingSlashes(u.Pathname()) != "" {
		return url, nil
	}
	trimmed := trimTrailingSlashes(url)
	if basePath == "" || basePath == "/" {
		return trimmed, nil
	}
	return trimmed + "/" + strings.TrimPrefix(basePath, "/"), nil
}

type baseURLError struct{ url, advice string }

func (e baseURLError) Error() string {
	return fmt.Sprintf("Invalid base URL: %s. %s", e.url, e.advice)
}

var proxyHost = regexp.MustCompile(`^(?:` +
	`[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*` +
	`|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$`)

// ValidProxyHost reports whether a Host or X-Forwarded-Host header is one host
// name, IPv4 or bracketed IPv6 address, with an optional port.
func ValidProxyHost(header string) bool {
	lowered := strings.ToLower(header)
	for _, scheme := range []string{"javascript:", "file:", "data:"} {
		if strings.Contains(lowered, scheme) {
			return false
		}
	}
	return proxyHost.MatchString(header)
}

// ValidProxyProto reports whether an X-Forwarded-Proto header is exactly "http"
// or "https".
func ValidProxyProto(header string) bool { return header == "http" || header == "https" }

// Source holds what a request says about the address it was sent to. Nothing in
// it is trusted yet.
type Source struct {
	// Host is the Host header.
	Host string
	// ForwardedHost and ForwardedProto are the X-Forwarded-Host and
	// X-Forwarded-Proto headers; several of one name are joined by ", ".
	ForwardedHost, ForwardedProto string
	// Scheme is "http" or "https", the scheme of the request's own URL; "" if
	// there are only headers and no request.
	Scheme string
}

// SourceOf returns the Source of a request that arrived over scheme.
func SourceOf(r *http.Request, scheme string) Source {
	return Source{
		Host:           r.Host,
		ForwardedHost:  strings.Join(r.Header.Values("X-Forwarded-Host"), ", "),
		ForwardedProto: strings.Join(r.Header.Values("X-Forwarded-Proto"), ", "),
		Scheme:         scheme,
	}
}

// FromRequest returns the host, with port, and the protocol ("http" or "https")
// that a request over scheme was sent to. The X-Forwarded headers count only with
// trustProxy. ok is false if the request names no usable host.
func FromRequest(r *http.Request, scheme string, trustProxy bool) (host, protocol string, ok bool) {
	s := SourceOf(r, scheme)
	host, ok = s.host(trustProxy)
	return host, s.protocol("", trustProxy), ok
}

// RequestBaseURL returns the base URL of a request if none is configured: the
// forwarded address if trustProxy is set and both headers are valid, and
// otherwise the address of the request itself. The result must never be stored:
// the next request may name another host.
func (s Source) RequestBaseURL(basePath string, trustProxy bool) (string, error) {
	if trustProxy && ValidProxyProto(s.ForwardedProto) && ValidProxyHost(s.ForwardedHost) {
		if base, err := BaseURL(s.ForwardedProto+"://"+s.ForwardedHost, basePath); err == nil {
			return base, nil
		}
	}
	own, ok := Origin(s.Scheme + "://" + s.Host)
	if !ok {
		return "", errNoRequestOrigin
	}
	return BaseURL(own, basePath)
}

// host follows getHostFromSource in utils/url.mjs.
func (s Source) host(trustProxy bool) (string, bool) {
	if trustProxy && ValidProxyHost(s.ForwardedHost) {
		return s.ForwardedHost, true
	}
	if ValidProxyHost(s.Host) {
		return s.Host, true
	}
	if s.Scheme == "" {
		return "", false
	}
	host, ok := Host(s.Scheme + "://" + s.Host)
	return host, ok && host != ""
}

// protocol follows getProtocolFromSource in utils/url.mjs.
func (s Source) protocol(configured string, trustProxy bool) string {
	switch {
	case ValidProxyProto(configured):
		return configured
	case trustProxy && ValidProxyProto(s.ForwardedProto):
		return s.ForwardedProto
	case ValidProxyProto(s.Scheme):
		return s.Scheme
	}
	if host, ok := s.host(trustProxy); ok && isLoopbackName(host) {
		return "http"
	}
	return "https"
}
