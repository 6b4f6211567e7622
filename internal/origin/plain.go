package origin

import "strings"

// plain returns the parts of an http or https URL that is normalized already and has
// nothing but a host name and a path, which is what most URLs are. The parser gives the
// same parts, but takes far longer. ok is false for all other URLs.
func plain(raw string) (u URL, ok bool) {
	protocol, rest, found := strings.Cut(raw, "//")
	if !found || protocol != "https:" && protocol != "http:" || len(raw) > maxAuthority {
		return URL{}, false
	}
	host, path := rest, ""
	if at := strings.IndexByte(rest, '/'); at >= 0 {
		host, path = rest[:at], rest[at:]
	}
	if !plainHost(host) || !plainPath(path) {
		return URL{}, false
	}
	u = URL{Href: raw, Protocol: protocol, Host: host, Hostname: host, Pathname: path, Origin: protocol + "//" + host}
	if path == "" {
		u.Href, u.Pathname = raw+"/", "/"
	}
	return u, true
}

// plainHost reports whether a host is a name in lower case that no rule for
// international names and no form of an IP address applies to.
func plainHost(host string) bool {
	label, digits := 0, true // the length of the last label so far, and whether it may be a number
	for i := range len(host) {
		c := host[i]
		switch {
		case c >= 'a' && c <= 'z':
			digits = false
		case c >= '0' && c <= '9':
			if label == 0 {
				return false // also the beginning of a hexadecimal number
			}
		case c == '-':
			if label == 0 || label == 2 { // "xn--" and other marks have hyphens in the third and fourth places
				return false
			}
		case c == '.':
			if label == 0 || host[i-1] == '-' {
				return false
			}
			label, digits = 0, true
			continue
		default:
			return false
		}
		if label++; label > 63 {
			return false
		}
	}
	return label > 0 && !digits && host[len(host)-1] != '-' && len(host) <= 253
}

// plainPath reports whether a path has unreserved characters only and no segment of
// dots, which the parser removes.
func plainPath(path string) bool {
	for i := range len(path) {
		switch c := path[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '~' || c == '/':
		case c == '.' && path[i-1] != '/' && path[i-1] != '.':
		default:
			return false
		}
	}
	return true
}
