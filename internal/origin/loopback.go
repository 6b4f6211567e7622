package origin

import (
	"net/netip"
	"strings"
)

// IsLoopbackHost reports whether host is an address in 127.0.0.0/8, ::1, the name
// localhost or a name under it. A port, brackets, a zone and a trailing dot are
// allowed. It is for conveniences in development (http on the local machine). It
// resolves no names and must not be used to protect a request that the server
// makes.
func IsLoopbackHost(host string) bool {
	name := canonicalHost(host)
	if addr, ok := parseIP(name); ok {
		return addr.IsLoopback()
	}
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

func canonicalHost(host string) string {
	host = stripPort(strings.TrimSpace(host))
	if len(host) >= 2 && host[0] == '[' && host[len(host)-1] == ']' {
		host = host[1 : len(host)-1]
	}
	host, _, _ = strings.Cut(host, "%")
	return lower(strings.TrimRight(host, "."))
}

// stripPort removes the port. It leaves a bare IPv6 address unchanged: several
// colons mean no port.
func stripPort(host string) string {
	if strings.HasPrefix(host, "[") {
		if end := strings.IndexByte(host, ']'); end >= 0 {
			return host[:end+1]
		}
		return host
	}
	if strings.Count(host, ":") != 1 {
		return host
	}
	return hostname(host)
}

func parseIP(s string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(s)
	return addr.Unmap(), err == nil
}

// isLoopbackName guesses the scheme of a host if nothing else determines it. Like
// isLoopbackForDevScheme in utils/url.mjs, it is less strict than IsLoopbackHost.
func isLoopbackName(host string) bool {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && i+1 < len(host) && strings.Trim(host[i+1:], "0123456789") == "" {
		host = host[:i]
	}
	name := lower(strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || name == "::1" || strings.HasPrefix(name, "127.")
}
