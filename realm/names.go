package realm

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
)

var (
	nameForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)
	pathForm = regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$`)
)

// checkName returns an error for a name that cannot be part of names of cookies and keys.
func checkName(name string) error {
	if !nameForm.MatchString(name) {
		return fmt.Errorf("the name %q must be at most 32 lower-case letters, digits and hyphens, and begin and end with no hyphen", name)
	}
	return nil
}

// checkPath returns an error for a path that is neither "" nor like /shop.
func checkPath(path string) error {
	switch {
	case path == "":
		return nil
	case !pathForm.MatchString(path):
		return fmt.Errorf("the path %q must be like /shop: letters, digits and . _ ~ - after slashes, without a slash at its end", path)
	case path == "/healthz", path == "/readyz", strings.HasPrefix(path, "/readyz/"):
		return fmt.Errorf("the path %q belongs to the server itself", path)
	}
	return nil
}

// cleanHosts returns hosts in the form in which requests are compared with them.
func cleanHosts(hosts []string) ([]string, error) {
	out := make([]string, 0, len(hosts))
	for _, host := range hosts {
		clean := cleanHost(host)
		switch {
		case strings.ContainsAny(host, "*?"):
			return nil, fmt.Errorf("the host %q has a wildcard: a realm is one site, so name its hosts", host)
		case strings.Contains(host, "/"):
			return nil, fmt.Errorf("the host %q must be a host alone, like shop.example.com, without scheme and path", host)
		case !origin.ValidProxyHost(clean):
			return nil, fmt.Errorf("the host %q is no host: write it like shop.example.com or localhost:3210", host)
		case slices.Contains(out, clean):
			return nil, fmt.Errorf("the host %q is named twice", host)
		}
		out = append(out, clean)
	}
	return out, nil
}

// cleanHost returns a host in lower case, without the dot that may end a name. The ports of http and https are those
// that a URL leaves out.
func cleanHost(host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		return strings.TrimSuffix(host, ".")
	}
	name = strings.TrimSuffix(name, ".")
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port == "" || port == "80" || port == "443" {
		return name
	}
	return name + ":" + port
}

// withoutPort returns a clean host without its port.
func withoutPort(host string) string {
	if strings.HasSuffix(host, "]") {
		return host
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		return host[:i]
	}
	return host
}
