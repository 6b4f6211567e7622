package options_test

import (
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/plugin/anonymous"
	"github.com/seed-32bd42cb/betterauth/plugin/apikey"
	"github.com/seed-32bd42cb/betterauth/plugin/captcha"
	"github.com/seed-32bd42cb/betterauth/plugin/customsession"
	"github.com/seed-32bd42cb/betterauth/plugin/i18n"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
	"github.com/seed-32bd42cb/betterauth/plugin/lastloginmethod"

	"example.com/notes/options"
)

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// funcs marks the options in v that are funcs, by their struct and field: true for
// those that are set.
func funcs(v reflect.Value, name string, set map[string]bool) {
	switch v.Kind() {
	case reflect.Func:
		set[name] = set[name] || !v.IsNil()
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				funcs(v.Field(i), v.Type().String()+"."+f.Name, set)
			}
		}
	case reflect.Pointer:
		if t := v.Type().Elem(); t.Kind() == reflect.Struct && strings.Contains(t.PkgPath(), "betterauth") {
			if v.IsNil() {
				v = reflect.New(t)
			}
			funcs(v.Elem(), name, set)
		}
	case reflect.Slice:
		if v.Len() == 0 && v.Type().Elem().Kind() == reflect.Struct {
			funcs(reflect.Zero(v.Type().Elem()), name, set)
		}
		for i := range v.Len() {
			funcs(v.Index(i), name, set)
		}
	}
}

// Every option that is a func is written in this package.
func TestEveryFunc(t *testing.T) {
	sign := func(payload []byte) (string, error) { return string(payload), nil }
	set := map[string]bool{}
	for _, o := range []any{
		options.Server(quiet()),
		options.Tokens(), options.RemoteTokens(sign),
		options.Links(quiet()),
		options.Codes(quiet()), options.SealedCodes(nothing, nothing),
		options.Robots(),
		options.Languages(),
		options.Transfer(),
		options.Names(),
		options.Factors(quiet(), nothing, nothing), options.HashedFactors(),
		options.Passkeys(nil),
		options.Phones(quiet()),
		options.Provider(), options.Microsoft(), options.Generic(),
		options.Guests(nil), options.LastMethod(), options.OwnSession(),
		options.Keys(options.KeyStorage()),
		options.Clients(nothing, nothing), options.SealedClients(), options.Documents(quiet()),
	} {
		funcs(reflect.ValueOf(o), "", set)
	}
	for name, isSet := range set {
		if !isSet {
			t.Errorf("%s is not set", name)
		}
	}
	if len(set) < 50 {
		t.Errorf("only %d options were found", len(set))
	}
}

// A server with all of them works, and they are asked.
func TestServer(t *testing.T) {
	var log strings.Builder
	o := options.Server(slog.New(slog.NewTextHandler(&log, nil)))
	o.RateLimit.Enabled = new(true)
	o.Plugins = []auth.Plugin{jwt.New(options.Tokens())}
	s := authtest.New(t, o)
	c := s.Client()
	signUp := func(email string) *authtest.Answer {
		return c.Post("/sign-up/email", `{"name":"  Ada ","email":"`+email+`","password":"password1234"}`)
	}
	user := signUp("ada@example.com").JSON(t)["user"].(map[string]any)
	if id, _ := user["id"].(string); !strings.HasPrefix(id, "user_") || user["name"] != "Ada" || user["plan"] != "free" || user["country"] != "nowhere" {
		t.Errorf("user %v", user)
	}
	claims := claimsOf(t, c.Get("/token").JSON(t)["token"].(string))
	if !strings.Contains(claims, `"email":"ada@example.com"`) || !strings.Contains(claims, `"sub":"user:user_`) {
		t.Errorf("claims %s", claims)
	}
	for email, want := range map[string]string{"a@throwaway.example": "THROWAWAY_ADDRESS", "a@blocked.example": "FAILED_TO_CREATE_USER"} {
		if got := signUp(email); got.Code() != want {
			t.Errorf("%s: %d %s", email, got.Status, got.Body)
		}
	}
	if got := c.Get("/ok"); got.Body != `{"ok":true,"region":"eu"}` {
		t.Errorf("ok: %s", got.Body)
	}
	if got := c.Post("/sign-in/email", `{"email":"ada@example.com","password":"password1234"}`); got.Status != 200 || got.Header.Get("X-Region") != "eu" {
		t.Errorf("sign-in: %d %v", got.Status, got.Header)
	}
	robot := s.Client()
	robot.Header.Set("User-Agent", "bad-bot")
	if got := robot.Get("/ok"); got.Status != http.StatusForbidden {
		t.Errorf("a robot: %d %s", got.Status, got.Body)
	}
	if !strings.Contains(log.String(), "event=user_signed_in") {
		t.Errorf("log:\n%s", &log)
	}
}

// The captcha asks its callbacks, and errors are in the language of the host.
func TestRobotsAndLanguages(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{captcha.New(options.Robots()), i18n.New(options.Languages())}})
	for verdict, want := range map[string]int{"person": 401, "search_engine": 401, "scraper": 403, "": 403} {
		c := s.Client()
		c.Header.Set("X-Verdict", verdict)
		if got := c.Post("/sign-in/email", `{"email":"ada@example.com","password":"password1234"}`); got.Status != want {
			t.Errorf("%q: %s", verdict, got)
		}
	}
	r := httptest.NewRequest("POST", "http://fr.example.com/api/auth/sign-in/email", strings.NewReader(`{"email":"ada@example.com","password":"password1234"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", authtest.Origin)
	r.Header.Set("X-Verdict", "person")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), "mot de passe") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Guests have names, become users, and the pages see what they need.
func TestGuests(t *testing.T) {
	var moved []string
	move := func(_ context.Context, from, to string) error {
		moved = append(moved, from, to)
		return nil
	}
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{
		anonymous.New(options.Guests(move)), lastloginmethod.New(options.LastMethod()), customsession.New(options.OwnSession()),
	}})
	s.Client().SignUp("ada@example.com")
	c := s.Client()
	guest := c.Post("/sign-in/anonymous", "{}").Want(200, "user.name", authtest.Like("^Guest "), "user.email", authtest.Like("@guests.example.com$")).Text("user.id")
	c.Get("/get-session").Want(200, "guest", true, "user", authtest.Absent)
	c.Jar["consent"] = "yes"
	ada := c.SignIn("ada@example.com").WantCookie("better-auth.last_used_login_method").Text("user.id")
	c.Get("/get-session").Want(200, "name", "Test", "guest", false)
	if c.Jar["better-auth.last_used_login_method"] != "password" || len(moved) != 2 || moved[0] != guest || moved[1] != ada {
		t.Errorf("%v, %v", c.Jar, moved)
	}
	stranger := s.Client()
	stranger.SignIn("ada@example.com").WantNoCookie("better-auth.last_used_login_method")
}

// The address is taken, and the answer does not say so.
func TestSyntheticUser(t *testing.T) {
	o := options.Server(quiet())
	o.EmailAndPassword.RequireEmailVerification = true
	c := authtest.New(t, o).Client()
	body := `{"name":"Ada","email":"ada@example.com","password":"password1234","country":"Chile"}`
	first, second := c.Post("/sign-up/email", body), c.Post("/sign-up/email", body)
	for i, got := range []*authtest.Answer{first, second} {
		user, _ := got.JSON(t)["user"].(map[string]any)
		if got.Status != 200 || user["plan"] != "free" || user["country"] != "Chile" {
			t.Errorf("sign-up %d: %d %s", i+1, got.Status, got.Body)
		}
	}
}

// MapProfileToUser sets a field of the user that the program added.
func TestMapProfile(t *testing.T) {
	github := options.Provider()
	github.GetUserInfo, github.ClientID, github.ClientSecret = nil, oauth.ClientIDs{"client"}, "secret"
	o := options.Server(quiet())
	o.SocialProviders = []oauth.Provider{provider.GitHub(github)}
	idp := oauthtest.New(t, o.Now)
	idp.Exact = map[string]any{
		"https://api.github.com/user":        map[string]any{"id": 7, "login": "ada", "email": "ada@example.com", "locale": "Chile"},
		"https://api.github.com/user/emails": []any{map[string]any{"email": "ada@example.com", "verified": true}},
	}
	o.HTTP = idp
	s := authtest.New(t, o)
	c := s.Client()
	to, err := url.Parse(c.Post("/sign-in/social", `{"provider":"github","callbackURL":"/in"}`).JSON(t)["url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	c.Get("/callback/github?code=c&state=" + url.QueryEscape(to.Query().Get("state")))
	user, err := s.Users.ByEmail(t.Context(), "ada@example.com")
	if err != nil || user.Extra["country"] != "Chile" {
		t.Errorf("%+v %v", user, err)
	}
}

func claimsOf(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %s", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func nothing(_ context.Context, text string) (string, error) { return text, nil }

// A key is made, found in a request, checked and stored by the callbacks.
func TestKeys(t *testing.T) {
	s := authtest.New(t, auth.Options{Plugins: []auth.Plugin{apikey.New(options.Keys(options.KeyStorage()))}})
	c := s.Client()
	id := c.SignUp("ada@example.com").Text("user.id")
	key := c.Post("/api-key/create", `{"name":"ci"}`).Want(200, "permissions.notes.0", "read").Text("key")
	if !strings.HasPrefix(key, "notes_") {
		t.Errorf("key %s", key)
	}
	program := s.Client()
	program.Header.Set("Authorization", "Key "+key)
	program.Get("/get-session").Want(200, "user.id", id)
	program.Header.Set("Authorization", "Key "+strings.Repeat("x", 70))
	program.Get("/get-session").WantCode(403, "INVALID_API_KEY")
	s.WantRows(0, "apikey")
}
