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

// world is what the rows of tables happen in: a server with everything turned
// on, Ann, her browser, her mail, and the providers where she has accounts.
type world struct {
	*authtest.Server
	c     *authtest.Client         // of whoever calls
	token string                   // of Ann's session
	state string                   // of the flow that was begun last
	mail  map[string]auth.LinkMail // the newest message of a kind
	told  []string                 // options whose callbacks were called, in order
	idp   *oauthtest.Server
	corp  *corp
}

// corp is a provider whose traits a row may change; otherwise it is GitHub.
type corp struct {
	oauth.Provider
	info       oauth.Info
	endSession string
	refresh    func() (*oauth.Tokens, error)
	verified   bool // says every ID token is authentic
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

// newIDP makes the providers of worlds. One does for many: its key takes a while
// to make.
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

// mayJoin reports whether the options let Ann sign up and in.
func (w *world) mayJoin() bool { return !w.Options.EmailAndPassword.DisableSignUp }

// join signs Ann up.
func (w *world) join(c *authtest.Client) {
	w.T.Helper()
	w.token, _ = c.SignUpAs("Ann", annEmail).Value("token").(string)
}

// profile is what GitHub and corp say of who signs in there.
func (w *world) profile(user map[string]any, verified bool) {
	w.idp.Exact = map[string]any{
		"https://api.github.com/user":        user,
		"https://api.github.com/user/emails": []any{map[string]any{"email": user["email"], "verified": verified}},
	}
}

// mails is a sender that keeps the newest message as one of this kind.
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

// verified has Ann's address proven.
func verified(w *world) {
	w.Change("user", store.Record{"emailVerified": true}, store.Is("email", annEmail))
}

// begins starts a flow at a provider.
func begins(provider string) func(w *world) {
	return func(w *world) { w.state = begin(w.T, w.c, provider) }
}

// linked has Ann's browser sign in through a provider, which links its account to
// hers.
func linkedWith(provider string) func(w *world) {
	return func(w *world) {
		w.T.Helper()
		verified(w)
		if to := end(w.c, provider, begin(w.T, w.c, provider)); to != "/dash" {
			w.T.Fatalf("sign-in with %s ends at %s", provider, to)
		}
	}
}

// before does several things in turn.
func before(steps ...func(w *world)) func(w *world) {
	return func(w *world) {
		for _, step := range steps {
			step(w)
		}
	}
}

// posts has the caller call an endpoint that must succeed.
func posts(path, body string) func(w *world) {
	return func(w *world) {
		w.T.Helper()
		if got := w.c.Post(path, w.fill(body)); got.Status != 200 {
			w.T.Fatalf("POST %s: %s", path, got)
		}
	}
}

// value is what stands in a row for <name>.
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

// drops drops every write.
func drops(context.Context, auth.RowEvent) (callback.Answer, error) {
	return callback.Answer{Result: false, Set: true}, nil
}

// dropsOnce drops the first write and lets the others be.
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

// breaks fails as a bug does.
func breaks(context.Context, auth.RowEvent) (callback.Answer, error) {
	return callback.Answer{}, errors.New("broken")
}

// afterAnn is a hook on creation that leaves Ann's sign-up alone.
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

// refuses fails with an error for the client.
func refuses(context.Context, auth.RowEvent) (callback.Answer, error) {
	return callback.Answer{}, refusal()
}

func refusal() error {
	return &callback.APIError{Status: 403, Code: "NOT_YOU", Message: "Not you", Body: js.Obj("message", "Not you", "code", "NOT_YOU")}
}

// codeOf is the status and the code of a call from Go that was refused, "" when
// it was not.
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
