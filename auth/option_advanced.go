package auth

import (
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/cookie"
)

// Advanced are the rarely needed options.
type Advanced struct {
	// Gives cookies names with `__Secure-` and the attribute Secure.
	UseSecureCookies *bool `json:"useSecureCookies" unset:"where baseURL is https"`
	// First part of cookie names.
	CookiePrefix string `json:"cookiePrefix" default:"better-auth"`
	// Names and attributes of single cookies, such as `session_token`.
	Cookies map[string]cookie.Custom `json:"cookies"`
	// Attributes of all cookies.
	DefaultCookieAttributes cookie.Overrides `json:"defaultCookieAttributes"`
	// Cookies that subdomains share.
	CrossSubDomainCookies CrossSubDomainCookies `json:"crossSubDomainCookies"`
	// Accepts requests with cookies from any origin. Dangerous.
	DisableCSRFCheck *bool `json:"disableCSRFCheck"`
	// Turns the check of origins and redirects off: `true`, or a list of paths. Dangerous.
	DisableOriginCheck OriginCheckOff `json:"disableOriginCheck" unset:"false; true in test mode"`
	// Treats a path with a slash at its end as the one without.
	SkipTrailingSlashes bool `json:"skipTrailingSlashes"`
	// Believes `X-Forwarded-Host` and `X-Forwarded-Proto` where `baseURL` is not fixed.
	TrustedProxyHeaders bool `json:"trustedProxyHeaders"`
	// Where a client's address is read from.
	IPAddress IPAddressOptions `json:"ipAddress"`
	// Rarely needed options of the database.
	Database AdvancedDatabase `json:"database"`
	// Makes the ids of rows. Takes precedence over `advanced.database.generateId`.
	GenerateID callback.Func[IDRequest, string] `json:"generateId"`
	// Bounds on what a request may contain. Not in the npm package.
	Limits Limits `json:"limits"`
}

// Limits limits the size of what a request may contain. It is not in the npm package. A request beyond a limit is
// answered with a 4xx. Calls from Go are not limited.
type Limits struct {
	// Longest address in a request, such as `callbackURL`, `redirectTo` or `image`. A longer one is answered with
	// 400.
	Address int `json:"address" default:"2048" min:"1" unit:"bytes"`
	// Longest name or e-mail address, as long as the columns on MySQL.
	Name int `json:"name" default:"255" min:"1" unit:"characters"`
	// Size of any other member of a body, including everything in it; also of an `image` that is a `data:` URL. As
	// long as the columns on MySQL.
	Text int `json:"text" default:"65535" min:"1" unit:"bytes"`
	// Size of `additionalData` in a sign-in with a provider.
	Data int `json:"data" default:"4096" min:"1" unit:"bytes"`
	// Longest body where nobody needs to be signed in, at most `maxBodyBytes`, which limits all other bodies. A
	// longer one is answered with 413.
	PublicBody int64 `json:"publicBody" default:"131072" min:"1" unit:"bytes"`
}

// CrossSubDomainCookies are the options for cookies that subdomains share.
type CrossSubDomainCookies struct {
	// Shares cookies with the domain and everything below it.
	Enabled bool `json:"enabled"`
	// Domain of the cookies.
	Domain string `json:"domain" unset:"the host of baseURL"`
	// Accepted; as in the npm package, nothing reads it.
	AdditionalCookies []string `json:"additionalCookies"`
}

// IPAddressOptions say how the address of a client is determined.
type IPAddressOptions struct {
	// Headers that name the client's address; the first one that is present is used.
	IPAddressHeaders []string `json:"ipAddressHeaders" default:"x-forwarded-for"`
	// Reads no client address: sessions record none, and only wrong passwords per account
	// are limited.
	DisableIPTracking bool `json:"disableIpTracking"`
	// Length of the IPv6 prefix that counts as one client.
	IPv6Subnet int `json:"ipv6Subnet" default:"64" max:"128" unit:"bits"`
	// Addresses and CIDR ranges of your proxies. Needed when a header names several
	// addresses.
	TrustedProxies []string `json:"trustedProxies"`
	// Records the connection's address in sessions where no header names one. Not in the
	// npm package.
	UseSocketAddress bool `json:"useSocketAddress"`
}

// AdvancedDatabase are the rarely needed options of the database.
type AdvancedDatabase struct {
	// How ids of rows are made: `uuid`, `serial`, `false` (by the database), or a
	// callback.
	GenerateID GenerateID `json:"generateId" unset:"32 letters and digits"`
	// How many rows a query reads that sets no limit.
	DefaultFindManyLimit int `json:"defaultFindManyLimit" default:"100" max:"2147483647"`
	// Compares tables, columns, types and keys at start and refuses those that cannot
	// work. See docs/operations.md#databases-made-by-other-tools.
	ValidateSchema *bool `json:"validateSchema" default:"true"`
	// TablePrefix begins the name of every table, so that several servers can use one database; in a file it is
	// database.tablePrefix. At most 32 letters, digits and underscores. Not in the npm package.
	TablePrefix string `json:"-"`
	// Accepted; session and user are always read in one query.
	Joins *bool `json:"joins"`
}
