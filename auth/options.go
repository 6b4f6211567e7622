package auth

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Mode says where a server runs; the limiter, the secret rules, cookies and the
// address fallback hang on it.
type Mode string

// The modes. The zero value is production.
const (
	Production  Mode = ""
	Development Mode = "development"
	Test        Mode = "test"
)

// Options configures a server. Names and defaults are Better Auth's; durations
// are in seconds unless a field says otherwise. Fields without a json name are
// set from Go, or by the config room from a part of the file that has its own
// grammar (database, plugins, secondaryStorage).
type Options struct {
	AppName  string  `json:"appName"`
	BaseURL  BaseURL `json:"baseURL"`
	BasePath string  `json:"basePath"` // default /api/auth
	Mode     Mode    `json:"-"`

	Secret           string           `json:"secret"`
	Secrets          []secret.Version `json:"secrets"` // newest first; wins over Secret, which then only decrypts
	AllowShortSecret bool             `json:"allowShortSecret"`

	Database store.Driver `json:"-"` // nil: the reference's stateless mode on a memory store
	// Casing "snake" names tables and columns in snake_case where nothing else
	// names them.
	Casing           string   `json:"-"`
	SecondaryStorage kv.Store `json:"-"`
	Plugins          []Plugin `json:"-"`
	// SocialProviders sign people in elsewhere; oauth/provider makes them.
	SocialProviders []oauth.Provider `json:"-"`

	EmailAndPassword  EmailAndPassword  `json:"emailAndPassword"`
	EmailVerification EmailVerification `json:"emailVerification"`
	User              UserOptions       `json:"user"`
	Session           SessionOptions    `json:"session"`
	Account           AccountOptions    `json:"account"`
	Verification      Verification      `json:"verification"`
	RateLimit         RateLimitOptions  `json:"rateLimit"`
	TrustedOrigins    TrustedOrigins    `json:"trustedOrigins"`
	DisabledPaths     []string          `json:"disabledPaths"`
	Hooks             HookOptions       `json:"hooks"`
	DatabaseHooks     DatabaseHooks     `json:"databaseHooks"`
	OnAPIError        OnAPIError        `json:"onAPIError"`
	Advanced          Advanced          `json:"advanced"`

	// MaxBodyBytes bounds a request body; 0 means 1 MiB. Longer ones are a 413.
	MaxBodyBytes int64 `json:"maxBodyBytes"`
	// PasswordHashes bounds how many passwords are hashed at once (each takes
	// 32 MiB); 0 means one fewer than GOMAXPROCS, at least 1 and at most 6, so
	// that other requests find a processor free. betterauth serve raises
	// GOMAXPROCS on Linux, where hashes have a lower priority, and hashes on all
	// processors.
	PasswordHashes int `json:"passwordHashes"`
	// PasswordHashWait is how many seconds a password may wait for its turn to be
	// hashed; 0 means 30. Beyond it the answer is a 503 with Retry-After.
	PasswordHashWait int `json:"passwordHashWait"`

	Logger *slog.Logger      `json:"-"`
	Now    func() time.Time  `json:"-"` // default time.Now, given by the front door
	HTTP   http.RoundTripper `json:"-"` // outbound requests; default http.DefaultTransport
	// Environ looks up variables of the environment such as BETTER_AUTH_SECRET.
	// Default: os.Getenv, given by betterauth.New; with auth.New, none are found.
	Environ func(name string) string `json:"-"`
	// OnEvent is told of what happens to users: sign-ins, sign-ups and what the
	// manifests of the plugins list. It must not block. Nil tells nobody.
	OnEvent func(ctx context.Context, e Event) `json:"-"`
	// Internal is for tests of this module. Programs leave it nil.
	Internal any `json:"-"`
	// CheckSchema looks the database over before the first call; nil does not.
	CheckSchema func(a *Auth) error `json:"-"`
}

// BaseURL is the public address of the server: one URL, or hosts that are
// allowed and told apart by request.
type BaseURL struct {
	URL          string
	AllowedHosts []string
	Fallback     string
	Protocol     string // http, https or auto
	dynamic      bool
}

// EmailAndPassword are the options of sign-up and sign-in with a password.
type EmailAndPassword struct {
	Enabled                       bool                                       `json:"enabled"`
	DisableSignUp                 bool                                       `json:"disableSignUp"`
	RequireEmailVerification      bool                                       `json:"requireEmailVerification"`
	MinPasswordLength             int                                        `json:"minPasswordLength"` // default 8 UTF-16 units
	MaxPasswordLength             int                                        `json:"maxPasswordLength"` // default 128 UTF-16 units
	AutoSignIn                    *bool                                      `json:"autoSignIn"`        // default true
	RevokeSessionsOnPasswordReset bool                                       `json:"revokeSessionsOnPasswordReset"`
	ResetPasswordTokenExpiresIn   int                                        `json:"resetPasswordTokenExpiresIn"` // default 3600
	SendResetPassword             callback.Func[LinkMail, callback.Nothing]  `json:"sendResetPassword"`
	OnPasswordReset               callback.Func[UserEvent, callback.Nothing] `json:"onPasswordReset"`
	OnExistingUserSignUp          callback.Func[UserEvent, callback.Nothing] `json:"onExistingUserSignUp"`
	CustomSyntheticUser           callback.Func[SyntheticUser, *js.Object]   `json:"customSyntheticUser"`
	Password                      PasswordFuncs                              `json:"password"`
	// ImportedHashes has password hashes verified that other programs made
	// (bcrypt, argon2 and others), and replaced at the first sign-in; default true.
	ImportedHashes *bool `json:"importedHashes"`
}

// PasswordFuncs replace the password hash.
type PasswordFuncs struct {
	Hash   callback.Func[string, string]      `json:"hash"`
	Verify callback.Func[PasswordCheck, bool] `json:"verify"`
}

// PasswordCheck asks whether Password is the one that Hash was made from.
type PasswordCheck struct {
	Hash     string `json:"hash"`
	Password string `json:"password"`
}

// EmailVerification are the options of address verification.
type EmailVerification struct {
	SendVerificationEmail       callback.Func[LinkMail, callback.Nothing] `json:"sendVerificationEmail"`
	SendOnSignUp                *bool                                     `json:"sendOnSignUp"`
	SendOnSignIn                bool                                      `json:"sendOnSignIn"`
	AutoSignInAfterVerification bool                                      `json:"autoSignInAfterVerification"`
	// LandingPage shows a page with a button for the link of a message, so that
	// programs that open every link of a mailbox verify nothing; ours alone.
	LandingPage             bool                                         `json:"landingPage"`
	ExpiresIn               int                                          `json:"expiresIn"` // default 3600
	BeforeEmailVerification callback.Func[UserRequest, callback.Nothing] `json:"beforeEmailVerification"`
	AfterEmailVerification  callback.Func[UserRequest, callback.Nothing] `json:"afterEmailVerification"`
}

// ModelOptions rename a model's table and columns and add fields to it.
type ModelOptions struct {
	ModelName        string            `json:"modelName"`
	Fields           map[string]string `json:"fields"`
	AdditionalFields AdditionalFields  `json:"additionalFields"`
}

// UserOptions are the options of users.
type UserOptions struct {
	ModelOptions
	ChangeEmail      ChangeEmail                                 `json:"changeEmail"`
	DeleteUser       DeleteUser                                  `json:"deleteUser"`
	ValidateUserInfo callback.Func[ValidateUserInfo, *js.Object] `json:"validateUserInfo"`
}

// ChangeEmail are the options of changing an address.
type ChangeEmail struct {
	Enabled                        bool                                        `json:"enabled"`
	UpdateEmailWithoutVerification bool                                        `json:"updateEmailWithoutVerification"`
	SendChangeEmailConfirmation    callback.Func[ChangeMail, callback.Nothing] `json:"sendChangeEmailConfirmation"`
}

// DeleteUser are the options of deleting one's account.
type DeleteUser struct {
	Enabled              bool `json:"enabled"`
	DeleteTokenExpiresIn int  `json:"deleteTokenExpiresIn"` // default 86400
	// LandingPage shows a page with a button for the link of a message instead
	// of deleting the account at once; ours alone.
	LandingPage                   bool                                         `json:"landingPage"`
	SendDeleteAccountVerification callback.Func[LinkMail, callback.Nothing]    `json:"sendDeleteAccountVerification"`
	BeforeDelete                  callback.Func[UserRequest, callback.Nothing] `json:"beforeDelete"`
	AfterDelete                   callback.Func[UserRequest, callback.Nothing] `json:"afterDelete"`
}

// SessionOptions are the options of sessions.
type SessionOptions struct {
	ModelOptions
	ExpiresIn                 int         `json:"expiresIn"` // default 604800
	UpdateAge                 *int        `json:"updateAge"` // default 86400
	FreshAge                  *int        `json:"freshAge"`  // default 86400; 0 turns the check off
	DisableSessionRefresh     bool        `json:"disableSessionRefresh"`
	DeferSessionRefresh       bool        `json:"deferSessionRefresh"`
	StoreSessionInDatabase    bool        `json:"storeSessionInDatabase"`
	PreserveSessionInDatabase bool        `json:"preserveSessionInDatabase"`
	CookieCache               CookieCache `json:"cookieCache"`
}

// CookieCache keeps the session in a signed cookie for a while.
type CookieCache struct {
	Enabled      *bool        `json:"enabled"`
	MaxAge       int          `json:"maxAge"`   // default 300
	Strategy     string       `json:"strategy"` // compact (default), jwt, jwe
	RefreshCache RefreshCache `json:"refreshCache"`
	Version      CacheVersion `json:"version"`
}

// RefreshCache renews the cached session without a store: true, false, or when.
type RefreshCache struct {
	Set       bool // said at all
	Enabled   bool
	UpdateAge *int // seconds before the end; default a fifth of maxAge
}

// CacheVersion is a text, or a func that tells it from a session and its user.
type CacheVersion struct {
	Text string
	Func callback.Func[Cached, string]
}

// AccountOptions are the options of accounts.
type AccountOptions struct {
	ModelOptions
	StoreAccountCookie    *bool          `json:"storeAccountCookie"`
	StoreStateStrategy    string         `json:"storeStateStrategy"`
	SkipStateCookieCheck  bool           `json:"skipStateCookieCheck"`
	EncryptOAuthTokens    bool           `json:"encryptOAuthTokens"`
	UpdateAccountOnSignIn *bool          `json:"updateAccountOnSignIn"`
	AccountLinking        AccountLinking `json:"accountLinking"`
}

// AccountLinking are the rules of linking accounts to users.
type AccountLinking struct {
	Enabled                   *bool            `json:"enabled"`
	AllowUnlinkingAll         bool             `json:"allowUnlinkingAll"`
	AllowDifferentEmails      bool             `json:"allowDifferentEmails"`
	UpdateUserInfoOnLink      bool             `json:"updateUserInfoOnLink"`
	RequireLocalEmailVerified *bool            `json:"requireLocalEmailVerified"`
	DisableImplicitLinking    bool             `json:"disableImplicitLinking"`
	TrustedProviders          TrustedProviders `json:"trustedProviders"`
}

// Verification are the options of single-use values.
type Verification struct {
	ModelOptions
	StoreInDatabase bool            `json:"storeInDatabase"`
	DisableCleanup  bool            `json:"disableCleanup"`
	StoreIdentifier StoreIdentifier `json:"storeIdentifier"`
}

// RateLimitOptions are the options of the limiter.
type RateLimitOptions struct {
	Enabled       *bool                  `json:"enabled"` // default: in production
	Window        int                    `json:"window"`  // default 10
	Max           int                    `json:"max"`     // default 100
	Storage       string                 `json:"storage"` // memory, database, secondary-storage
	ModelName     string                 `json:"modelName"`
	Fields        map[string]string      `json:"fields"`
	CustomRules   CustomRules            `json:"customRules"`
	CustomStorage CustomRateLimitStorage `json:"customStorage"`
	Account       AccountLimit           `json:"account"`
}

// AccountLimit bounds how many wrong passwords are tried for one account, from
// whatever addresses; ours alone. A right password, a session of the account, or
// an address that has one is not locked out by what others try.
type AccountLimit struct {
	Enabled *bool `json:"enabled"` // default: where the limiter is on
	Window  int   `json:"window"`  // in seconds; default 300
	Max     int   `json:"max"`     // wrong passwords per window; default 20
}

// CustomRateLimitStorage decides calls elsewhere.
type CustomRateLimitStorage struct {
	Consume callback.Func[ConsumeRequest, ConsumeAnswer] `json:"consume"`
}

// HookOptions are hooks around every endpoint.
type HookOptions struct {
	Before callback.Func[*Context, callback.Answer] `json:"before"`
	After  callback.Func[*Context, callback.Answer] `json:"after"`
}

// DatabaseHooks are hooks around the writes of the core models.
type DatabaseHooks struct {
	User         ModelHooks `json:"user"`
	Session      ModelHooks `json:"session"`
	Account      ModelHooks `json:"account"`
	Verification ModelHooks `json:"verification"`
}

// ModelHooks are the hooks of one model.
type ModelHooks struct {
	Create HookPair `json:"create"`
	Update HookPair `json:"update"`
	Delete HookPair `json:"delete"`
}

// HookPair are the hooks before and after one kind of write. A before hook
// answers false to drop the write, or {data: {…}} to change it.
type HookPair struct {
	Before callback.Func[RowEvent, callback.Answer] `json:"before"`
	After  callback.Func[RowEvent, callback.Answer] `json:"after"`
}

// OnAPIError says what happens to errors.
type OnAPIError struct {
	Throw                     bool                                        `json:"throw"`
	ErrorURL                  string                                      `json:"errorURL"`
	OnError                   callback.Func[ErrorEvent, callback.Nothing] `json:"onError"`
	CustomizeDefaultErrorPage *ErrorPage                                  `json:"customizeDefaultErrorPage"`
}

// Advanced are the rarely needed options.
type Advanced struct {
	UseSecureCookies        *bool                            `json:"useSecureCookies"`
	CookiePrefix            string                           `json:"cookiePrefix"`
	Cookies                 map[string]cookie.Custom         `json:"cookies"`
	DefaultCookieAttributes cookie.Overrides                 `json:"defaultCookieAttributes"`
	CrossSubDomainCookies   CrossSubDomainCookies            `json:"crossSubDomainCookies"`
	DisableCSRFCheck        *bool                            `json:"disableCSRFCheck"`
	DisableOriginCheck      OriginCheckOff                   `json:"disableOriginCheck"`
	SkipTrailingSlashes     bool                             `json:"skipTrailingSlashes"`
	TrustedProxyHeaders     bool                             `json:"trustedProxyHeaders"`
	IPAddress               IPAddressOptions                 `json:"ipAddress"`
	Database                AdvancedDatabase                 `json:"database"`
	GenerateID              callback.Func[IDRequest, string] `json:"generateId"`
	Limits                  Limits                           `json:"limits"`
}

// Limits bound what a request may bring; ours alone. More is a 4xx. Calls from
// Go are not bounded.
type Limits struct {
	Address    int   `json:"address"`    // bytes of an address, such as callbackURL; default 2048
	Name       int   `json:"name"`       // characters of a name or an e-mail address; default 255, as the columns on MySQL
	Text       int   `json:"text"`       // bytes of any other member of a body, all that is in it together; default 65535, as the columns on MySQL
	Data       int   `json:"data"`       // bytes of additionalData, which a sign-in with a provider carries along; default 4096
	PublicBody int64 `json:"publicBody"` // bytes of a body where nobody needs to be signed in; default 131072, at most maxBodyBytes
}

// CrossSubDomainCookies share cookies among subdomains.
type CrossSubDomainCookies struct {
	Enabled           bool     `json:"enabled"`
	Domain            string   `json:"domain"`
	AdditionalCookies []string `json:"additionalCookies"`
}

// IPAddressOptions say where a client's address is read from.
type IPAddressOptions struct {
	IPAddressHeaders  []string `json:"ipAddressHeaders"` // default x-forwarded-for
	DisableIPTracking bool     `json:"disableIpTracking"`
	IPv6Subnet        int      `json:"ipv6Subnet"` // default 64
	TrustedProxies    []string `json:"trustedProxies"`
	// UseSocketAddress records the connection's address in sessions where no
	// header names one; ours alone.
	UseSocketAddress bool `json:"useSocketAddress"`
}

// AdvancedDatabase are the rarely needed options of the database.
type AdvancedDatabase struct {
	GenerateID           GenerateID `json:"generateId"`
	DefaultFindManyLimit int        `json:"defaultFindManyLimit"` // default 100
	ValidateSchema       *bool      `json:"validateSchema"`       // default true
	Joins                *bool      `json:"joins"`
}

// ErrorPage changes the look of the default error page; values are CSS.
type ErrorPage struct {
	DisableTitleBorder       bool        `json:"disableTitleBorder"`
	DisableCornerDecorations bool        `json:"disableCornerDecorations"`
	DisableBackgroundGrid    bool        `json:"disableBackgroundGrid"`
	Colors                   ErrorColors `json:"colors"`
	Size                     ErrorSizes  `json:"size"`
	Font                     ErrorFonts  `json:"font"`
}

// ErrorColors are the colours of the error page.
type ErrorColors struct {
	Background        template.CSS `json:"background"`
	Foreground        template.CSS `json:"foreground"`
	Primary           template.CSS `json:"primary"`
	PrimaryForeground template.CSS `json:"primaryForeground"`
	MutedForeground   template.CSS `json:"mutedForeground"`
	Border            template.CSS `json:"border"`
	Destructive       template.CSS `json:"destructive"`
	TitleBorder       template.CSS `json:"titleBorder"`
	TitleColor        template.CSS `json:"titleColor"`
	GridColor         template.CSS `json:"gridColor"`
	CardBackground    template.CSS `json:"cardBackground"`
	CornerBorder      template.CSS `json:"cornerBorder"`
}

// ErrorSizes are the sizes of the error page.
type ErrorSizes struct {
	RadiusSm template.CSS `json:"radiusSm"`
	RadiusMd template.CSS `json:"radiusMd"`
	RadiusLg template.CSS `json:"radiusLg"`
	TextSm   template.CSS `json:"textSm"`
	Text2xl  template.CSS `json:"text2xl"`
	Text4xl  template.CSS `json:"text4xl"`
	Text6xl  template.CSS `json:"text6xl"`
}

// ErrorFonts are the fonts of the error page.
type ErrorFonts struct {
	DefaultFamily template.CSS `json:"defaultFamily"`
	MonoFamily    template.CSS `json:"monoFamily"`
}

// IsZero reports whether the page was left alone; in production the browser is
// then sent to the site's root instead.
func (p *ErrorPage) IsZero() bool { return p == nil }
