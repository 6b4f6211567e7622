// Package clientip finds the address of a client in the headers that proxies set,
// and normalizes addresses for sessions and rate limits. It never uses the
// address of the connection, and has no fallback for development.
//
//	r, invalid := clientip.New(clientip.Options{TrustedProxies: []string{"10.0.0.0/8"}})
//	ip, ok := r.FromHeader(req.Header)
package clientip

// This package imports nothing of this module.

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// DefaultHeader is used if Options name no header.
const DefaultHeader = "X-Forwarded-For"

// DefaultIPv6Subnet is the prefix length in bits that counts as one IPv6 client,
// because a subscriber can choose any address of a whole /64.
const DefaultIPv6Subnet = 64

// Options name the headers that may contain the client's address.
type Options struct {
	// Headers are read in order until one names a client; nil means
	// DefaultHeader.
	Headers []string
	// TrustedProxies are addresses and CIDR ranges of our own proxies. If there
	// are any, a header is read from the right, and the first address that is not
	// one of them is the client. Otherwise a header is used only if it contains a
	// single address, because the leftmost of several can be forged.
	TrustedProxies []string
	// IPv6Subnet is the prefix length in bits, up to 128; 0 means
	// DefaultIPv6Subnet.
	IPv6Subnet int
	// Disable treats every client as unknown.
	Disable bool
}

// Resolver finds client addresses. It is safe for concurrent use.
type Resolver struct {
	headers []string
	proxies []netip.Prefix
	subnet  int
	disable bool
}

// New returns a Resolver, and the TrustedProxies that are neither an address nor
// a range. These are ignored and should be reported to the user.
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

// FromHeader returns the client's address in the form of Normalize. ok is false
// if no header contains one that can be trusted.
func (r *Resolver) FromHeader(h http.Header) (string, bool) { return r.find(h, parse) }

// WithoutPort is like FromHeader, for addresses that may have a port, as some
// gateways write them: 203.0.113.7:50123, [2001:db8::1]:443. Clients that differ
// only in the port count as one.
func (r *Resolver) WithoutPort(h http.Header) (string, bool) { return r.find(h, parseWithPort) }

// Ignored returns the headers that contain no plain list of addresses and so
// never name a client.
func (r *Resolver) Ignored() (names []string) {
	for _, name := range r.headers {
		if strings.EqualFold(strings.TrimSpace(name), "Forwarded") {
			names = append(names, name)
		}
	}
	return names
}

// parser parses one address of a list.
type parser func(text string) (netip.Addr, bool)

func (r *Resolver) find(h http.Header, read parser) (string, bool) {
	if r.disable {
		return "", false
	}
	for _, name := range r.headers {
		// Several fields of one name are joined to one list, so that a forged
		// field before the proxy's own is never used alone.
		if addr, ok := r.client(strings.Join(h.Values(name), ","), read); ok {
			return write(addr, r.subnet), true
		}
	}
	return "", false
}

// Hops returns the number of our own proxies between the server and the client
// that the headers name, ignoring ports. ok is false if they name no client.
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

// Outermost returns the value that our outermost proxy added to values, a header's
// list to which every proxy adds one. Values further left may be forged. ok is
// false if the values differ and the number of our proxies is not known.
func (r *Resolver) Outermost(h http.Header, values []string) (value string, ok bool) {
	same := len(values) > 0
	for _, v := range values {
		same = same && v == values[0]
	}
	if same {
		return values[0], true
	}
	hops, known := r.Hops(h)
	if i := len(values) - 1 - hops; known && i >= 0 {
		return values[i], true
	}
	return "", false
}

func split(list string) (hops []string) {
	for hop := range strings.SplitSeq(list, ",") {
		if hop = strings.Trim(hop, " \t"); hop != "" {
			hops = append(hops, hop)
		}
	}
	return hops
}

// client selects the client from a list of addresses, like getIPFromHeader in
// core/utils/ip.mjs.
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

// Normalize returns the same text for all spellings of an address and for all
// addresses of one IPv6 subnet: IPv4 with dots, also if mapped into IPv6, and
// IPv6 as eight groups of four lower-case digits, with the bits after ipv6Subnet
// set to zero (0 means DefaultIPv6Subnet). A text that is not an address is
// returned in lower case.
func Normalize(ip string, ipv6Subnet int) string {
	addr, ok := parse(ip)
	if !ok {
		return strings.ToLower(ip)
	}
	return write(addr, ipv6Subnet)
}

// RateLimitKey returns the key under which the calls of one client to one path
// are counted. No address contains the separator, so no two pairs have the same
// key.
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

// parse parses an address. IPv4 in IPv6 becomes IPv4. Zones are rejected, because
// they have a meaning only on the proxy.
func parse(text string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" || strings.Contains(text, "%") {
		return netip.Addr{}, false
	}
	return addr.Unmap(), true
}

// parseWithPort parses an address with or without a port. It rejects anything
// else, so that a client cannot choose its address with an unusual spelling.
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
