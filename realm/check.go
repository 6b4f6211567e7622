package realm

import (
	"cmp"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// fits returns what makes the server of a realm unfit for its place.
func (one *Realm) fits(trust bool) (problems []error) {
	o := one.Options
	if o == nil {
		return nil
	}
	if o.Advanced.TrustedProxyHeaders != trust {
		problems = append(problems, one.errorf("advanced.trustedProxyHeaders differs from that of all realms, so a request would be for one host here and for another there"))
	}
	if base := basePath(o); !isBelow(base, one.Path) {
		problems = append(problems, one.errorf("the endpoints are at %s, which is not below the path %s: correct basePath or baseURL", base, one.Path))
	}
	return problems
}

// isBelow reports whether base is path or below it.
func isBelow(base, path string) bool {
	rest, ok := strings.CutPrefix(base, path)
	return ok && (rest == "" || path == "" || rest[0] == '/')
}

// basePath returns the path of a server's endpoints: that of its base URL, else its base path.
func basePath(o *auth.Options) string {
	if u, err := url.Parse(o.BaseURL.URL); err == nil {
		if path := strings.TrimRight(u.Path, "/"); path != "" {
			return path
		}
	}
	return cmp.Or(o.BasePath, origin.DefaultBasePath)
}

// commonHost returns a host that both realms have. Realms without hosts share all that no realm names.
func commonHost(a, b []string) (string, bool) {
	if len(a) == 0 && len(b) == 0 {
		return "", true
	}
	for _, host := range a {
		if slices.Contains(b, host) {
			return host, true
		}
	}
	return "", false
}

// apart returns what two realms share that must be the realm's own.
func apart(a, b *Realm) (problems []error) {
	problem := func(format string, args ...any) { problems = append(problems, b.errorf(format, args...)) }
	if a.Name == b.Name {
		problem("there are two realms of this name")
	}
	if host, ok := commonHost(a.Hosts, b.Hosts); ok && a.Path == b.Path {
		problem("it has the host and path of the realm %s (%s)", a.Name, host+a.Path)
		return problems
	}
	if a.Options == nil || b.Options == nil {
		return problems
	}
	if a.Auth != nil && a.Auth == b.Auth {
		problem("it has the server of the realm %s", a.Name)
		return problems
	}
	if secret.Common(a.secrets(), b.secrets()) {
		problem("it has a secret of the realm %s: each realm needs its own", a.Name)
	}
	if same(a.Options.Database, b.Options.Database) {
		if table := commonTable(a.Auth, b.Auth); table != "" {
			problem("it has the table %s of the realm %s: use another database, schema or table prefix", table, a.Name)
		}
	}
	if same(a.Options.SecondaryStorage, b.Options.SecondaryStorage) {
		problem("it has the secondary storage of the realm %s: use one with another prefix of its keys", a.Name)
	}
	for _, p := range a.Options.Plugins {
		if slices.ContainsFunc(b.Options.Plugins, func(q auth.Plugin) bool { return same(p, q) }) {
			problem("it has the plugin %s of the realm %s: make one for each server", p.Manifest().ID, a.Name)
		}
	}
	if name := commonCookie(a, b); name != "" {
		problem("browsers would send it the cookie %s of the realm %s: set advanced.cookiePrefix in one of them", name, a.Name)
	}
	return problems
}

func (one *Realm) secrets() []secret.Version {
	if one.Auth != nil {
		return one.Auth.Keys.All()
	}
	list := slices.Clone(one.Options.Secrets)
	if one.Options.Secret != "" {
		list = append(list, secret.Version{Value: one.Options.Secret})
	}
	return list
}

// same reports whether two values are one object. Go may give all values without size one address, so they never
// are.
func same(a, b any) bool {
	v, w := reflect.ValueOf(a), reflect.ValueOf(b)
	if !v.IsValid() || !w.IsValid() || v.Type() != w.Type() {
		return false
	}
	if v.Kind() == reflect.Pointer {
		return v.Type().Elem().Size() > 0 && v.Pointer() == w.Pointer()
	}
	return v.Type().Size() > 0 && v.Comparable() && v.Equal(w)
}

// commonTable returns the name of a table that both servers have, or "". Without servers it is the first one.
func commonTable(a, b *auth.Auth) string {
	if a == nil || b == nil {
		return "user"
	}
	names := map[string]bool{}
	for _, t := range a.Store.Tables() {
		names[strings.ToLower(t.Name)] = true
	}
	for _, t := range b.Store.Tables() {
		if names[strings.ToLower(t.Name)] {
			return t.Name
		}
	}
	return ""
}

// commonCookie returns the name of a cookie that a browser may send to both realms and that both would read, or "".
func commonCookie(a, b *Realm) string {
	if !a.reaches(b) && !b.reaches(a) {
		return ""
	}
	if a.prefix() == b.prefix() {
		return a.prefix() + ".session_token"
	}
	for _, pair := range [][2]*Realm{{a, b}, {b, a}} {
		for _, custom := range pair[0].Options.Advanced.Cookies {
			if custom.Name != "" && pair[1].reads(custom.Name) {
				return custom.Name
			}
		}
	}
	return ""
}

func (one *Realm) prefix() string {
	return cmp.Or(one.Options.Advanced.CookiePrefix, cookie.DefaultPrefix)
}

// reads reports whether a cookie of this name may be one of the realm.
func (one *Realm) reads(name string) bool {
	if strings.HasPrefix(name, one.prefix()+".") {
		return true
	}
	for _, custom := range one.Options.Advanced.Cookies {
		if custom.Name == name {
			return true
		}
	}
	return false
}

// reaches reports whether cookies of a reach b: they have a host in common, whatever the port, or the cookies of a are
// for a domain that contains a host of b.
func (a *Realm) reaches(b *Realm) bool {
	if len(a.Hosts) == 0 || len(b.Hosts) == 0 {
		return true
	}
	for _, host := range b.Hosts {
		host = withoutPort(host)
		if slices.ContainsFunc(a.Hosts, func(h string) bool { return withoutPort(h) == host }) {
			return true
		}
		for _, domain := range a.domains() {
			if host == domain || strings.HasSuffix(host, "."+domain) {
				return true
			}
		}
	}
	return false
}

// domains returns the domains of the realm's cookies.
func (one *Realm) domains() (out []string) {
	adv := &one.Options.Advanced
	add := func(domain string) {
		if domain = strings.ToLower(strings.TrimPrefix(domain, ".")); domain != "" {
			out = append(out, domain)
		}
	}
	if adv.CrossSubDomainCookies.Enabled {
		if add(adv.CrossSubDomainCookies.Domain); adv.CrossSubDomainCookies.Domain == "" {
			for _, host := range one.Hosts {
				add(withoutPort(host))
			}
		}
	}
	overrides := []cookie.Overrides{adv.DefaultCookieAttributes}
	for _, custom := range adv.Cookies {
		overrides = append(overrides, custom.Attributes)
	}
	for _, o := range overrides {
		if o.Domain != nil {
			add(*o.Domain)
		}
	}
	return out
}
