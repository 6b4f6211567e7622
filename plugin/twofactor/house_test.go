package twofactor_test

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/passkeytest"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/anonymous"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/plugin/deviceauthorization"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/onetimetoken"
	"github.com/seed-32bd42cb/betterauth/plugin/passkey"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/twofactor"
	"github.com/seed-32bd42cb/betterauth/plugin/username"
	"github.com/seed-32bd42cb/betterauth/store"
)

// house is a server with every way of signing in.
type house struct {
	*world
	mailed string // the last link's token, or the last code
	idp    *oauthtest.Server
	people map[string]*person
}

// person is a user who can sign in by all of them.
type person struct {
	email  string
	number int // at the provider
	key    *passkeytest.Key
	home   *authtest.Client // signed in
	app    *app             // nil for those without a second factor
	proven bool             // a code of the app was accepted
}

func openHouse(t testing.TB, p twofactor.Options, strategy string) *house {
	t.Helper()
	h := &house{people: map[string]*person{}}
	keep := func(text string) (callback.Nothing, error) { h.mailed = text; return callback.Nothing{}, nil }
	yes := true
	o := auth.Options{
		Session:           auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: &yes, Strategy: strategy}},
		EmailVerification: auth.EmailVerification{AutoSignInAfterVerification: true},
		User:              auth.UserOptions{ModelOptions: auth.ModelOptions{AdditionalFields: auth.AdditionalFields{{Name: "role", Type: auth.FieldType{Type: store.String}, Required: new(bool), Input: new(bool)}}}},
		Plugins: []auth.Plugin{
			magiclink.New(magiclink.Options{SendMagicLink: func(_ context.Context, m magiclink.Mail) (callback.Nothing, error) { return keep(m.Token) }}),
			emailotp.New(emailotp.Options{SendVerificationOTP: func(_ context.Context, m emailotp.Mail) (callback.Nothing, error) { return keep(m.OTP) }}),
			onetimetoken.New(onetimetoken.Options{SetOTTHeaderOnNewSession: true}), bearer.New(bearer.Options{}), jwt.New(jwt.Options{}),
			passkey.New(passkey.Options{}), username.New(username.Options{}), anonymous.New(anonymous.Options{}), deviceauthorization.New(deviceauthorization.Options{}),
			phonenumber.New(phonenumber.Options{SendOTP: func(_ context.Context, m phonenumber.Message) (callback.Nothing, error) { return keep(m.Code) }}),
		},
	}
	o.EmailVerification.SendVerificationEmail = func(_ context.Context, m auth.LinkMail) (callback.Nothing, error) { return keep(m.Token) }
	h.idp = oauthtest.New(t, authtest.Start)
	o.HTTP = h.idp
	o.SocialProviders = []oauth.Provider{provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	h.world = open(t, o, p)
	return h
}

// reset forgets everybody.
func (h *house) reset() {
	h.T.Helper()
	h.people = map[string]*person{}
	for _, table := range h.Store.Tables() {
		if _, err := h.Store.Quiet().DeleteMany(h.T.Context(), table.Model); err != nil {
			h.T.Fatal(err)
		}
	}
}

// join signs a person up, who may have a second factor.
func (h *house) join(name string, enrolled bool, fields store.Record) *person {
	h.T.Helper()
	p := &person{email: name + "@example.com", number: 1000 + len(h.people), home: h.Client(), key: passkeytest.New(passkeytest.ES256, authtest.Origin)}
	p.key.Counts, p.key.Counter = false, 0
	// The policy may not let a new user in before there is a factor, so the home is made without asking.
	up := p.home.Post("/sign-up/email", body("name", name, "email", p.email, "password", authtest.Password, "username", name))
	if up.Status != 200 {
		h.T.Fatalf("%s", up)
	}
	h.Change("user", store.Record{"emailVerified": true, "phoneNumber": p.phone(), "phoneNumberVerified": true}.With(fields), store.Is("email", p.email))
	if !p.home.SignedIn() {
		p.app = h.scan(p.home.Post("/two-factor/enable", "{}").Want(200))
		totp(p.home, p.app.now()).Want(200)
	} else if enrolled {
		p.app = h.scan(p.home.Post("/two-factor/enable", password).Want(200))
		totp(p.home, p.app.now()).Want(200)
	}
	p.proven = enrolled
	p.home.Post("/passkey/verify-registration", `{"response":`+p.key.Create(p.home.Get("/passkey/generate-register-options").Text("challenge"))+`}`).Want(200)
	if p.app != nil && !enrolled {
		h.Change("user", store.Record{"twoFactorEnabled": false}, store.Is("email", p.email))
		if _, err := h.Store.DeleteMany(h.T.Context(), "twoFactor", store.Is("userId", h.ID("user", store.Is("email", p.email)))); err != nil {
			h.T.Fatal(err)
		}
		p.app = nil
	}
	h.people[p.email] = p
	return p
}

func (p *person) phone() string { return "+49" + strconv.Itoa(p.number) }

// way is a way of signing in. It returns the answer that should have begun a session.
type way func(h *house, c *authtest.Client, p *person) *authtest.Answer

// byPassword are the ways after which the reference asks for the factor; others are the rest.
var (
	byPassword = map[string]way{
		"password": func(_ *house, c *authtest.Client, p *person) *authtest.Answer {
			return c.Post("/sign-in/email", body("email", p.email, "password", authtest.Password))
		},
		"password, a page after it": func(_ *house, c *authtest.Client, p *person) *authtest.Answer {
			return c.Post("/sign-in/email", body("email", p.email, "password", authtest.Password, "callbackURL", "/there", "rememberMe", false))
		},
		"number and password": func(_ *house, c *authtest.Client, p *person) *authtest.Answer {
			return c.Post("/sign-in/phone-number", body("phoneNumber", p.phone(), "password", authtest.Password))
		},
		"name and password": func(_ *house, c *authtest.Client, p *person) *authtest.Answer {
			name, _, _ := strings.Cut(p.email, "@")
			return c.Post("/sign-in/username", body("username", name, "password", authtest.Password))
		},
	}
	others = map[string]way{
		"code to a phone": func(h *house, c *authtest.Client, p *person) *authtest.Answer {
			c.Post("/phone-number/send-otp", body("phoneNumber", p.phone())).Want(200)
			return c.Post("/phone-number/verify", body("phoneNumber", p.phone(), "code", h.mailed))
		},
		"magic link": func(h *house, c *authtest.Client, p *person) *authtest.Answer {
			c.Post("/sign-in/magic-link", body("email", p.email)).Want(200)
			return c.Get("/magic-link/verify?token=" + url.QueryEscape(h.mailed))
		},
		"magic link to a page": func(h *house, c *authtest.Client, p *person) *authtest.Answer {
			c.Post("/sign-in/magic-link", body("email", p.email)).Want(200)
			return c.Get("/magic-link/verify?callbackURL=%2Fthere%3Fa%3Db&token=" + url.QueryEscape(h.mailed))
		},
		"code by mail": func(h *house, c *authtest.Client, p *person) *authtest.Answer {
			c.Post("/email-otp/send-verification-otp", body("email", p.email, "type", "sign-in")).Want(200)
			return c.Post("/sign-in/email-otp", body("email", p.email, "otp", h.mailed))
		},
		"verified address": func(h *house, c *authtest.Client, p *person) *authtest.Answer {
			h.Change("user", store.Record{"emailVerified": false}, store.Is("email", p.email))
			c.Post("/send-verification-email", body("email", p.email)).Want(200)
			return c.Get("/verify-email?token=" + url.QueryEscape(h.mailed))
		},
		"provider": func(h *house, c *authtest.Client, p *person) *authtest.Answer {
			h.idp.Exact = map[string]any{
				"https://api.github.com/user":        map[string]any{"id": p.number, "login": p.email, "email": p.email},
				"https://api.github.com/user/emails": []any{map[string]any{"email": p.email, "verified": true}},
			}
			u, err := url.Parse(c.Post("/sign-in/social", `{"provider":"github","callbackURL":"/there?a=b","errorCallbackURL":"/failed"}`).Text("url"))
			if err != nil {
				h.T.Fatal(err)
			}
			return c.Get("/callback/github?code=c&state=" + url.QueryEscape(u.Query().Get("state")))
		},
		"one-time token": func(_ *house, c *authtest.Client, p *person) *authtest.Answer {
			return c.Post("/one-time-token/verify", body("token", p.home.Get("/one-time-token/generate?disableCookieCache=true").Text("token")))
		},
		"passkey that verified nobody": func(_ *house, c *authtest.Client, p *person) *authtest.Answer {
			challenge := c.Get("/passkey/generate-authenticate-options").Text("challenge")
			unverified := func(in *passkeytest.Ceremony) { in.Flags &^= passkeytest.UserVerified }
			return c.Post("/passkey/verify-authentication", `{"response":`+p.key.Get(challenge, unverified)+`}`)
		},
	}
	strong = map[string]way{
		"passkey that verified its user": func(_ *house, c *authtest.Client, p *person) *authtest.Answer {
			return c.Post("/passkey/verify-authentication", `{"response":`+p.key.Get(c.Get("/passkey/generate-authenticate-options").Text("challenge"))+`}`)
		},
	}
)

// names returns the names of ways in order, so that failures can be repeated.
func names(ways map[string]way) []string { return slices.Sorted(maps.Keys(ways)) }

// minute keeps the codes of successive sign-ins apart.
func (h *house) minute() { h.Advance(time.Minute) }
