package oauthprovider

import (
	"net/netip"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// parseURL parses an absolute URL as browsers do.
func parseURL(raw string) (*origin.URL, bool) { return origin.ParseURL(raw) }

// addressOf returns the IP address that the host name of a URL is. ok is false for a name.
func addressOf(hostname string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.TrimRight(strings.Trim(hostname, "[]"), "."))
	return a.Unmap().WithZone(""), err == nil
}

// isLoopbackIP reports whether the host name of a URL is an address of this machine.
func isLoopbackIP(hostname string) bool {
	a, ok := addressOf(hostname)
	return ok && a.IsLoopback()
}

// isPrivateHost reports whether the host name of a URL is known not to be on the public internet. It resolves no
// names, so the connection must be checked too: see [oauth.PublicTransport].
func isPrivateHost(hostname string) bool {
	if a, ok := addressOf(hostname); ok {
		return !isPublicAddress(a)
	}
	switch name := strings.ToLower(strings.TrimRight(hostname, ".")); {
	case name == "", name == "localhost", strings.HasSuffix(name, ".localhost"):
		return true
	default:
		switch name {
		case "metadata.google.internal", "metadata.goog", "metadata", "instance-data", "instance-data.ec2.internal":
			return true
		}
	}
	return false
}

// reservedRanges returns the address ranges that are not public and that netip has no name for.
func reservedRanges() []netip.Prefix {
	texts := []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001:2::/48", "2001:db8::/32",
		"3fff::/20", "5f00::/16", "fec0::/10",
	}
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

func isPublicAddress(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range reservedRanges() {
		if p.Contains(a) {
			return false
		}
	}
	if inner, ok := tunnelled(a); ok {
		return isPublicAddress(inner)
	}
	return true
}

// tunnelled returns the IPv4 address within an IPv6 address of 6to4 or Teredo.
func tunnelled(a netip.Addr) (netip.Addr, bool) {
	if !a.Is6() {
		return netip.Addr{}, false
	}
	b := a.As16()
	switch {
	case b[0] == 0x20 && b[1] == 0x02:
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && b[3] == 0:
		return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]}), true
	}
	return netip.Addr{}, false
}

// keySetFlaw says what is wrong with the address of a client's key set, whatever the client. "" means nothing.
func keySetFlaw(raw string) (u *origin.URL, flaw string) {
	u, ok := parseURL(raw)
	switch {
	case !ok:
		return nil, "jwks_uri must be a valid URL"
	case u.Protocol != "https:":
		return u, "jwks_uri must use HTTPS"
	case u.Username != "" || u.Password != "":
		return u, "jwks_uri must not contain credentials"
	case strings.Contains(raw, "#"):
		return u, "jwks_uri must not include a fragment component"
	case isPrivateHost(u.Hostname):
		return u, "jwks_uri must not point to a private or reserved address"
	}
	return u, ""
}

// checkKeySetURL refuses the address of a client's key set that is not safe to request: it must be trusted, or belong
// to the origin of a client id that is a URL.
func (p *Plugin) checkKeySetURL(c *auth.Context, raw, clientID string) error {
	u, flaw := keySetFlaw(raw)
	if flaw != "" {
		return describeFirst(400, invalidClient, flaw)
	}
	if id, ok := parseURL(clientID); ok && (id.Protocol == "https:" || id.Protocol == "http:") && id.Origin == u.Origin {
		return nil
	}
	if !c.TrustsURL(u.Href) {
		return describeFirst(400, invalidClient, "client jwks_uri is not trusted")
	}
	return nil
}
