package cookie

import (
	"errors"
	"net/url"
	"strings"
	"time"
)

const (
	securePrefix = "__Secure-"
	hostPrefix   = "__Host-"
)

// DefaultPrefix is the first part of cookie names if no option sets one.
const DefaultPrefix = "better-auth"

// Overrides are attributes that replace others; nil fields replace nothing.
type Overrides struct {
	// Attribute Max-Age.
	MaxAge *int `json:"maxAge,omitempty" max:"34560000" unit:"seconds"`
	// Attribute Domain.
	Domain *string `json:"domain,omitempty"`
	// Attribute Path.
	Path *string `json:"path,omitempty" unset:"/"`
	// Attribute Expires.
	Expires *time.Time `json:"expires,omitempty"`
	// Attribute HttpOnly.
	HttpOnly *bool `json:"httpOnly,omitempty" unset:"true"`
	// Attribute Secure.
	Secure *bool `json:"secure,omitempty" unset:"useSecureCookies"`
	// Attribute SameSite.
	SameSite *string `json:"sameSite,omitempty" unset:"lax" enum:"lax,strict,none,Lax,Strict,None"`
	// Attribute Partitioned.
	Partitioned *bool `json:"partitioned,omitempty" unset:"false"`
	// Prefix of the name: `secure` is `__Secure-`, `host` is `__Host-`.
	Prefix *string `json:"prefix,omitempty" enum:"host,secure"`
}

// Custom is the entry of one cookie in the option advanced.cookies.
type Custom struct {
	// Full name of the cookie.
	Name string `json:"name,omitempty" unset:"<prefix>.<key>"`
	// Attributes of the cookie.
	Attributes Overrides `json:"attributes,omitzero"`
}

// Options determine the names and attributes of all cookies. They mirror the
// reference's options, whose paths are given for each field.
type Options struct {
	Prefix     string // advanced.cookiePrefix; empty: better-auth
	UseSecure  *bool  // advanced.useSecureCookies
	BaseURL    string // baseURL if it is a string, or as resolved for a request
	Dynamic    bool   // baseURL is the object with allowedHosts
	Protocol   string // baseURL.protocol of that object: "https", "http" or another value
	Production bool

	CrossSubDomain bool   // advanced.crossSubDomainCookies.enabled
	Domain         string // advanced.crossSubDomainCookies.domain

	Defaults Overrides         // advanced.defaultCookieAttributes
	Cookies  map[string]Custom // advanced.cookies, by key such as "session_token"
}

// Validate returns an error if the domain of cookies cannot be determined.
func (o Options) Validate() error {
	if o.CrossSubDomain && o.domain() == "" && !o.Dynamic {
		return errors.New("baseURL is required when crossSubdomainCookies are enabled")
	}
	return nil
}

// Secure reports whether cookies get the prefix __Secure- and the attribute
// Secure. The first of these that is set decides: UseSecure, Protocol, the scheme
// of BaseURL, Production.
func (o Options) Secure() bool {
	switch {
	case o.UseSecure != nil:
		return *o.UseSecure
	case o.Protocol == "https":
		return true
	case o.Protocol == "http":
		return false
	case o.BaseURL != "":
		return strings.HasPrefix(o.BaseURL, "https://")
	}
	return o.Production
}

func (o Options) domain() string {
	if o.Domain != "" || o.BaseURL == "" {
		return o.Domain
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(base.Hostname())
}

// Cookie returns the cookie of a key such as "session_token" (createCookieGetter
// in cookies/index.mjs). Later attributes override earlier ones: the built-in
// ones, Defaults, the given maxAge (nil: none), then those of Cookies[key].
func (o Options) Cookie(key string, maxAge *int) Cookie {
	return o.CookieWith(key, Overrides{MaxAge: maxAge})
}

// CookieWith is Cookie for callers that set more attributes than maxAge.
func (o Options) CookieWith(key string, own Overrides) Cookie {
	custom := o.Cookies[key]
	name := custom.Name
	if name == "" {
		prefix := o.Prefix
		if prefix == "" {
			prefix = DefaultPrefix
		}
		name = prefix + "." + key
	}
	a := Attributes{Secure: o.Secure(), SameSite: "lax", Path: "/", HttpOnly: true}
	if o.CrossSubDomain {
		a.Domain = o.domain()
	}
	if a.Secure {
		name = securePrefix + name
	}
	for _, overrides := range []Overrides{o.Defaults, own, custom.Attributes} {
		a = overrides.Apply(a)
	}
	return Cookie{Name: name, Attributes: a}
}

// Apply returns a with the attributes of the overrides.
func (o Overrides) Apply(a Attributes) Attributes {
	if o.MaxAge != nil {
		a.MaxAge = o.MaxAge
	}
	replace(&a.Domain, o.Domain)
	replace(&a.Path, o.Path)
	replace(&a.Expires, o.Expires)
	replace(&a.HttpOnly, o.HttpOnly)
	replace(&a.Secure, o.Secure)
	replace(&a.SameSite, o.SameSite)
	replace(&a.Partitioned, o.Partitioned)
	replace(&a.Prefix, o.Prefix)
	return a
}

func replace[T any](value *T, override *T) {
	if override != nil {
		*value = *override
	}
}

// Set holds the four cookies of every server.
type Set struct {
	SessionToken Cookie
	SessionData  Cookie
	AccountData  Cookie
	DontRemember Cookie
}

// Set returns the server's cookies. Both ages are in seconds; zero means the
// reference's default, 7 days for a session and 300 seconds for the cache.
func (o Options) Set(sessionAge, cacheAge int) Set {
	if sessionAge == 0 {
		sessionAge = 7 * 24 * 60 * 60
	}
	if cacheAge == 0 {
		cacheAge = longAge
	}
	return Set{
		SessionToken: o.Cookie("session_token", &sessionAge),
		SessionData:  o.Cookie("session_data", &cacheAge),
		AccountData:  o.Cookie("account_data", &cacheAge),
		DontRemember: o.Cookie("dont_remember", nil),
	}
}

// DomainsAbove returns the domains for which a server at host (with or without a
// port) may set cookies: the host and its parent domains, except the last label.
// Browsers ignore those of them that are public suffixes. An IP address has none.
func DomainsAbove(host string) (domains []string) {
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	labels := strings.Split(host, ".")
	if last := labels[len(labels)-1]; last == "" || strings.Trim(last, "0123456789") == "" || strings.Contains(host, ":") {
		return nil
	}
	for len(labels) > 1 && len(domains) < maxDomains {
		domains = append(domains, strings.Join(labels, "."))
		labels = labels[1:]
	}
	return domains
}

// maxDomains limits the Set-Cookie lines for one cookie of a host with many
// labels.
const maxDomains = 4

// StripPrefix returns a cookie's name without __Secure- or __Host-.
func StripPrefix(name string) string {
	if rest, ok := strings.CutPrefix(name, securePrefix); ok {
		return rest
	}
	return strings.TrimPrefix(name, hostPrefix)
}
