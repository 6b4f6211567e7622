package schema

import (
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/seed-32bd42cb/betterauth/js"
)

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// isEmail is zod's expression for z.email():
//
//	^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$
func isEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || local[0] == '.' || strings.Contains(local, "..") {
		return false
	}
	for i := range len(local) {
		c := local[i]
		if !isLetter(c) && !isDigit(c) && strings.IndexByte("_'+-.", c) < 0 {
			return false
		}
	}
	if last := local[len(local)-1]; last == '\'' || last == '.' {
		return false
	}
	return isEmailDomain(domain)
}

func isEmailDomain(domain string) bool {
	dot := strings.LastIndexByte(domain, '.')
	if dot < 0 || len(domain)-dot-1 < 2 {
		return false
	}
	for i := dot + 1; i < len(domain); i++ {
		if !isLetter(domain[i]) {
			return false
		}
	}
	start := true
	for i := range dot {
		c := domain[i]
		if c == '.' {
			if start {
				return false
			}
			start = true
			continue
		}
		if !isLetter(c) && !isDigit(c) && (c != '-' || start) {
			return false
		}
		start = false
	}
	return !start
}

// isUUID is zod's expression for z.uuid(): RFC 9562 versions 1 to 8, and the
// all-zero and all-f ones in lower case.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isHex(c) {
				return false
			}
		}
	}
	if s == "00000000-0000-0000-0000-000000000000" || s == "ffffffff-ffff-ffff-ffff-ffffffffffff" {
		return true
	}
	return s[14] >= '1' && s[14] <= '8' && strings.IndexByte("89abAB", s[19]) >= 0
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// withoutBreaks removes the characters that the URL parser ignores inside its
// input.
func withoutBreaks(s string) string {
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

// canParseURL is URL.canParse(s) of the URL Standard, without a base.
func canParseURL(s string) bool {
	s = withoutBreaks(strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }))
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || !isScheme(scheme) {
		return false
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "ws", "wss", "ftp":
		rest = strings.TrimLeft(rest, `/\`)
		return canParseAuthority(cutAny(rest, `/\?#`), true)
	case "file":
		rest = strings.ReplaceAll(rest, `\`, "/")
		host, isHost := strings.CutPrefix(rest, "//")
		host = cutAny(host, "/?#")
		return !isHost || host == "" || isDriveLetter(host) || canParseHost(host)
	}
	authority, hasHost := strings.CutPrefix(rest, "//")
	return !hasHost || canParseAuthority(cutAny(authority, "/?#"), false)
}

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !isLetter(c) && (i == 0 || !isDigit(c) && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

func isDriveLetter(s string) bool {
	return len(s) == 2 && isLetter(s[0]) && (s[1] == ':' || s[1] == '|')
}

func cutAny(s, chars string) string {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i]
	}
	return s
}

func canParseAuthority(s string, special bool) bool {
	at := strings.LastIndexByte(s, '@')
	host := s[at+1:]
	if end := strings.LastIndexByte(host, ']'); strings.HasPrefix(host, "[") && end > 0 {
		return isIPv6(host[1:end]) && (end+1 == len(host) || host[end+1] == ':' && isPort(host[end+2:]))
	}
	host, port, hasPort := strings.Cut(host, ":")
	if hasPort && !isPort(port) {
		return false
	}
	if host == "" {
		return !special && at < 0 && !hasPort
	}
	if special {
		return isDomain(host)
	}
	return !strings.ContainsAny(host, "\x00 #/<>?@[\\]^|")
}

func isPort(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	s = strings.TrimLeft(s, "0")
	n, err := strconv.ParseUint(s, 10, 32)
	return s == "" || err == nil && n <= 65535
}

func isIPv6(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is6() && addr.Zone() == ""
}

// hostNames maps a host as the URL Standard does: UTS 46, not transitional, and
// lenient about hyphens and ASCII.
var hostNames = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

func canParseHost(host string) bool {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		return ok && isIPv6(inner)
	}
	return isDomain(host)
}

// isDomain is the host parser for http and the other special schemes.
func isDomain(host string) bool {
	host = percentDecode(host)
	for i := range len(host) {
		if c := host[i]; c <= ' ' || c == 0x7F || strings.IndexByte("#/:<>?@[\\]^|%", c) >= 0 {
			return false
		}
	}
	if !isASCII(host) || strings.Contains(strings.ToLower(host), "xn--") {
		ascii, err := hostNames.ToASCII(js.WellFormed(host))
		if err != nil || ascii == "" {
			return false
		}
		host = ascii
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := labels[len(labels)-1]
	if last != "" && strings.Trim(last, "0123456789") == "" || isHexLabel(last) {
		return isIPv4(labels)
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func percentDecode(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b.WriteByte(byte(n))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHexLabel(s string) bool {
	if len(s) < 2 || s[0] != '0' || s[1]|0x20 != 'x' {
		return false
	}
	for i := 2; i < len(s); i++ {
		if !isHex(s[i]) {
			return false
		}
	}
	return true
}

// isIPv4 is the parser for hosts that end in a number: up to four parts, decimal,
// octal or hexadecimal, of which the last fills the remaining bytes.
func isIPv4(parts []string) bool {
	if len(parts) > 4 {
		return false
	}
	for i, p := range parts {
		n, ok := ipv4Part(p)
		limit := uint64(256)
		if i == len(parts)-1 {
			limit = 1 << (8 * (5 - len(parts)))
		}
		if !ok || n >= limit {
			return false
		}
	}
	return true
}

func ipv4Part(p string) (uint64, bool) {
	base := 10
	switch {
	case p == "":
		return 0, false
	case isHexLabel(p):
		p, base = p[2:], 16
	case len(p) > 1 && p[0] == '0':
		p, base = p[1:], 8
	}
	if p == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(p, base, 64)
	return n, err == nil
}
