package origin

import (
	"errors"
	"strconv"
	"strings"
	"unicode"

	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/text/unicode/norm"
)

// maxAuthority is the largest size of user information, host and port together,
// in bytes. The parser builds these by repeated concatenation, which takes
// quadratic time; real authorities are far shorter.
const maxAuthority = 2048

var errAuthorityTooLong = errors.New("origin: authority too long")

// parser is immutable and shared.
var parser = url.NewParser(url.WithPreParseHostFunc(func(u *url.Url, host string) string {
	if misreadByParser(host, u.IsSpecialScheme()) {
		return impossibleHost
	}
	return host
}))

// impossibleHost fails in every scheme, because no host may contain a space.
const impossibleHost = " "

type whatwgURL struct{ *url.Url }

func parse(raw string) (whatwgURL, error) {
	if authorityTooLong(raw) {
		return whatwgURL{}, errAuthorityTooLong
	}
	u, err := parser.Parse(raw)
	return whatwgURL{u}, err
}

// parseRelative parses a reference that begins with one slash. It cannot have an
// authority; if it looks as if it had one, it is rejected without parsing.
func parseRelative(base, ref string) (whatwgURL, error) {
	if clean := withoutTabs(ref); len(clean) > 1 && (clean[1] == '/' || clean[1] == '\\') {
		return whatwgURL{}, errNotAbsoluteOrRooted
	}
	u, err := parser.ParseRef(base, ref)
	return whatwgURL{u}, err
}

func (u whatwgURL) origin() (string, bool) {
	switch u.Scheme() {
	case "http", "https", "ws", "wss", "ftp":
		return u.Protocol() + "//" + u.Host(), true
	case "blob":
		return blobOrigin(u)
	}
	return "", false
}

// blobOrigin returns the origin of the URL inside a blob URL, if that is http or
// https.
func blobOrigin(u whatwgURL) (string, bool) {
	inner, err := parse(u.Pathname())
	if err != nil {
		return "", false
	}
	switch inner.Scheme() {
	case "http", "https":
		return inner.origin()
	}
	return "", false
}

func authorityTooLong(raw string) bool {
	if len(raw) <= maxAuthority {
		return false
	}
	scheme, rest, found := strings.Cut(withoutTabs(strings.TrimLeftFunc(raw, isC0OrSpace)), ":")
	if !found {
		return false
	}
	delimiters := "/?#"
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss", "ftp", "file":
		// Any number of slashes and backslashes introduces the authority.
		rest = strings.TrimLeft(rest, `/\`)
		delimiters = `/?#\`
	default:
		if rest, found = strings.CutPrefix(rest, "//"); !found {
			return false
		}
	}
	if i := strings.IndexAny(rest, delimiters); i >= 0 {
		rest = rest[:i]
	}
	return len(rest) > maxAuthority
}

// withoutTabs removes the characters that a URL parser removes everywhere.
func withoutTabs(s string) string {
	if !strings.ContainsAny(s, "\t\r\n") {
		return s
	}
	return strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
}

func isC0OrSpace(r rune) bool { return r <= ' ' }

// misreadByParser reports hosts that whatwg-url v0.6.2 converts to another host
// than the standard does: nested brackets, numbers with a sign, and encoded
// labels that are empty or need another encoding. Rejecting all of them is
// stricter than the standard for hosts like "1.-1", which no name server can
// resolve.
func misreadByParser(host string, special bool) bool {
	if strings.HasPrefix(host, "[") {
		return strings.Count(host, "[") != 1 || strings.Count(host, "]") != 1
	}
	if !special {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(foldHost(host), "."), ".")
	number := hexDigitsOnly(strings.TrimLeft(trimBase(labels[len(labels)-1]), "+-"))
	for _, label := range labels {
		digits := trimBase(label)
		if number && (strings.HasPrefix(digits, "+") || strings.HasPrefix(digits, "-")) {
			return true
		}
		if code, found := strings.CutPrefix(label, "xn--"); found && (code == "" || !isASCII(code)) {
			return true
		}
	}
	return false
}

// foldHost maps digits, signs and dots like the mapping of internationalized
// names, so that no other spelling of them is missed.
func foldHost(host string) string {
	host = percentDecode(host)
	if isASCII(host) {
		return strings.ToLower(host)
	}
	return lower(norm.NFKC.String(strings.Map(func(r rune) rune {
		switch {
		case r == '\u3002' || r == '\uff61':
			return '.'
		case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
			return -1
		}
		return r
	}, host)))
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// trimBase removes the prefix of a number's base; the parser accepts a sign after
// it too.
func trimBase(label string) string {
	if digits, found := strings.CutPrefix(label, "0x"); found {
		return digits
	}
	return strings.TrimPrefix(label, "0")
}

func hexDigitsOnly(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}

// percentDecode decodes valid escapes and leaves the rest unchanged, like WHATWG.
func percentDecode(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}
