package origin

import (
	"errors"
	"fmt"
	"strings"
)

// ConfiguredURL returns a configured base URL in a form to which paths can be
// appended: without blanks around it and without slashes at the end of its path.
// It returns an error if an appended text would not be a path of that URL, and
// for a text that is not an http or https URL. Its errors contain no password.
func ConfiguredURL(text string) (string, error) {
	text = strings.TrimFunc(text, isC0OrSpace)
	u, err := parse(text)
	switch {
	case err != nil && !strings.Contains(text, "://"):
		return "", fmt.Errorf("the base URL %q is not a URL: write it with its scheme, like https://%s", text, strings.TrimLeft(text, "/"))
	case err != nil:
		return "", errors.New("the base URL does not parse: write it like https://app.example.com")
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return "", fmt.Errorf("the base URL has the scheme %q, but must begin with http:// or https://", s)
	}
	switch {
	case u.Username() != "" || u.Password() != "":
		return "", errors.New("the base URL contains a user name or password: write scheme, host and port only")
	case strings.ContainsAny(text, "?#"):
		return "", fmt.Errorf("the base URL %q has a query or a fragment: paths cannot be appended to it", text)
	}
	o, ok := u.origin()
	if !ok {
		return "", errors.New("the base URL has no host: write it like https://app.example.com")
	}
	path := trimTrailingSlashes(u.Pathname())
	if raw := trimTrailingSlashes(text); asWritten(raw, u.Protocol(), path) {
		return raw, nil
	}
	return o + path, nil
}

// asWritten reports whether raw contains exactly this scheme and path, so that it
// can be used unchanged.
func asWritten(raw, protocol, path string) bool {
	scheme, rest, found := strings.Cut(raw, "://")
	if !found || !strings.EqualFold(scheme+":", protocol) {
		return false
	}
	authority, rawPath := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		authority, rawPath = rest[:i], rest[i:]
	}
	return rawPath == path && authority != "" && !strings.ContainsFunc(authority, func(r rune) bool {
		return isC0OrSpace(r) || r == '\\'
	})
}

// ConfiguredPath returns a configured base path with one leading slash and no
// trailing one; the root stays "/". It returns an error for a text that cannot be
// the beginning of a request path.
func ConfiguredPath(text string) (string, error) {
	path := strings.TrimFunc(text, isC0OrSpace)
	if strings.Contains(path, "://") {
		return "", fmt.Errorf("basePath %q is a URL: write only its path, and the address in baseURL", text)
	}
	path = "/" + strings.TrimPrefix(trimTrailingSlashes(path), "/")
	if path == "/" {
		return path, nil
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", fmt.Errorf("basePath %q has an empty or a dot segment", text)
		}
	}
	if u, err := parseRelative(relativeBase, path); err != nil || u.Pathname() != path {
		return "", fmt.Errorf("basePath %q is not a plain path: write it like /api/auth, percent-encoded where needed", text)
	}
	return path, nil
}

// ConfiguredHosts returns configured host patterns in the form that MatchesHost
// and TrustedOrigins expect: without blanks, and without the path of an address
// that was copied from a browser.
func ConfiguredHosts(patterns []string) ([]string, error) {
	var errs []error
	hosts := make([]string, 0, len(patterns))
	for _, pattern := range patterns {
		text := strings.TrimFunc(pattern, isC0OrSpace)
		scheme := webScheme.FindString(text)
		host, _, _ := strings.Cut(text[len(scheme):], "/")
		switch {
		case host == "":
			errs = append(errs, fmt.Errorf("baseURL.allowedHosts has the entry %q, which names no host", pattern))
		case strings.ContainsFunc(host, func(r rune) bool { return isC0OrSpace(r) || strings.ContainsRune(`\@#`, r) }):
			errs = append(errs, fmt.Errorf("baseURL.allowedHosts has the entry %q, which is not a host: write one like app.example.com or *.example.com", pattern))
		default:
			hosts = append(hosts, scheme+host)
		}
	}
	return hosts, errors.Join(errs...)
}
