package electron_test

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/electron"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func server(t *testing.T, o auth.Options, p electron.Options) *authtest.Server {
	o.Plugins = append(o.Plugins, electron.New(p))
	o.SocialProviders = []oauth.Provider{provider.GitHub(oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"})}
	return authtest.New(t, authtest.PlainPasswords(o))
}

const verifier = "a-verifier-of-the-application"

// wanted is the query with which an application opens a page.
func wanted() string {
	return "?client_id=electron&state=s1&code_challenge=" + secret.Digest(verifier)
}

func redeem(c *authtest.Client, code, state, verifier string) *authtest.Answer {
	c.Server.T.Helper()
	return c.Post("/electron/token", `{"token":"`+code+`","state":"`+state+`","code_verifier":"`+verifier+`"}`)
}

// shown returns the code in the cookie that the page reads.
func shown(t *testing.T, c *authtest.Client) string {
	t.Helper()
	raw, err := url.PathUnescape(c.Jar["better-auth.electron"])
	if err != nil {
		t.Fatal(err)
	}
	text, err := base64.URLEncoding.DecodeString(raw)
	if err != nil {
		t.Fatal(err)
	}
	var told struct{ Identifier, State string }
	if err := json.Unmarshal(text, &told); err != nil || told.State != "s1" {
		t.Fatalf("%v: %s", err, text)
	}
	return told.Identifier
}

const ann = `{"name":"Ann","email":"ann@example.com","password":"password1234"}`

func TestFlow(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, electron.Options{})
		c := s.Client()
		up := c.Post("/sign-up/email"+wanted(), ann).Want(200, "user.email", "ann@example.com", "electron_authorization_code", authtest.Like("^[A-Za-z0-9]{32}$"))
		up.WantCookie("better-auth.transfer_token", "Max-Age=0").WantCookie("better-auth.electron", "Max-Age=120", "Path=/", "SameSite=Lax")
		if line := strings.Join(up.Header["Set-Cookie"], "\n"); strings.Contains(line[strings.Index(line, "better-auth.electron"):], "HttpOnly") {
			t.Error("the page cannot read the cookie")
		}
		code := up.Text("electron_authorization_code")
		if shown(t, c) != code {
			t.Error("the cookie has another code")
		}
		app := s.Client()
		redeem(app, code, "s1", verifier).Want(200, "token", authtest.Any, "user.email", "ann@example.com").WantCookie("better-auth.session_token")
		redeem(s.Client(), code, "s1", verifier).WantCode(404, "INVALID_TOKEN")
		if !app.SignedIn() || !c.SignedIn() {
			t.Error("the application or the browser is not signed in")
		}
		moved := c.Post("/electron/transfer-user"+wanted(), `{"callbackURL":"/done"}`).Want(200, "url", "/done", "redirect", true)
		redeem(s.Client(), moved.Text("electron_authorization_code"), "s1", verifier).Want(200)
		c.Post("/electron/transfer-user"+wanted(), `{}`).Want(200, "url", nil, "redirect", false)
	})
}

// TestSeveralCalls: a cookie keeps what the application asked for until a session begins.
func TestSeveralCalls(t *testing.T) {
	s := server(t, auth.Options{}, electron.Options{})
	s.Client().Post("/sign-up/email", ann).Want(200, "electron_authorization_code", authtest.Absent).WantNoCookie("better-auth.electron")
	c := s.Client()
	c.Post("/sign-in/email"+wanted(), `{"email":"ann@example.com","password":"wrong-password"}`).Want(401).WantCookie("better-auth.transfer_token", "Max-Age=300", "HttpOnly")
	got := c.Post("/sign-in/email", `{"email":"ann@example.com","password":"password1234"}`).Want(200)
	redeem(s.Client(), got.Text("electron_authorization_code"), "s1", verifier).Want(200)
	c.Post("/sign-in/email", `{"email":"ann@example.com","password":"password1234"}`).Want(200, "electron_authorization_code", authtest.Absent)
}

func TestRefused(t *testing.T) {
	s := server(t, auth.Options{}, electron.Options{CodeExpiresIn: 60})
	c := s.Client()
	c.Post("/electron/transfer-user"+wanted(), `{}`).WantCode(401, "UNAUTHORIZED")
	c.SignUp("ann@example.com")
	for query, code := range map[string]string{
		"?client_id=other&state=s&code_challenge=c":   "INVALID_CLIENT_ID",
		"?client_id=electron&state=&code_challenge=c": "MISSING_STATE",
		"?client_id=electron&state=s&code_challenge=": "MISSING_PKCE",
		"?client_id=electron&state=s":                 "VALIDATION_ERROR",
	} {
		c.Post("/electron/transfer-user"+query, `{}`).WantCode(400, code)
	}
	fresh := func() string {
		return c.Post("/electron/transfer-user"+wanted(), `{}`).Want(200).Text("electron_authorization_code")
	}
	redeem(c, "", "s1", verifier).WantCode(400, "VALIDATION_ERROR")
	late := fresh()
	s.Advance(61 * time.Second)
	redeem(c, late, "s1", verifier).WantCode(404, "INVALID_TOKEN")
	for value, want := range map[string]struct {
		status int
		code   string
	}{
		"no json":        {500, "INVALID_TOKEN"},
		`{"state":"s1"}`: {400, "MISSING_CODE_CHALLENGE"},
		`{"state":"s1","codeChallenge":"` + secret.Digest(verifier) + `","userId":"nobody"}`: {500, "USER_NOT_FOUND"},
	} {
		code := fresh()
		s.Change("verification", store.Record{"value": value}, store.Is("identifier", "electron:"+code))
		redeem(c, code, "s1", verifier).WantCode(want.status, want.code)
	}
}

func TestProvider(t *testing.T) {
	s := server(t, auth.Options{}, electron.Options{})
	c := s.Client()
	path := "/electron/init-oauth-proxy?provider=github&state=s1&code_challenge=" + secret.Digest(verifier)
	got := c.Get(path).Want(302).WantCookie("better-auth.transfer_token").WantCookie("better-auth.state")
	to, err := url.Parse(got.Header.Get("Location"))
	if err != nil || to.Host != "github.com" || to.Query().Get("redirect_uri") != authtest.Origin+"/api/auth/callback/github" || to.Query().Get("state") == "" {
		t.Errorf("%v %v", to, err)
	}
	c.Get("/electron/init-oauth-proxy?provider=nothing&state=s1&code_challenge=c").Want(500, "message", "Provider not found").WantNoCookie()
	c.Get("/electron/init-oauth-proxy?provider=&state=s1&code_challenge=c").WantCode(400, "VALIDATION_ERROR")
	o := auth.Options{DisabledPaths: []string{"/sign-in/social"}}
	server(t, o, electron.Options{}).Client().Get(path).Want(500, "message", "An unknown error occurred.").WantNoCookie()
}

func TestProviderIsLimited(t *testing.T) {
	s := server(t, auth.Options{RateLimit: auth.RateLimitOptions{Enabled: new(true)}}, electron.Options{})
	c := s.Client()
	for _, status := range []int{302, 302, 302, 429} {
		c.Get("/electron/init-oauth-proxy?provider=github&state=s1&code_challenge=c").Want(status)
	}
}

func TestNames(t *testing.T) {
	s := server(t, auth.Options{}, electron.Options{ClientID: "my-app", CookiePrefix: "my", RedirectCookieExpiresIn: 60})
	c := s.Client()
	c.Post("/sign-up/email"+wanted(), ann).Want(200, "electron_authorization_code", authtest.Absent)
	c.Post("/sign-in/email"+strings.Replace(wanted(), "electron", "my-app", 1), ann).Want(200, "electron_authorization_code", authtest.Any).WantCookie("my.my-app", "Max-Age=60")
}
