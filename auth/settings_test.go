package auth_test

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth"
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/cookie"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/genericoauth"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthproxy"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// start creates a server with valid options, except for those that a test sets.
func start(o auth.Options) error {
	if o.Secret == "" && o.Secrets == nil {
		o.Secret = authtest.Secret
	}
	if o.BaseURL.URL == "" && !o.BaseURL.IsDynamic() {
		o.BaseURL = auth.Static(authtest.Origin)
	}
	o.Now = time.Now
	_, err := betterauth.New(o)
	return err
}

// versions returns secrets in the form of the option secrets, the newest first.
func versions(values ...string) (list []secret.Version) {
	for i, value := range values {
		list = append(list, secret.Version{Version: len(values) - i, Value: value})
	}
	return list
}

// keepLink returns a mail callback that stores the link of the last message.
func keepLink(link *string) func(context.Context, auth.LinkMail) (callback.Nothing, error) {
	return func(_ context.Context, m auth.LinkMail) (callback.Nothing, error) {
		*link = m.URL
		return callback.Nothing{}, nil
	}
}

// A number that cannot work is an error at the start, not at every sign-in.
func TestNumbersThatCannotWork(t *testing.T) {
	age := cookie.Seconds
	plugin := func(p auth.Plugin) auth.Options { return auth.Options{Plugins: []auth.Plugin{p}} }
	minutes := func(n float64) *float64 { return &n }
	tooLong := option.LongestTime + 1
	for want, o := range map[string]auth.Options{
		"session.expiresIn: must be at most":                                    {Session: auth.SessionOptions{ExpiresIn: 34_560_001}},
		"session.expiresIn: must be at least 0":                                 {Session: auth.SessionOptions{ExpiresIn: -1}},
		"session.cookieCache.maxAge: must be at most":                           {Session: auth.SessionOptions{CookieCache: auth.CookieCache{MaxAge: 34_560_001}}},
		"session.updateAge: must be at least 0":                                 {Session: auth.SessionOptions{UpdateAge: age(-5)}},
		"session.freshAge: must be at ":                                         {Session: auth.SessionOptions{FreshAge: age(tooLong)}},
		"session.cookieCache.refreshCache.updateAge: must be at ":               {Session: auth.SessionOptions{CookieCache: auth.CookieCache{RefreshCache: auth.RefreshCache{Set: true, Enabled: true, UpdateAge: age(-1)}}}},
		"advanced.cookies.state.attributes.maxAge: must be at ":                 {Advanced: auth.Advanced{Cookies: map[string]cookie.Custom{"state": {Attributes: cookie.Overrides{MaxAge: age(40_000_000)}}}}},
		"advanced.defaultCookieAttributes.maxAge: must be at ":                  {Advanced: auth.Advanced{DefaultCookieAttributes: cookie.Overrides{MaxAge: age(40_000_000)}}},
		"emailAndPassword.resetPasswordTokenExpiresIn: must be at ":             {EmailAndPassword: auth.EmailAndPassword{ResetPasswordTokenExpiresIn: math.MaxInt}},
		"emailVerification.expiresIn: must be at ":                              {EmailVerification: auth.EmailVerification{ExpiresIn: math.MaxInt / 2}},
		"user.deleteUser.deleteTokenExpiresIn: must be at least 0":              {User: auth.UserOptions{DeleteUser: auth.DeleteUser{DeleteTokenExpiresIn: -86400}}},
		"minPasswordLength is 200, but maxPasswordLength":                       {EmailAndPassword: auth.EmailAndPassword{MinPasswordLength: 200}},
		"rateLimit.window: must be at least 0":                                  {RateLimit: auth.RateLimitOptions{Window: -1}},
		"rateLimit.max: must be at least 0":                                     {RateLimit: auth.RateLimitOptions{Max: -1}},
		"rateLimit.customRules./a.window is 0":                                  {RateLimit: auth.RateLimitOptions{CustomRules: auth.CustomRules{{Path: "/a", Max: 5}}}},
		"rateLimit.customRules./a.max: must be at least 0":                      {RateLimit: auth.RateLimitOptions{CustomRules: auth.CustomRules{{Path: "/a", Window: 5, Max: -1}}}},
		"advanced.ipAddress.ipv6Subnet: must be at most":                        {Advanced: auth.Advanced{IPAddress: auth.IPAddressOptions{IPv6Subnet: 129}}},
		"advanced.database.defaultFindManyLimit: must be at least 0":            {Advanced: auth.Advanced{Database: auth.AdvancedDatabase{DefaultFindManyLimit: -1}}},
		"maxBodyBytes: must be at least 1":                                      {MaxBodyBytes: -1},
		"passwordHashes: must be at least 1":                                    {PasswordHashes: -2},
		"plugin magic-link: expiresIn: must be at ":                             plugin(magiclink.New(magiclink.Options{ExpiresIn: tooLong})),
		"plugin magic-link: rateLimit.window: must be at least 0":               plugin(magiclink.New(magiclink.Options{RateLimit: auth.RuleSize{Window: -1}})),
		"plugin email-otp: expiresIn: must be at least 0":                       plugin(emailotp.New(emailotp.Options{ExpiresIn: -1})),
		"plugin one-time-token: expiresIn: must be at least 0 minutes, not NaN": plugin(onetimetoken.New(onetimetoken.Options{ExpiresIn: minutes(math.NaN())})),
		"plugin one-time-token: expiresIn: must be at most":                     plugin(onetimetoken.New(onetimetoken.Options{ExpiresIn: minutes(math.Inf(1))})),
		"plugin jwt: jwks.rotationInterval: must be at ":                        plugin(jwt.New(jwt.Options{JWKS: jwt.JWKSOptions{RotationInterval: tooLong}})),
		"plugin jwt: jwks.gracePeriod: must be at least 0":                      plugin(jwt.New(jwt.Options{JWKS: jwt.JWKSOptions{GracePeriod: age(-1)}})),
		"plugin oauth-proxy: maxAge: must be at least 0":                        plugin(oauthproxy.New(oauthproxy.Options{MaxAge: age(-1)})),
		`provider "p": accessTokenExpiresIn: must be at most`:                   plugin(genericoauth.New(genericoauth.Options{Config: []genericoauth.Config{{ProviderID: "p", ClientID: "c", AuthorizationURL: "https://p.example/a", TokenURL: "https://p.example/t", AccessTokenExpiresIn: 1e300}}})),
	} {
		if err := start(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	for name, o := range map[string]auth.Options{
		"the longest session": {Session: auth.SessionOptions{ExpiresIn: cookie.LongestAge, FreshAge: age(0), UpdateAge: age(0)}},
		"a path without":      {RateLimit: auth.RateLimitOptions{CustomRules: auth.CustomRules{{Path: "/a", Off: true}}}},
		"one use":             {RateLimit: auth.RateLimitOptions{CustomRules: auth.CustomRules{{Path: "/a", Window: 1}}}},
	} {
		if err := start(o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The expiry of a row in the database may be later than the maximum lifetime of a cookie.
func TestSignedAnewBeyondTheLifeOfCookies(t *testing.T) {
	old, next := "an-old-key-c5a1e0f47b3d4e9a8c20d7f6", "a-new-key-0b9d6c2e81f54a7398d1e4c5"
	first := authtest.New(t, auth.Options{Secret: old})
	c := first.Client()
	token := c.SignUp("a@example.com").Text("token")
	if _, err := first.Sessions.Update(t.Context(), token, map[string]any{"expiresAt": first.Options.Now().AddDate(3, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	second := authtest.New(t, auth.Options{Secret: old, Secrets: versions(next, old), Database: first.Options.Database})
	c.Server = second
	got := c.Get("/get-session")
	if got.Status != 200 || got.Body == "null" || !strings.Contains(strings.Join(got.Header["Set-Cookie"], "\n"), "Max-Age=34560000") {
		t.Errorf("%d %s %v", got.Status, got.Body, got.Header["Set-Cookie"])
	}
}

// A base URL copied from a browser gives addresses that work.
func TestAddressesWithSlashesAndBlanks(t *testing.T) {
	for _, tc := range []struct {
		name, url, path, want string
		dynamic               auth.BaseURL
	}{
		{name: "a path with a slash", url: "https://app.example.com/auth/", want: "https://app.example.com/auth"},
		{name: "blanks", url: " https://app.example.com/ \n", want: "https://app.example.com/api/auth"},
		{name: "a base path with a slash", url: "https://app.example.com", path: "/auth/v1/", want: "https://app.example.com/auth/v1"},
		{name: "a base path without one", url: "https://app.example.com", path: "auth/v1", want: "https://app.example.com/auth/v1"},
		{name: "capitals", url: "HTTPS://app.example.com", want: "HTTPS://app.example.com/api/auth"},
		{name: "hosts", dynamic: auth.Dynamic([]string{" app.example.com ", "https://other.example/"}, "", "https"), want: "https://app.example.com/api/auth"},
		{name: "fallback", dynamic: auth.Dynamic([]string{"other.example"}, "https://app.example.com/auth/", "https"), want: "https://app.example.com/auth"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			base := auth.Static(tc.url)
			if tc.dynamic.IsDynamic() {
				base = tc.dynamic
			}
			var link string
			o := auth.Options{
				BaseURL: base, BasePath: tc.path,
				EmailAndPassword: auth.EmailAndPassword{SendResetPassword: keepLink(&link)},
				Plugins:          []auth.Plugin{jwt.New(jwt.Options{})},
			}
			o = authtest.PlainPasswords(o)
			s := authtest.New(t, o)
			path := tc.want[len("https://app.example.com"):]
			post := func(endpoint, body string) *httptest.ResponseRecorder {
				r := httptest.NewRequest("POST", "https://app.example.com"+path+endpoint, strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Origin", "https://app.example.com")
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				return w
			}
			up := post("/sign-up/email", `{"name":"A","email":"a@example.com","password":"password1234"}`)
			if up.Code != 200 || !strings.HasPrefix(up.Header().Get("Set-Cookie"), "__Secure-better-auth.session_token=") {
				t.Fatalf("%d %s %v", up.Code, up.Body, up.Header())
			}
			if got := post("/request-password-reset", `{"email":"a@example.com","redirectTo":"/reset"}`); got.Code != 200 || !strings.HasPrefix(link, tc.want+"/reset-password/") {
				t.Errorf("%d %s: the link is %q", got.Code, got.Body, link)
			}
		})
	}
}

func TestAddressesThatCannotWork(t *testing.T) {
	for want, o := range map[string]auth.Options{
		"with its scheme, like https://app.example.com": {BaseURL: auth.Static("app.example.com")},
		"a query or a fragment":                         {BaseURL: auth.Static("https://app.example.com?x=1")},
		"a user name or password":                       {BaseURL: auth.Static("https://u:hush@app.example.com")},
		"is not a plain path":                           {BasePath: "/a?b"},
		"which names no host":                           {BaseURL: auth.Dynamic([]string{""}, "", "")},
		"baseURL.fallback: the base URL":                {BaseURL: auth.Dynamic([]string{"a.example"}, "a.example", "")},
		"baseURL.protocol is":                           {BaseURL: auth.Dynamic([]string{"a.example"}, "", "ftp")},
	} {
		if err := start(o); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// flawed maps messages to the secrets that must not be used in production.
var flawed = map[string][]string{
	"publicly known": {
		auth.DefaultSecret, "your-secret-key-at-least-32-characters-long", "YOUR_SECRET_KEY_AT_LEAST_32_CHARACTERS_LONG", "your-secret-here",
		`"your-secret-key-at-least-32-characters-long"`,
	},
	"placeholder": {"please-changeme-before-going-to-production", "your_super_secret_thing_for_this_app_2025"},
	"quotes":      {`"3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe"`, "'3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe'", "`3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe`"},
	"blanks": {
		"3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\n", " 3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe", "3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\r\n",
		"\ufeff3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe", "3vKq0sZp8yTn1xWb\n6cRd4fGh2jLm5aQe", "3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe\u200b",
	},
	"repeats": {strings.Repeat("a", 40), strings.Repeat("0123456789", 4), "12345678901234567890123456789012"},
	"fewer":   {"3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQ"},
}

func TestAttackSecretsThatAreNone(t *testing.T) {
	for want, secrets := range flawed {
		for _, s := range secrets {
			err := start(auth.Options{Secret: s})
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), strings.TrimSpace(s)) {
				t.Errorf("%q in production: want %q, got %v", s, want, err)
			}
			err = start(auth.Options{Secret: s, AllowShortSecret: true})
			if admitted := err == nil; admitted != (want != "publicly known") {
				t.Errorf("%q with allowShortSecret: %v", s, err)
			}
			var log bytes.Buffer
			err = start(auth.Options{Secret: s, Mode: auth.Development, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			if err != nil || s != auth.DefaultSecret && !strings.Contains(log.String(), want) || strings.Contains(log.String(), strings.TrimSpace(s)) {
				t.Errorf("%q in development: %v, log %s", s, err, log.String())
			}
		}
	}
	good := "3vKq0sZp8yTn1xWb6cRd4fGh2jLm5aQe"
	for _, s := range []string{good, "four words with blanks: horse battery staple", "0b9d6c2e81f54a7398d1e4c50b9d6c2e81f54a73"} {
		if err := start(auth.Options{Secret: s}); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
	// An older secret may be short while it is phased out, but not public.
	if err := start(auth.Options{Secrets: versions(good, "short")}); err != nil {
		t.Errorf("a short older secret: %v", err)
	}
	if err := start(auth.Options{Secrets: versions(good, "your-secret-here")}); err == nil {
		t.Error("a person who knows an older secret can sign with it")
	}
}

// A path with an extra slash is disabled as intended, and one that matches no endpoint is logged.
func TestDisabledPathsAsWritten(t *testing.T) {
	var log bytes.Buffer
	s := authtest.New(t, auth.Options{
		DisabledPaths: []string{"/sign-up/email/", " sign-in/email ", "/api/auth/ok"},
		Logger:        slog.New(slog.NewTextHandler(&log, nil)),
	})
	for _, path := range []string{"/sign-up/email", "/sign-up/email/", "/sign-in/email"} {
		if got := s.Client().Post(path, `{"name":"A","email":"a@example.com","password":"password1234"}`); got.Status != 404 {
			t.Errorf("%s: %d %s", path, got.Status, got.Body)
		}
	}
	if n := strings.Count(log.String(), "disabledPaths"); n != 1 || !strings.Contains(log.String(), "path=/api/auth/ok") {
		t.Errorf("%d lines: %s", n, log.String())
	}
}
