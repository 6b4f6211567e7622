package clientip

import (
	"net/http"
	"net/netip"
	"testing"
)

// FuzzFromHeader sends any X-Forwarded-For: the result must be one well-formed
// address from the header, and never one of the trusted proxies.
func FuzzFromHeader(f *testing.F) {
	for _, seed := range []string{
		"", "203.0.113.7", "203.0.113.7:50123", "[2001:db8::1]:443", "203.0.113.7, 10.0.0.1", "10.0.0.1", " , ,", "::ffff:203.0.113.7",
		"fe80::1%eth0", "0x7f.1", "127.1", "203.0.113.7,,10.0.0.1", "unknown", "_hidden", "1.2.3.4, x, 10.0.0.1", "\x00", "10.0.0.1:1, 10.0.0.2:2",
	} {
		f.Add(seed, "")
		f.Add("198.51.100.9", seed)
	}
	proxies := netip.MustParsePrefix("10.0.0.0/8")
	trusting, _ := New(Options{Headers: []string{"x-forwarded-for"}, TrustedProxies: []string{"10.0.0.0/8"}, IPv6Subnet: 64})
	plain, _ := New(Options{})
	f.Fuzz(func(t *testing.T, first, second string) {
		h := http.Header{"X-Forwarded-For": {first, second}}
		for name, r := range map[string]*Resolver{"with proxies": trusting, "without": plain} {
			ip, ok := r.FromHeader(h)
			if !ok {
				if ip != "" {
					t.Errorf("%s: %q without being sure", name, ip)
				}
				continue
			}
			addr, err := netip.ParseAddr(ip)
			if err != nil || addr.Zone() != "" {
				t.Fatalf("%s: %q and %q gave %q", name, first, second, ip)
			}
			if r == trusting && proxies.Contains(addr.Unmap()) {
				t.Errorf("%q and %q gave the proxy's own address %s", first, second, ip)
			}
			if again := Normalize(ip, 64); again != ip {
				t.Errorf("%s is written %s the next time", ip, again)
			}
		}
	})
}
