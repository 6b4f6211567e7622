package base_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/oauthtest"
	"github.com/seed-32bd42cb/betterauth/oauth/provider"
	"github.com/seed-32bd42cb/betterauth/store"
)

const annEmail = "ann@example.com"

// world is the environment of a table row: a server with all optional features
// enabled, a user (Ann), a browser, sent mails and fake OAuth providers.
type world struct {
	*authtest.Server
	c     *authtest.Client         // sends the request of the row
	token string                   // of Ann's session
	state string                   // of the OAuth flow that was started last
	mail  map[string]auth.LinkMail // the last message of each kind
	told  []string                 // callbacks that were called, in order
	idp   *oauthtest.Server
	corp  *corp
}

// corp is GitHub under another id, with properties that a row may change.
type corp struct {
	oauth.Provider
	info       oauth.Info
	endSession string
	refresh    func() (*oauth.Tokens, error)
	verified   bool // result of VerifyIDToken
	userInfo   func() (*oauth.Identity, error)
}

func (p *corp) Info() oauth.Info { return p.info }

func (p *corp) EndSessionURL(_ *oauth.Call, r oauth.EndSessionRequest) (string, error) {
	if p.endSession == "" {
		return "", errors.New("no end")
	}
	return p.endSession + "?to=" + r.PostLogoutRedirectURI + "&state=" + r.State, nil
}

func (p *corp) Refresh(c *oauth.Call, token string) (*oauth.Tokens, error) {
	if p.refresh != nil {
		return p.refresh()
	}
	return p.Provider.Refresh(c, token)
}

func (p *corp) VerifyIDToken(*oauth.Call, string, string) bool { return p.verified }

func (p *corp) UserInfo(c *oauth.Call, r oauth.UserInfoRequest) (*oauth.Identity, error) {
	if p.userInfo != nil {
		return p.userInfo()
	}
	return p.Provider.UserInfo(c, r)
}

// newIDP returns the fake providers. Tests share one per table, because generating
// its key is slow.
func newIDP(t *testing.T) *oauthtest.Server { return oauthtest.New(t, authtest.Start) }

func newWorld(t *testing.T, idp *oauthtest.Server, change func(o *auth.Options)) *world {
	t.Helper()
	idp.T, idp.Refuse, idp.Tokens, idp.Answers = t, false, nil, map[string]any{}
	w := &world{mail: map[string]auth.LinkMail{}, idp: idp}
	client := oauth.Options{ClientID: oauth.ClientIDs{"client"}, ClientSecret: "secret"}
	w.corp = &corp{Provider: provider.GitHub(client)}
	w.corp.info = w.corp.Provider.Info()
	w.corp.info.ID = "corp"

	o := authtest.PlainPasswords(auth.Options{HTTP: w.idp})
	o.SocialProviders = []oauth.Provider{provider.GitHub(client), provider.Google(provider.GoogleOptions{Options: client}), w.corp}
	o.Verification.DisableCleanup = true // an expired row is still there when it is asked for
	o.EmailAndPassword.SendResetPassword = w.mails("reset")
	o.EmailVerification.SendVerificationEmail = w.mails("verify")
	o.User.DeleteUser.Enabled = true
	o.User.ChangeEmail.Enabled = true
	if change != nil {
		change(&o)
	}
	w.Server = authtest.New(t, o)
	w.profile(map[string]any{"id": 7, "login": "octo", "name": "Octo", "email": annEmail}, true)
	w.idp.Claims = map[string]any{"iss": "https://accounts.google.com", "aud": "client", "sub": "g-1", "email": annEmail, "email_verified": true, "name": "Ann G"}
	w.c = w.Client()
	if w.mayJoin() {
		w.join(w.c)
	}
	w.mail, w.told = map[string]auth.LinkMail{}, nil
	return w
}

// mayJoin reports whether the options allow sign-up.
func (w *world) mayJoin() bool { return !w.Options.EmailAndPassword.DisableSignUp }

// join signs Ann up.
func (w *world) join(c *authtest.Client) {
	w.T.Helper()
	w.token, _ = c.SignUpAs("Ann", annEmail).Value("token").(string)
}

// profile sets the user info that GitHub and corp return.
func (w *world) profile(user map[string]any, verified bool) {
	w.idp.Exact = map[string]any{
		"https://api.github.com/user":        user,
		"https://api.github.com/user/emails": []any{map[string]any{"email": user["email"], "verified": verified}},
	}
}

// mails returns a sender that stores the last message under this kind.
func (w *world) mails(kind string) callback.Func[auth.LinkMail, callback.Nothing] {
	return func(_ context.Context, m auth.LinkMail) (callback.Nothing, error) {
		w.mail[kind] = m
		w.told = append(w.told, kind)
		return callback.Nothing{}, nil
	}
}

// wantTold checks which callbacks were called.
func (w *world) wantTold(names ...string) {
	w.T.Helper()
	if got, want := strings.Join(w.told, " "), strings.Join(names, " "); got != want {
		w.T.Errorf("told %q, want %q", got, want)
	}
}

// verified marks Ann's address as verified.
func verified(w *world) {
	w.Change("user", store.Record{"emailVerified": true}, store.Is("email", annEmail))
}

// begins starts an OAuth flow at a provider.
func begins(provider string) func(w *world) {
	return func(w *world) { w.state = begin(w.T, w.c, provider) }
}

// linkedWith signs Ann in through a provider, which links the provider's account
// to her user.
func linkedWith(provider string) func(w *world) {
	return func(w *world) {
		w.T.Helper()
		verified(w)
		if to := end(w.c, provider, begin(w.T, w.c, provider)); to != "/dash" {
			w.T.Fatalf("sign-in with %s ends at %s", provider, to)
		}
	}
}

// before runs several steps in order.
func before(steps ...func(w *world)) func(w *world) {
	return func(w *world) {
		for _, step := range steps {
			step(w)
		}
	}
}

// posts sends a POST that must succeed.
func posts(path, body string) func(w *world) {
	return func(w *world) {
		w.T.Helper()
		if got := w.c.Post(path, w.fill(body)); got.Status != 200 {
			w.T.Fatalf("POST %s: %s", path, got)
		}
	}
}

// value returns the value of the placeholder <name>.
func (w *world) value(name string) string {
	w.T.Helper()
	switch name {
	case "user":
		return w.ID("user", store.Is("email", annEmail))
	case "token":
		return w.token
	case "state":
		return w.state
	case "long":
		return strings.Repeat("x", 129)
	case "idtoken":
		return w.idp.IDToken(w.idp.Claims)
	case "credential", "github", "google", "corp", "gone":
		return w.ID("account", store.Is("providerId", name))
	}
	m, ok := w.mail[name]
	if !ok {
		w.T.Fatalf("no message of kind %q was sent", name)
	}
	return m.Token
}

// Database hooks.

// drops is a database hook that drops every write.
func drops(context.Context, auth.RowEvent) (callback.Answer, error) {
	return callback.Answer{Result: false, Set: true}, nil
}

// dropsOnce is a database hook that drops the first write only.
func dropsOnce() callback.Func[auth.RowEvent, callback.Answer] {
	dropped := false
	return func(ctx context.Context, e auth.RowEvent) (callback.Answer, error) {
		if dropped {
			return callback.Answer{}, nil
		}
		dropped = true
		return drops(ctx, e)
	}
}

// breaks is a database hook that fails with an unexpected error.
func breaks(context.Context, auth.RowEvent) (callback.Answer, error) {
	return callback.Answer{}, errors.New("broken")
}

// afterAnn skips the first call of a hook, which belongs to Ann's sign-up.
func afterAnn(hook callback.Func[auth.RowEvent, callback.Answer]) callback.Func[auth.RowEvent, callback.Answer] {
	there := false
	return func(ctx context.Context, e auth.RowEvent) (callback.Answer, error) {
		if !there {
			there = true
			return callback.Answer{}, nil
		}
		return hook(ctx, e)
	}
}

// refuses is a database hook that fails with an API error for the client.
func refuses(context.Context, auth.RowEvent) (callback.Answer, error) {
	return callback.Answer{}, refusal()
}

func refusal() error {
	return &callback.APIError{Status: 403, Code: "NOT_YOU", Message: "Not you", Body: js.Obj("message", "Not you", "code", "NOT_YOU")}
}

// codeOf returns status and code of an error from a call in Go, "" for nil.
func codeOf(err error) string {
	var refused *auth.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &refused):
		return fmt.Sprint(refused.Status, " ", refused.Name)
	}
	return err.Error()
}
