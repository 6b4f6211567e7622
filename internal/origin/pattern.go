package origin

import (
	"net/netip"
	"strings"
)

// Pattern is one compiled trusted origin. The forms are those of the reference's
// trustedOrigins:
//
//   - "https://example.com": exactly this origin
//   - "https://*.example.com": origins by wildcard, of this scheme only
//   - "*.example.com", "localhost:*": hosts by wildcard, of any scheme that
//     runs no code
//   - "myapp://", "myapp://host/path": a custom scheme, with the other parts
//     of the pattern
//
// If the host has only digits, dots and wildcards, it matches only IPv4
// addresses. The zero Pattern matches nothing. Patterns are safe for concurrent
// use.
type Pattern struct {
	raw      string
	exact    bool // a web origin in its canonical spelling
	wildcard bool
	hostOnly bool // a wildcard pattern without "://"
	web      hostGlob
	custom   customPattern
}

// hostGlob matches an origin or authority; with addresses set, only IPv4 ones
// match.
type hostGlob struct {
	glob      glob
	addresses bool
}

type customPattern struct {
	customURL
	valid    bool
	hostGlob hostGlob
	pathGlob glob
}

// Compile compiles one pattern. Every text is accepted; a meaningless one matches
// nothing.
func Compile(pattern string) Pattern {
	p := Pattern{raw: pattern, wildcard: hasWildcard(pattern)}
	_, authority, hasScheme := strings.Cut(pattern, "://")
	if !hasScheme {
		authority = pattern
	}
	p.hostOnly = p.wildcard && !hasScheme
	if p.wildcard {
		p.web = hostGlob{compileGlob(pattern), namesAddresses(authority)}
	} else {
		o, ok := Origin(pattern)
		p.exact = ok && o == pattern && (strings.HasPrefix(o, "https:") || strings.HasPrefix(o, "http:"))
	}
	p.custom = compileCustom(pattern, p.wildcard)
	return p
}

func compileCustom(pattern string, wildcard bool) customPattern {
	u, ok := splitCustom(pattern, wildcard)
	c := customPattern{customURL: u, valid: ok}
	if ok && wildcard {
		c.hostGlob = hostGlob{compileGlob(u.authority), namesAddresses(u.authority)}
		c.pathGlob = compileGlob(u.path)
	}
	return c
}

// String returns the original text of the pattern.
func (p Pattern) String() string { return p.raw }

// Matches reports whether url, a full URL or an Origin header, matches the
// pattern. A url that begins with a slash is checked by SafeRelative if
// allowRelative is set, whatever the pattern, and rejected otherwise.
func (p Pattern) Matches(url string, allowRelative bool) bool {
	return List{p}.Trusts(url, allowRelative)
}

// List is a list of trusted origins.
type List []Pattern

// CompileAll compiles patterns in their order.
func CompileAll(patterns []string) List {
	list := make(List, len(patterns))
	for i, pattern := range patterns {
		list[i] = Compile(pattern)
	}
	return list
}

// Trusts reports whether url matches any pattern of the list, by Pattern.Matches.
// An empty list trusts nothing, not even a safe relative path.
func (l List) Trusts(url string, allowRelative bool) bool {
	for i := range l {
		if l[i].exact && l[i].raw == url {
			return true
		}
	}
	if len(l) == 0 {
		return false
	}
	if strings.HasPrefix(url, "/") {
		return allowRelative && SafeRelative(url)
	}
	t := readTarget(url)
	for i := range l {
		if l[i].matches(t) {
			return true
		}
	}
	return false
}

// target is a url under test, parsed once for all patterns.
type target struct {
	web        bool // http or https, or not a URL
	script     bool // a scheme that runs code
	origin     string
	host       string
	custom     customURL
	customOkay bool
}

func readTarget(raw string) target {
	u, err := parse(raw)
	if err != nil {
		return target{web: true}
	}
	t := target{host: u.Host(), script: runsCode(u)}
	if s := u.Scheme(); s == "http" || s == "https" {
		t.web = true
		t.origin, _ = u.origin()
		return t
	}
	t.custom, t.customOkay = splitCustom(raw, false)
	return t
}

func (p *Pattern) matches(t target) bool {
	switch {
	case p.hostOnly:
		// The reference accepts javascript://x.a.com/%0a… for "*.a.com".
		return !t.script && t.host != "" && p.web.matches(t.host, t.host)
	case t.web && t.origin == "":
		return false
	case t.web && !p.wildcard:
		return p.raw == t.origin
	case t.web:
		_, authority, _ := strings.Cut(t.origin, "://")
		return p.web.matches(t.origin, authority)
	}
	return t.customOkay && p.custom.matches(t.custom, p.wildcard)
}

func (g hostGlob) matches(text, authority string) bool {
	return g.glob.matches(text) && (!g.addresses || isIPv4(hostname(authority)))
}

func (c *customPattern) matches(u customURL, wildcard bool) bool {
	if !c.valid || u.scheme != c.scheme {
		return false
	}
	if wildcard {
		// A wildcard would extend over user information into the host.
		if strings.Contains(u.authority, "@") {
			return false
		}
		if c.authority != "" && !c.hostGlob.matches(u.authority, u.authority) {
			return false
		}
		return c.path == "" || c.pathGlob.matches(orRoot(u.path))
	}
	if c.authority != "" && u.authority != c.authority {
		return false
	}
	return c.path == "" || u.path == c.path || strings.HasPrefix(u.path, c.path+"/")
}

func hasWildcard(pattern string) bool { return strings.ContainsAny(pattern, "*?") }

// namesAddresses reports whether a pattern's host has only digits, dots and
// wildcards, and so stands for a range of addresses.
func namesAddresses(authority string) bool {
	host := hostname(authority)
	return strings.ContainsAny(host, "0123456789") && strings.Trim(host, "0123456789.*?") == ""
}

func hostname(authority string) string {
	host, _, _ := strings.Cut(authority, ":")
	return host
}

func isIPv4(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is4()
}
