package all_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/admin"
	"github.com/seed-32bd42cb/betterauth/plugin/anonymous"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/plugin/genericoauth"
	"github.com/seed-32bd42cb/betterauth/plugin/magiclink"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthpopup"
	"github.com/seed-32bd42cb/betterauth/plugin/onetap"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/plugin/siwe"
	"github.com/seed-32bd42cb/betterauth/store"
)

// gated is a server with a sign-up gate and every way of signing up.
type gated struct {
	*authtest.Server
	idp  *oauthtest.Server
	sent string // the newest token or code
	to   string // where it was sent
}

func openGated(t *testing.T, signUp auth.SignUpOptions, change func(o *auth.Options)) *gated {
	t.Helper()
	g := &gated{}
	keep := func(to, what string) (callback.Nothing, error) {
		g.to, g.sent = to, what
		return callback.Nothing{}, nil
	}
	link := func(_ context.Context, m auth.LinkMail) (callback.Nothing, error) { return keep(m.User.Email, m.Token) }
	o := authtest.PlainPasswords(auth.Options{SignUp: signUp})
	o.EmailVerification.SendVerificationEmail = link
	o.User.ChangeEmail.Enabled = true
	g.idp = oauthtest.New(t, authtest.Start)
	g.idp.Answers["huggingface.co/oauth/userinfo"] = map[string]any{"sub": "1", "email": "out@elsewhere.test", "email_verified": true}
	g.idp.Answers["/.well-known/"] = map[string]any{
		"issuer": "https://idp.test", "authorization_endpoint": "https://idp.test/authorize", "token_endpoint": "https://idp.test/token",
		"jwks_uri": "https://idp.test/jwks", "id_token_signing_alg_values_supported": []string{"RS256"},
	}
	o.HTTP = g.idp
	o.SocialProviders = []oauth.Provider{provider.HuggingFace(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	no := false
	o.Plugins = []auth.Plugin{
		admin.New(admin.Options{}), anonymous.New(anonymous.Options{}),
		magiclink.New(magiclink.Options{SendMagicLink: func(_ context.Context, m magiclink.Mail) (callback.Nothing, error) { return keep(m.Email, m.Token) }}),
		emailotp.New(emailotp.Options{
			ChangeEmail:         emailotp.ChangeEmailOptions{Enabled: true},
			SendVerificationOTP: func(_ context.Context, m emailotp.Mail) (callback.Nothing, error) { return keep(m.Email, m.OTP) },
		}),
		phonenumber.New(phonenumber.Options{
			SendOTP: func(_ context.Context, m phonenumber.Message) (callback.Nothing, error) {
				return keep(m.PhoneNumber, m.Code)
			},
			SignUpOnVerification: &phonenumber.SignUp{GetTempEmail: func(_ context.Context, number string) (string, error) { return number + "@phone.test", nil }},
		}),
		siwe.New(siwe.Options{Domain: "app.example.com", Anonymous: &no, VerifyMessage: func(context.Context, siwe.Verification) (bool, error) { return true, nil }}),
		onetap.New(onetap.Options{ClientID: oauth.ClientIDs{"client"}}), oauthpopup.New(oauthpopup.Options{}),
		genericoauth.New(genericoauth.Options{Config: []genericoauth.Config{{ProviderID: "idp", ClientID: "client", ClientSecret: "secret", DiscoveryURL: "https://idp.test/.well-known/openid-configuration"}}}),
	}
	if change != nil {
		change(&o)
	}
	g.Server = authtest.New(t, o)
	return g
}

// ways has, by the file that creates users, the ways of signing up. Each tries to sign email up, proven unless the way
// proves nothing, and returns the answer.
var ways = map[string]map[string]func(g *gated, c *authtest.Client, email string) *authtest.Answer{
	"base/signup.go": {"password": func(_ *gated, c *authtest.Client, email string) *authtest.Answer {
		return c.Post("/sign-up/email", `{"name":"N","email":"`+email+`","password":"password1234"}`)
	}},
	"plugin/magiclink/verify.go": {"magic link": func(g *gated, c *authtest.Client, email string) *authtest.Answer {
		c.Post("/sign-in/magic-link", `{"email":"`+email+`"}`).Want(200)
		return c.Get("/magic-link/verify?token=" + g.sent)
	}},
	"plugin/emailotp/sign_in.go": {"code by mail": func(g *gated, c *authtest.Client, email string) *authtest.Answer {
		c.Post("/email-otp/send-verification-otp", `{"email":"`+email+`","type":"sign-in"}`).Want(200)
		return c.Post("/sign-in/email-otp", `{"email":"`+email+`","otp":"`+g.sent+`"}`)
	}},
	"oauth/flow/signin.go": {
		"provider": func(g *gated, c *authtest.Client, email string) *authtest.Answer {
			g.idp.Answers["huggingface.co/oauth/userinfo"] = map[string]any{"sub": email, "email": email, "email_verified": true}
			return g.back(c, "huggingface", c.Post("/sign-in/social", `{"provider":"huggingface","callbackURL":"/in"}`).Text("url"))
		},
		"provider in a popup": func(g *gated, c *authtest.Client, email string) *authtest.Answer {
			g.idp.Answers["huggingface.co/oauth/userinfo"] = map[string]any{"sub": email, "email": email, "email_verified": true}
			a := c.Get("/oauth-popup/start?provider=huggingface&popupNonce=n&popupOrigin=" + url.QueryEscape(authtest.Origin))
			return g.back(c, "huggingface", a.Header.Get("Location"))
		},
		"generic provider": func(g *gated, c *authtest.Client, email string) *authtest.Answer {
			to := c.Post("/sign-in/social", `{"provider":"idp","callbackURL":"/in"}`).Text("url")
			u, _ := url.Parse(to)
			g.idp.Claims = map[string]any{"iss": "https://idp.test", "aud": "client", "sub": email, "email": email, "email_verified": true, "nonce": u.Query().Get("nonce")}
			return g.back(c, "idp", to)
		},
		"One Tap": func(g *gated, c *authtest.Client, email string) *authtest.Answer {
			return c.Post("/one-tap/callback", `{"idToken":"`+g.idp.IDToken(map[string]any{
				"iss": "https://accounts.google.com", "aud": "client", "sub": email, "email": email, "email_verified": true,
			})+`"}`)
		},
	},
	"plugin/siwe/owner.go": {"wallet": func(_ *gated, c *authtest.Client, email string) *authtest.Answer {
		nonce := c.Post("/siwe/nonce", "").Text("nonce")
		message := "app.example.com wants you to sign in with your Ethereum account:\\n0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a\\n\\n\\nURI: https://app.example.com/\\nVersion: 1\\nChain ID: 1\\nNonce: " + nonce + "\\nIssued At: 2026-11-24T12:00:00Z"
		return c.Post("/siwe/verify", `{"message":"`+message+`","signature":"0x00","email":"`+email+`"}`)
	}},
	"plugin/phonenumber/verify.go": {"phone": func(g *gated, c *authtest.Client, _ string) *authtest.Answer {
		c.Post("/phone-number/send-otp", `{"phoneNumber":"+15550001"}`).Want(200)
		return c.Post("/phone-number/verify", `{"phoneNumber":"+15550001","code":"`+g.sent+`"}`)
	}},
	"plugin/anonymous/sign_in.go": {"guest": func(_ *gated, c *authtest.Client, _ string) *authtest.Answer { return c.Post("/sign-in/anonymous", "") }},
}

// admitting are the files that create users in the name of somebody who decides about them.
var admitting = []string{"plugin/admin/create.go", "cmd/betterauth/user.go"}

// back returns from a provider.
func (g *gated) back(c *authtest.Client, id, to string) *authtest.Answer {
	g.T.Helper()
	u, err := url.Parse(to)
	if err != nil || u.Query().Get("state") == "" {
		g.T.Fatalf("sent to %q", to)
	}
	return c.Get("/callback/" + id + "?code=c&state=" + u.Query().Get("state"))
}

// TestGateKnowsEveryDoor finds the code that creates users. It fails when a new way of signing up is not in the tests
// of the gate, and when a row of users is written past identity.Users or past the database hooks.
func TestGateKnowsEveryDoor(t *testing.T) {
	creates := regexp.MustCompile(`\bUsers\.(Create|CreateFrom)\(`)
	past := regexp.MustCompile(`\.(Create|CreateVia|Insert)\(\w+, "user"`)
	var found, around []string
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == "examples" || d.Name() == "bench" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, "../../"))
		if creates.Match(text) {
			found = append(found, name)
		}
		if past.Match(text) && !strings.HasPrefix(name, "store/") {
			around = append(around, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(admitting)
	for file := range ways {
		want = append(want, file)
	}
	slices.Sort(want)
	slices.Sort(found)
	if !slices.Equal(found, want) {
		t.Errorf("users are created in %v; the tests of the gate know %v", found, want)
	}
	// identity is the door. base/decoy.go writes rows that are rolled back.
	if want := []string{"base/decoy.go"}; !slices.Equal(around, want) {
		t.Errorf("rows of users are written past identity.Users in %v, want %v", around, want)
	}
}

// TestAttackGateEveryWay: nobody whom the gate does not admit becomes a user or gets a session, by any way.
func TestAttackGateEveryWay(t *testing.T) {
	for _, all := range ways {
		for name, way := range all {
			t.Run(name, func(t *testing.T) {
				g := openGated(t, auth.SignUpOptions{Allow: []string{"invited", "@in.test", "ada@single.test"}, WaitingList: true}, nil)
				c := g.Client()
				a := way(g, c, "out@elsewhere.test")
				if to := a.Header.Get("Location") + a.Body; a.Status < 300 && !strings.Contains(a.Body, "SIGN_UP_NOT_ALLOWED") || !strings.Contains(to, "SIGN_UP_NOT_ALLOWED") {
					t.Errorf("%d %s", a.Status, to)
				}
				if c.SignedIn() {
					t.Error("signed in")
				}
				for _, model := range []string{"user", "account", "session", "walletAddress"} {
					g.WantRows(0, model)
				}
				if name == "guest" {
					g.WantRows(0, "betterauthWaiting") // the address leads nowhere
				} else {
					g.WantRows(1, "betterauthWaiting")
				}
			})
		}
	}
}

// TestGateAdmits: whom an entry names may sign up, by every way, and gets a session once the address is proven.
func TestGateAdmits(t *testing.T) {
	for file, all := range ways {
		for name, way := range all {
			t.Run(name, func(t *testing.T) {
				allow := []string{"invited", "@in.test"}
				unnamed := name == "phone" || name == "guest" || name == "wallet" // they prove no address
				if unnamed {
					allow = append(allow, "via:"+map[string]string{"phone": "phone-number", "guest": "anonymous", "wallet": "siwe"}[name])
				}
				g := openGated(t, auth.SignUpOptions{Allow: allow}, nil)
				if _, err := g.SignUpGate().Invite(t.Context(), "Bob@Invited.test", 0); err != nil {
					t.Fatal(err)
				}
				for _, email := range []string{"bob@invited.test", "ann@in.test"} {
					c := g.Client()
					a := way(g, c, email)
					unproven := file == "base/signup.go"
					if a.Status >= 400 && !unproven || strings.Contains(a.Header.Get("Location"), "error") {
						t.Fatalf("%s: %d %s %s", email, a.Status, a.Header.Get("Location"), a.Body)
					}
					if c.SignedIn() == unproven {
						t.Errorf("%s: signed in: %v", email, !unproven)
					}
					if unnamed {
						break // the same number, wallet or browser again
					}
				}
				g.WantRows(0, "betterauthInvite", store.Is("email", "ann@in.test"))
				if !unnamed {
					g.WantRows(0, "betterauthInvite") // used up
				}
			})
		}
	}
}

// TestAttackGateUnproven: an address that the gate admits is worth nothing to somebody who only types it.
func TestAttackGateUnproven(t *testing.T) {
	g := openGated(t, auth.SignUpOptions{Allow: []string{"@in.test"}}, nil)
	c := g.Client()
	c.Post("/sign-up/email", `{"name":"N","email":"boss@in.test","password":"password1234"}`).Want(200, "token", nil, "user.email", "boss@in.test")
	if g.to != "boss@in.test" {
		t.Errorf("the message went to %q", g.to)
	}
	token := g.sent
	c.TrySignIn("boss@in.test", "password1234").WantCode(403, "EMAIL_NOT_VERIFIED")
	// A provider that does not verify addresses proves nothing either.
	g.idp.Answers["huggingface.co/oauth/userinfo"] = map[string]any{"sub": "7", "email": "chief@in.test", "email_verified": false}
	a := g.back(c, "huggingface", c.Post("/sign-in/social", `{"provider":"huggingface","callbackURL":"/in"}`).Text("url"))
	if !strings.Contains(a.Header.Get("Location"), "error=email_not_verified") {
		t.Errorf("%d %s", a.Status, a.Header.Get("Location"))
	}
	g.WantRows(0, "session")
	// A wallet would stay with its owner when somebody else proves the address.
	ways["plugin/siwe/owner.go"]["wallet"](g, g.Client(), "captain@in.test").WantCode(403, "SIGN_UP_NOT_ALLOWED")
	g.WantRows(2, "user")
	c.Get("/verify-email?token="+token).Want(200, "status", true)
	c.TrySignIn("boss@in.test", "password1234").Want(200)
	g.idp.Answers["huggingface.co/oauth/userinfo"] = map[string]any{"sub": "7", "email": "chief@in.test", "email_verified": true}
	d := g.Client()
	a = g.back(d, "huggingface", d.Post("/sign-in/social", `{"provider":"huggingface","callbackURL":"/in"}`).Text("url"))
	if !d.SignedIn() {
		t.Errorf("the provider has verified the address: %d %s", a.Status, a.Header.Get("Location"))
	}
}

// TestGateExisting: users from before the gate stay as they were, and their answers too.
func TestGateExisting(t *testing.T) {
	g := openGated(t, auth.SignUpOptions{Allow: []string{"@in.test"}}, nil)
	if _, err := g.Users.Create(auth.Admitted(t.Context()), store.Record{"email": "old@elsewhere.test", "name": "Old"}, "email-password"); err != nil {
		t.Fatal(err)
	}
	user := g.Row("user")
	hash, err := g.Passwords.Hash(t.Context(), authtest.Password)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Accounts.LinkPassword(t.Context(), user.Text("id"), hash); err != nil {
		t.Fatal(err)
	}
	c := g.Client()
	c.Post("/sign-up/email", `{"name":"N","email":"old@elsewhere.test","password":"password1234"}`).WantCode(422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
	c.SignIn("old@elsewhere.test")
	c.Post("/update-user", `{"name":"Older"}`).Want(200)
	g.Row("user", store.Is("name", "Older"))
}

// TestAttackGateSecretive: with requireEmailVerification the answers to somebody who is refused, admitted or known are
// alike.
func TestAttackGateSecretive(t *testing.T) {
	g := openGated(t, auth.SignUpOptions{Allow: []string{"invited", "@in.test"}, WaitingList: true}, func(o *auth.Options) {
		o.EmailAndPassword.RequireEmailVerification = true
		o.Plugins = o.Plugins[1:] // without admin, whose role shows who is real, as in the reference
	})
	shape := func(email string) string {
		a := g.Client().Post("/sign-up/email", `{"name":"N","email":"`+email+`","password":"password1234"}`).Want(200, "token", nil)
		return regexp.MustCompile(`"id":"[^"]+"`).ReplaceAllString(strings.ReplaceAll(a.Body, email, "X"), "ID")
	}
	admitted, known, refused := shape("ann@in.test"), shape("ann@in.test"), shape("out@elsewhere.test")
	if admitted != known || known != refused {
		t.Errorf("admitted %s\nknown    %s\nrefused  %s", admitted, known, refused)
	}
	g.WantRows(1, "user")
	if row := g.Row("betterauthWaiting"); row.Text("email") != "out@elsewhere.test" || row.True("proven") {
		t.Errorf("%v", row)
	}
}
