// Package origin decides which origins, base URLs and redirect targets are
// trusted. It implements origin patterns, safe relative paths, the base URL of a
// request, and small operations on URLs:
//
//	trusted := origin.CompileAll([]string{"https://*.example.com"})
//	ok := trusted.Trusts(redirectTarget, true)
//
// URLs are parsed as WHATWG URLs, like in browsers and the reference; net/url
// disagrees with both. All functions are pure.
package origin

// This package knows no options, request contexts, cookies or answers, and imports
// nothing of this module.

import (
	"errors"
	"net/url"
	"strings"
)

// Origin returns the WHATWG origin of rawURL, such as "https://example.com" or
// "http://127.0.0.1:3000", and false when rawURL does not parse or has an
// opaque origin ("null").
func Origin(rawURL string) (string, bool) {
	u, err := parse(rawURL)
	if err != nil {
		return "", false
	}
	return u.origin()
}

// Host returns the host of rawURL, with its port unless that is the default of
// the scheme. It returns false if rawURL does not parse. The host of a URL
// without authority is "".
func Host(rawURL string) (string, bool) {
	u, err := parse(rawURL)
	if err != nil {
		return "", false
	}
	return u.Host(), true
}

// Protocol returns the scheme of rawURL with its colon, such as "https:", and
// false when rawURL does not parse.
func Protocol(rawURL string) (string, bool) {
	u, err := parse(rawURL)
	if err != nil {
		return "", false
	}
	return u.Protocol(), true
}

// Path returns the path of rawURL with dot segments resolved and backslashes
// converted to slashes. It returns false if rawURL does not parse. Pass the
// result to NormalizePath.
func Path(rawURL string) (string, bool) {
	u, err := parse(rawURL)
	if err != nil {
		return "", false
	}
	return u.Pathname(), true
}

// NormalizePath removes the prefix basePath and trailing slashes from urlPath,
// which is a path as Path returns it. A path that does not begin with basePath is
// returned unchanged. The result is never empty for a path that begins with a
// slash.
func NormalizePath(urlPath, basePath string) string {
	path := orRoot(trimTrailingSlashes(urlPath))
	base := trimTrailingSlashes(basePath)
	if base == "" {
		return path
	}
	rest, found := strings.CutPrefix(path, base)
	if !found {
		return path
	}
	if rest == "" {
		return "/"
	}
	if rest[0] != '/' {
		return path
	}
	return orRoot(trimTrailingSlashes(rest))
}

// SafeScheme reports whether a browser may navigate to rawURL. It is false only
// for an absolute URL whose scheme executes or embeds code (javascript:, data:,
// vbscript:). It does not say that the target is trusted.
func SafeScheme(rawURL string) bool {
	if _, ok := plain(rawURL); ok {
		return true
	}
	u, err := parse(rawURL)
	if err != nil {
		return !errors.Is(err, errAuthorityTooLong)
	}
	return !runsCode(u)
}

func runsCode(u whatwgURL) bool {
	switch u.Scheme() {
	case "javascript", "data", "vbscript":
		return true
	}
	return false
}

// referenceError is an error in the reference's own words, which do not follow
// Go's conventions for error texts.
type referenceError string

func (e referenceError) Error() string { return string(e) }

const (
	errNotAbsoluteOrRooted = referenceError("Expected an absolute or root-relative URL")
	errInvalidURL          = referenceError("Invalid URL")
)

// relativeBase is the base for parsing root-relative URLs; the name can never be
// a real host.
const relativeBase = "https://better-auth.invalid"

// AppendQuery adds name and value pairs to the query of an absolute or
// root-relative URL, before its fragment. The existing query is not changed. It
// does not check whether the URL is trusted; use List.Trusts for that. It returns
// an error for input that is neither kind of URL.
func AppendQuery(input string, pairs [][2]string) (string, error) {
	if strings.HasPrefix(input, "//") || strings.HasPrefix(input, `/\`) {
		return "", errNotAbsoluteOrRooted
	}
	relative := strings.HasPrefix(input, "/")
	u, err := parseAgainst(relative, input)
	switch {
	case errors.Is(err, errNotAbsoluteOrRooted):
		return "", err
	case err != nil:
		return "", errInvalidURL
	}
	if o, _ := u.origin(); relative && o != relativeBase {
		return "", errNotAbsoluteOrRooted
	}
	query := encodeQuery(pairs)
	if query == "" {
		return input, nil
	}
	switch search := u.Query(); {
	case search == "":
	case strings.HasSuffix(search, "&"):
		query = search + query
	default:
		query = search + "&" + query
	}
	u.SetSearch(query)
	if relative {
		return strings.TrimPrefix(u.Href(false), relativeBase), nil
	}
	return u.Href(false), nil
}

func parseAgainst(relative bool, input string) (whatwgURL, error) {
	if relative {
		return parseRelative(relativeBase, input)
	}
	return parse(input)
}

// encodeQuery writes pairs like URLSearchParams: unlike net/url it does not
// escape the asterisk and escapes the tilde.
func encodeQuery(pairs [][2]string) string {
	var b strings.Builder
	for i, pair := range pairs {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(formEscape(pair[0]))
		b.WriteByte('=')
		b.WriteString(formEscape(pair[1]))
	}
	return b.String()
}

func formEscape(s string) string {
	escaped := url.QueryEscape(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.ReplaceAll(strings.ReplaceAll(escaped, "%2A", "*"), "~", "%7E")
}

func trimTrailingSlashes(s string) string { return strings.TrimRight(s, "/") }

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// WithQuery resolves ref against base and sets query parameters, like new URL and
// searchParams.set: unless there are no pairs, the whole query is re-encoded.
func WithQuery(base, ref string, pairs [][2]string) (string, error) {
	if authorityTooLong(ref) {
		return "", errAuthorityTooLong
	}
	u, err := parser.ParseRef(base, ref)
	if err != nil {
		return "", errInvalidURL
	}
	if len(pairs) == 0 {
		return u.Href(false), nil
	}
	query := decodeQuery(u.Query())
	for _, p := range pairs {
		query = setPair(query, p)
	}
	u.SetSearch(encodeQuery(query))
	return u.Href(false), nil
}

// decodeQuery parses pairs like URLSearchParams.
func decodeQuery(query string) (pairs [][2]string) {
	for part := range strings.SplitSeq(query, "&") {
		if part != "" {
			name, value, _ := strings.Cut(part, "=")
			pairs = append(pairs, [2]string{formText(name), formText(value)})
		}
	}
	return pairs
}

// formText decodes one text of a form; an invalid escape is literal.
func formText(s string) string {
	return strings.ToValidUTF8(percentDecode(strings.ReplaceAll(s, "+", " ")), "\uFFFD")
}

// setPair replaces the first pair of that name and drops the others.
func setPair(pairs [][2]string, set [2]string) [][2]string {
	done := false
	var out [][2]string
	for _, p := range pairs {
		switch {
		case p[0] != set[0]:
			out = append(out, p)
		case !done:
			out, done = append(out, set), true
		}
	}
	if !done {
		out = append(out, set)
	}
	return out
}
