package auth

import (
	"github.com/seed-32bd42cb/betterauth/callback"
)

// SessionOptions are the options of sessions.
type SessionOptions struct {
	ModelOptions
	// Lifetime of a session. Browsers keep no cookie longer than 400 days.
	ExpiresIn int `json:"expiresIn" default:"604800" max:"34560000" unit:"seconds"`
	// Age at which using a session extends it again.
	UpdateAge *int `json:"updateAge" default:"86400" unit:"seconds"`
	// How long a session counts as fresh after sign-in; 0 means always.
	FreshAge *int `json:"freshAge" default:"86400" unit:"seconds"`
	// Never extends a session.
	DisableSessionRefresh bool `json:"disableSessionRefresh"`
	// GET /get-session never writes; the client extends the session with POST.
	DeferSessionRefresh bool `json:"deferSessionRefresh"`
	// Keeps sessions in the database too when there is a secondary storage.
	StoreSessionInDatabase bool `json:"storeSessionInDatabase"`
	// Keeps ended sessions in the table; the sweep leaves them too.
	PreserveSessionInDatabase bool `json:"preserveSessionInDatabase"`
	// Keeps the session in a second cookie for a while.
	CookieCache CookieCache `json:"cookieCache"`
}

// CookieCache keeps the session in a signed cookie for a while.
type CookieCache struct {
	// Turns the cookie cache on.
	Enabled *bool `json:"enabled" unset:"false; true in stateless mode"`
	// How long a cached session is used. In stateless mode the default is
	// `session.expiresIn`.
	MaxAge int `json:"maxAge" default:"300" max:"34560000" unit:"seconds"`
	// Form of the cookie. In stateless mode the default is `jwe`.
	Strategy string `json:"strategy" default:"compact" enum:"compact,jwt,jwe"`
	// Renews the cookie without asking a store: `true`, or `{ updateAge }`.
	RefreshCache RefreshCache `json:"refreshCache" unset:"false; true in stateless mode"`
	// A text, or a callback that returns one. A cached session of another version is not
	// used.
	Version CacheVersion `json:"version" unset:"1"`
}

// RefreshCache says whether and when the cached session is renewed without a store: true, false, or {updateAge}.
type RefreshCache struct {
	Set       bool // the option is set
	Enabled   bool
	UpdateAge *int // seconds before the end; default: a fifth of maxAge
}

// CacheVersion is a text, or a callback that derives it from a session and its user.
type CacheVersion struct {
	Text string
	Func callback.Func[Cached, string]
}

// AccountOptions are the options of accounts.
type AccountOptions struct {
	ModelOptions
	// Keeps the provider's tokens in an encrypted cookie.
	StoreAccountCookie *bool `json:"storeAccountCookie" unset:"false; true without a database"`
	// Where the state of an OAuth flow is kept.
	StoreStateStrategy string `json:"storeStateStrategy" unset:"database; cookie in stateless mode" enum:"database,cookie"`
	// Accepts OAuth callbacks from a browser that did not begin the flow. Insecure; leave
	// it off.
	SkipStateCookieCheck bool `json:"skipStateCookieCheck"`
	// Encrypts the tokens of providers in the database.
	EncryptOAuthTokens bool `json:"encryptOAuthTokens"`
	// Stores the provider's new tokens at each sign-in.
	UpdateAccountOnSignIn *bool `json:"updateAccountOnSignIn" default:"true"`
	// Linking several accounts to one user.
	AccountLinking AccountLinking `json:"accountLinking"`
}

// AccountLinking are the options for linking accounts to users.
type AccountLinking struct {
	// Allows accounts to be linked.
	Enabled *bool `json:"enabled" default:"true"`
	// Allows the last account to be unlinked.
	AllowUnlinkingAll bool `json:"allowUnlinkingAll"`
	// Lets a signed-in user link an account with another address. This can lead to account
	// takeovers.
	AllowDifferentEmails bool `json:"allowDifferentEmails"`
	// Linking an account copies its name and picture to the user.
	UpdateUserInfoOnLink bool `json:"updateUserInfoOnLink"`
	// Links implicitly only to a user whose address is verified here.
	RequireLocalEmailVerified *bool `json:"requireLocalEmailVerified" default:"true"`
	// Signing in with a provider never links to an existing user.
	DisableImplicitLinking bool `json:"disableImplicitLinking"`
	// Providers whose statement that an address is verified is trusted: a list, or a
	// callback.
	TrustedProviders TrustedProviders `json:"trustedProviders"`
}

// Verification are the options of single-use values.
type Verification struct {
	ModelOptions
	// Keeps verifications in the database too when there is a secondary storage.
	StoreInDatabase bool `json:"storeInDatabase"`
	// The sweep leaves expired verifications.
	DisableCleanup bool `json:"disableCleanup"`
	// How identifiers are stored: `plain`, `hashed`, `{ hash }`, or `{ default, overrides
	// }` by prefix.
	StoreIdentifier StoreIdentifier `json:"storeIdentifier" default:"plain"`
}
