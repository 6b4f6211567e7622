package oauthprovider

import (
	"net/netip"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

// parseURL parses an absolute URL as browsers do.
func parseURL(raw string) (*origin.URL, bool) { return origin.ParseURL(raw) }

// isLoopbackIP reports whether the host name of a URL is an address of this machine.
func isLoopbackIP(hostname string) bool {
	a, err := netip.ParseAddr(strings.Trim(hostname, "[]"))
	return err == nil && a.Unmap().IsLoopback()
}
