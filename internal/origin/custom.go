package origin

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// customURL is a URL with a custom scheme (myapp://host/path) in parts. It is
// split and not parsed, as in auth/trusted-origins.mjs: parsers disagree about
// such URLs, and an app is opened with the text, not with our interpretation.
type customURL struct{ scheme, authority, path string }

// splitCustom splits value. In a wildcard pattern, "?" is a wildcard and begins
// no query. It returns false for control characters, invalid UTF-8 and a missing
// scheme.
func splitCustom(value string, wildcard bool) (customURL, bool) {
	if !utf8.ValidString(value) || hasControl(value) {
		return customURL{}, false
	}
	scheme, rest, found := strings.Cut(value, ":")
	if !found || scheme == "" {
		return customURL{}, false
	}
	query := "?"
	if wildcard {
		query = ""
	}
	u := customURL{scheme: lower(scheme)}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		end := indexAnyOrEnd(after, "/#"+query)
		u.authority, rest = lower(after[:end]), after[end:]
	}
	u.path = resolvePath(rest[:indexAnyOrEnd(rest, "#"+query)])
	return u, true
}

// resolvePath decodes a path and resolves dot segments, so that ".." cannot leave
// the path of a pattern. The root is "".
func resolvePath(path string) string {
	if decoded, err := url.PathUnescape(path); err == nil && utf8.ValidString(decoded) {
		path = decoded
	}
	var segments []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "..":
			segments = segments[:max(len(segments)-1, 0)]
		case ".", "":
		default:
			segments = append(segments, segment)
		}
	}
	if len(segments) == 0 {
		return ""
	}
	return "/" + strings.Join(segments, "/")
}

// SafeRelative reports whether url is a root-relative path that every browser and
// router reads as a path on this host: one leading slash, no backslash, no
// control character, no encoded slash or backslash before the query.
func SafeRelative(url string) bool {
	if !strings.HasPrefix(url, "/") || strings.HasPrefix(url, "//") || strings.Contains(url, `\`) {
		return false
	}
	if !utf8.ValidString(url) || hasControl(url) {
		return false
	}
	// The rest cannot change the authority, so unlike the reference this needs no
	// parser.
	path := strings.ToLower(url[:indexAnyOrEnd(url, "?#")])
	return !strings.Contains(path, "%2f") && !strings.Contains(path, "%5c")
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || 0x7f <= r && r <= 0x9f })
}

func indexAnyOrEnd(s, chars string) int {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return i
	}
	return len(s)
}

// lower is String.prototype.toLowerCase: Go maps the dotted capital İ to a plain
// i, so "İ.com" would pass for "i.com".
func lower(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
}
