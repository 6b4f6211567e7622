package origin

import (
	"errors"
	"strconv"
	"strings"
	"unicode"

	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/text/unicode/norm"
)

// maxAuthority bounds user information, host and port together, in bytes. The
// parser builds these by repeated concatenation, so a long one would cost time
// in its square; no real authority comes near.
const maxAuthority = 2048

var errAuthorityTooLong = errors.New("origin: authority too long")

// parser is immutable and shared.
var parser = url.NewParser(url.WithPreParseHostFunc(func(u *url.Url, host string) string {
	if misreadByParser(host, u.IsSpecialScheme()) {
		return impossibleHost
	}
	return host
}))

// impossibleHost fails in every scheme: a space may stand in no host.
const impossibleHost = " "

type whatwgURL struct{ *url.Url }

func parse(raw string) (whatwgURL, error) {
	if authorityTooLong(raw) {
		return whatwgURL{}, errAuthorityTooLong
	}
	u, err := parser.Parse(raw)
	return whatwgURL{u}, err
}

// parseRelative reads a reference that begins with one slash. It can have no
// authority, so one that turns out to have is refused unread.
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

// blobOrigin is the origin of the URL inside a blob URL, when that is a web one.
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

// withoutTabs drops what a URL parser drops wherever it stands.
func withoutTabs(s string) string {
	if !strings.ContainsAny(s, "\t\r\n") {
		return s
	}
	return strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(s)
}

func isC0OrSpace(r rune) bool { return r <= ' ' }

// misreadByParser names the hosts that whatwg-url v0.6.2 makes another host out
// of than the standard does: nested brackets, numbers with a sign, and encoded
// labels that hold nothing or more to encode. Refusing them all is stricter than the
// standard for hosts like "1.-1", which no name server can answer for.
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

// foldHost does what the mapping of internationalized names does to digits,
// signs and dots, so that no other spelling of them slips by.
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

// trimBase drops what tells the base of a number; the parser looks for a sign
// behind that too.
func trimBase(label string) string {
	if digits, found := strings.CutPrefix(label, "0x"); found {
		return digits
	}
	return strings.TrimPrefix(label, "0")
}

func hexDigitsOnly(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}

// percentDecode decodes what is well formed and leaves the rest, as WHATWG does.
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
