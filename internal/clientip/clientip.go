// Package clientip finds the address of a client in the headers that proxies
// set, and writes addresses in the one form that sessions store and rate limits
// count by. It knows no requests, no limiter and no development fallback, and
// never looks at the socket; it imports nothing of ours.
package clientip

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// DefaultHeader is read when Options name no header.
const DefaultHeader = "X-Forwarded-For"

// DefaultIPv6Subnet is the prefix length, in bits, that stands for one IPv6
// client: a subscriber has a whole /64 to choose addresses from.
const DefaultIPv6Subnet = 64

// Options say which headers may name the client.
type Options struct {
	// Headers are read in order until one names a client; nil means
	// DefaultHeader.
	Headers []string
	// TrustedProxies are addresses and CIDR ranges of our own proxies. With
	// any, a header is read from the right, and the first address that is
	// none of them is the client. Without, a header counts only when it
	// holds a single address, for the leftmost of several can be forged.
	TrustedProxies []string
	// IPv6Subnet is the prefix length in bits, up to 128; 0 means
	// DefaultIPv6Subnet.
	IPv6Subnet int
	// Disable makes every client unknown.
	Disable bool
}

// Resolver finds client addresses. It is safe for concurrent use.
type Resolver struct {
	headers []string
	proxies []netip.Prefix
	subnet  int
	disable bool
}

// New returns a Resolver and the TrustedProxies that are neither an address nor
// a range. These are ignored; say so to whoever configured them.
func New(o Options) (r *Resolver, invalid []string) {
	r = &Resolver{headers: o.Headers, subnet: o.IPv6Subnet, disable: o.Disable}
	if r.headers == nil {
		r.headers = []string{DefaultHeader}
	}
	for _, text := range o.TrustedProxies {
		prefix, ok := parseRange(text)
		if !ok {
			invalid = append(invalid, text)
			continue
		}
		r.proxies = append(r.proxies, prefix)
	}
	return r, invalid
}

// FromHeader returns the client's address as Normalize writes it, and false
// when no header names one that can be trusted.
func (r *Resolver) FromHeader(h http.Header) (string, bool) { return r.find(h, parse) }

// WithoutPort is FromHeader for addresses that may have a port, as some
// gateways write them: 203.0.113.7:50123, [2001:db8::1]:443. Clients that
// differ by the port alone are one.
func (r *Resolver) WithoutPort(h http.Header) (string, bool) { return r.find(h, parseWithPort) }

// Ignored returns those of the headers that hold no plain list of addresses and
// so never name a client.
func (r *Resolver) Ignored() (names []string) {
	for _, name := range r.headers {
		if strings.EqualFold(strings.TrimSpace(name), "Forwarded") {
			names = append(names, name)
		}
	}
	return names
}

// parser reads one address of a list.
type parser func(text string) (netip.Addr, bool)

func (r *Resolver) find(h http.Header, read parser) (string, bool) {
	if r.disable {
		return "", false
	}
	for _, name := range r.headers {
		// Several fields of one name are one list, so that a forged field in
		// front of the proxy's own never stands alone.
		if addr, ok := r.client(strings.Join(h.Values(name), ","), read); ok {
			return write(addr, r.subnet), true
		}
	}
	return "", false
}

// Hops returns how many of our own proxies stand between the server and the
// client that the headers name, ports aside, and false when they name none.
func (r *Resolver) Hops(h http.Header) (int, bool) {
	if len(r.proxies) == 0 {
		return 0, false
	}
	for _, name := range r.headers {
		hops := split(strings.Join(h.Values(name), ","))
		for i := len(hops) - 1; i >= 0; i-- {
			addr, ok := parseWithPort(hops[i])
			if !ok {
				break
			}
			if !r.trusts(addr) {
				return len(hops) - 1 - i, true
			}
		}
	}
	return 0, false
}

func split(list string) (hops []string) {
	for hop := range strings.SplitSeq(list, ",") {
		if hop = strings.Trim(hop, " \t"); hop != "" {
			hops = append(hops, hop)
		}
	}
	return hops
}

// client picks the client out of a list of addresses, as getIPFromHeader does
// in core/utils/ip.mjs.
func (r *Resolver) client(list string, read parser) (netip.Addr, bool) {
	hops := split(list)
	if len(r.proxies) == 0 {
		if len(hops) != 1 {
			return netip.Addr{}, false
		}
		return read(hops[0])
	}
	for i := len(hops) - 1; i >= 0; i-- {
		addr, ok := read(hops[i])
		if !ok {
			return netip.Addr{}, false
		}
		if !r.trusts(addr) {
			return addr, true
		}
	}
	return netip.Addr{}, false
}

func (r *Resolver) trusts(addr netip.Addr) bool {
	for _, prefix := range r.proxies {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// Normalize writes an address so that all spellings of it, and all addresses of
// one IPv6 subnet, are one text: IPv4 with dots, also when mapped into IPv6,
// and IPv6 as eight groups of four lower-case digits, with the bits behind
// ipv6Subnet set to zero (0 means DefaultIPv6Subnet). What is no address comes
// back in lower case.
func Normalize(ip string, ipv6Subnet int) string {
	addr, ok := parse(ip)
	if !ok {
		return strings.ToLower(ip)
	}
	return write(addr, ipv6Subnet)
}

// RateLimitKey is the key under which the calls of one client to one path are
// counted. No address contains the separator, so no two pairs share a key.
func RateLimitKey(ip, path string) string { return ip + "|" + path }

func write(addr netip.Addr, subnet int) string {
	if subnet <= 0 {
		subnet = DefaultIPv6Subnet
	}
	if addr.Is6() && subnet < 128 {
		addr = netip.PrefixFrom(addr, subnet).Masked().Addr()
	}
	return addr.StringExpanded()
}

// parse reads an address. IPv4 in IPv6 becomes IPv4; zones are refused, as they
// mean something on the proxy only.
func parse(text string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" || strings.Contains(text, "%") {
		return netip.Addr{}, false
	}
	return addr.Unmap(), true
}

// parseWithPort reads an address with or without a port. What only resembles
// one is refused, so that no spelling gives a client an address of its choice.
func parseWithPort(text string) (netip.Addr, bool) {
	if addr, ok := parse(text); ok {
		return addr, true
	}
	host, port := text, ""
	if rest, bracketed := strings.CutPrefix(text, "["); bracketed {
		end := strings.IndexByte(rest, ']')
		if end < 0 || !strings.Contains(rest[:end], ":") {
			return netip.Addr{}, false
		}
		host, port = rest[:end], rest[end+1:]
	} else if i := strings.IndexByte(text, ':'); i >= 0 {
		host, port = text[:i], text[i:]
	}
	if port != "" && !isPort(port) {
		return netip.Addr{}, false
	}
	return parse(host)
}

// isPort reports whether text is a colon and a port.
func isPort(text string) bool {
	digits, ok := strings.CutPrefix(text, ":")
	if !ok || len(digits) > 5 || strings.Trim(digits, "0123456789") != "" {
		return false
	}
	n, err := strconv.Atoi(digits)
	return err == nil && n > 0 && n <= 65535
}

func parseRange(text string) (netip.Prefix, bool) {
	address, length, isRange := text, "", false
	if i := strings.LastIndexByte(text, '/'); i >= 0 {
		address, length, isRange = text[:i], text[i+1:], true
	}
	addr, ok := parse(address)
	if !ok {
		return netip.Prefix{}, false
	}
	bits := addr.BitLen()
	if isRange {
		if strings.Trim(length, "0123456789") != "" {
			return netip.Prefix{}, false
		}
		n, err := strconv.Atoi(length)
		if err != nil || n > bits {
			return netip.Prefix{}, false
		}
		bits = n
	}
	return netip.PrefixFrom(addr, bits), true
}
