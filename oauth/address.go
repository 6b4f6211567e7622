package oauth

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

var originOf = regexp.MustCompile(`(?i)^[a-z][a-z\d+.-]*://[^/?#]+`)

// plain formats an address as better-fetch and the URL class do: one slash after the host, every part of the path and
// the query encoded again, and a space as %20. Percent-encoded parts of the path stay as they are and are not encoded
// twice.
func plain(address string) string {
	origin := originOf.FindString(address)
	if origin == "" {
		return address
	}
	path, query, _ := strings.Cut(address[len(origin):], "?")
	parts := strings.Split(strings.TrimLeft(path, "/"), "/")
	for i, part := range parts {
		parts[i] = encodePart(part)
	}
	out := plainOrigin(origin) + "/" + strings.Join(parts, "/")
	if q := plainQuery(query); q != "" {
		out += "?" + q
	}
	return out
}

func plainOrigin(origin string) string {
	scheme, host, _ := strings.Cut(origin, "://")
	scheme = strings.ToLower(scheme)
	at := strings.IndexByte(host, '@') + 1
	name := strings.ToLower(host[at:])
	switch scheme {
	case "https":
		name = strings.TrimSuffix(name, ":443")
	case "http":
		name = strings.TrimSuffix(name, ":80")
	}
	return scheme + "://" + host[:at] + name
}

var escaped = regexp.MustCompile(`^%[0-9A-Fa-f]{2}`)

func encodePart(part string) string {
	var b strings.Builder
	for i := 0; i < len(part); i++ {
		switch c := part[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.!~*'():", c) >= 0, escaped.MatchString(part[i:]):
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func plainQuery(query string) string {
	var p Params
	for pair := range strings.SplitSeq(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		p.Add(unescape(name), unescape(value))
	}
	if len(p) == 0 {
		return ""
	}
	return strings.ReplaceAll(p.Encode(), "+", "%20")
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
