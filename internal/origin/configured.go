package origin

import (
	"errors"
	"fmt"
	"strings"
)

// ConfiguredURL returns a base URL from a configuration in the form that paths
// can be appended to: without blanks around it and without slashes at the end
// of its path. It fails when anything appended would not be a path of that
// URL, and for what is no http or https URL. Its errors hold no password.
func ConfiguredURL(text string) (string, error) {
	text = strings.TrimFunc(text, isC0OrSpace)
	u, err := parse(text)
	switch {
	case err != nil && !strings.Contains(text, "://"):
		return "", fmt.Errorf("the base URL %q is no URL: write it with its scheme, like https://%s", text, strings.TrimLeft(text, "/"))
	case err != nil:
		return "", errors.New("the base URL does not parse: write it like https://app.example.com")
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return "", fmt.Errorf("the base URL has the scheme %q, but must begin with http:// or https://", s)
	}
	switch {
	case u.Username() != "" || u.Password() != "":
		return "", errors.New("the base URL holds a user name or password: write scheme, host and port only")
	case strings.ContainsAny(text, "?#"):
		return "", fmt.Errorf("the base URL %q has a query or a fragment: every path behind it would be lost in there", text)
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

// asWritten reports whether raw has this scheme and path in so many characters,
// so that it can stay as it is.
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

// ConfiguredPath returns a base path from a configuration with one slash in
// front and none behind; the root stays "/". It fails for what no request path
// begins with.
func ConfiguredPath(text string) (string, error) {
	path := strings.TrimFunc(text, isC0OrSpace)
	if strings.Contains(path, "://") {
		return "", fmt.Errorf("basePath %q is a URL: write its path only, and the address in baseURL", text)
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
		return "", fmt.Errorf("basePath %q is no plain path: write it like /api/auth, percent-encoded where needed", text)
	}
	return path, nil
}

// ConfiguredHosts returns host patterns from a configuration as MatchesHost and
// TrustedOrigins read them: without blanks, and without the path that an
// address copied from a browser has.
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
			errs = append(errs, fmt.Errorf("baseURL.allowedHosts has the entry %q, which is no host: write one like app.example.com or *.example.com", pattern))
		default:
			hosts = append(hosts, scheme+host)
		}
	}
	return hosts, errors.Join(errs...)
}
