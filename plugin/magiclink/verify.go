package magiclink

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type verifyRequest struct {
	Token              string `query:"token" doc:"Verification token"`
	CallbackURL        string `query:"callbackURL,omitempty" doc:"URL to redirect after magic link verification, if not provided the user will be redirected to the root URL. Eg: \"/dashboard\""`
	ErrorCallbackURL   string `query:"errorCallbackURL,omitempty" doc:"URL to redirect after error."`
	NewUserCallbackURL string `query:"newUserCallbackURL,omitempty" doc:"URL to redirect after new user signup. Only used if the user is registering for the first time."`
}

type verifyAnswer struct {
	Token   string          `json:"token"`
	User    *auth.PublicRow `json:"user"`
	Session *auth.PublicRow `json:"session"`
}

func (p *Plugin) verify() auth.Endpoint {
	answer := js.Obj("type", "object", "properties", js.Obj(
		"session", js.Obj("$ref", "#/components/schemas/Session"), "user", js.Obj("$ref", "#/components/schemas/User")))
	return auth.Handle(auth.Route{
		ID: "magicLinkVerify", Methods: []string{http.MethodGet}, Path: "/magic-link/verify", Session: auth.Public, NeedHeaders: true,
		Summary: "Verify magic link", Landing: p.landing,
		OpenAPI: auth.Described("verifyMagicLink", "Verify magic link", answer),
	}, p.redeem, trusted("callbackURL"), trusted("newUserCallbackURL"), trusted("errorCallbackURL"))
}

func (p *Plugin) landing(o *auth.Options) *auth.LandingPage {
	if !p.opts.LandingPage {
		return nil
	}
	return &auth.LandingPage{
		Title: "Sign in to " + o.AppName, Text: "Press the button to sign in on this device.",
		Button: "Sign in", Note: "If you did not ask for this link, close the page: nobody has been signed in.",
	}
}

// trusted returns a guard that refuses redirects to untrusted sites.
func trusted(name string) auth.Guard {
	return func(c *auth.Context) error {
		target := "/"
		if c.Query != nil {
			if v, _ := c.Query.Get(name); v != nil && v != "" {
				target, _ = v.(string)
			}
		}
		return c.CheckCallback(target)
	}
}

func (p *Plugin) redeem(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
	to, err := in.targets(c.BaseURL)
	if err != nil {
		return nil, err
	}
	link, err := p.take(c, in.Token)
	if errors.Is(err, store.ErrNotFound) {
		return nil, to.refuse("INVALID_TOKEN", "")
	}
	if err != nil {
		return nil, err
	}
	user, isNew, err := p.userOf(c, link, to)
	if err != nil {
		return nil, err
	}
	session, err := c.SignIn(user, auth.SignIn{Method: "magic-link"})
	switch {
	case errors.Is(err, store.ErrDropped):
		return nil, to.refuse("failed_to_create_session", "")
	case err != nil:
		return nil, err
	case in.CallbackURL == "":
		return &verifyAnswer{Token: session.Token, User: user.Public(), Session: session.Public()}, nil
	case isNew:
		return nil, auth.Redirect(to.newUser)
	}
	return nil, auth.Redirect(to.done)
}

// targets are the URLs to which the browser may be redirected.
type targets struct{ done, newUser, failed, base string }

func (in *verifyRequest) targets(base string) (t targets, err error) {
	resolve := func(ref string) string {
		url, problem := origin.WithQuery(base, ref, nil)
		err = errors.Join(err, problem)
		return url
	}
	t.base = base
	t.done = resolve(cmp.Or(in.CallbackURL, "/"))
	t.failed = resolve(cmp.Or(in.ErrorCallbackURL, t.done))
	t.newUser = resolve(cmp.Or(in.NewUserCallbackURL, t.done))
	return t, err
}

// refuse redirects the browser with an error.
func (t targets) refuse(code, description string) error {
	query := [][2]string{{"error", code}}
	if description != "" {
		query = append(query, [2]string{"error_description", description})
	}
	url, err := origin.WithQuery(t.base, t.failed, query)
	if err != nil {
		return err
	}
	return auth.Redirect(url)
}

// link is the stored value of a token.
type link struct {
	Email string `json:"email"`
	Name  string `json:"name"`
}

// take uses the token up. A value of another kind under the same identifier is kept.
func (p *Plugin) take(c *auth.Context, token string) (*link, error) {
	taken, err := p.links().TakeIf(c, token, func(value string) bool {
		_, err := parseLink(value)
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	return parseLink(taken.Text)
}

// parseLink parses a stored value. The error is ErrNotFound if it does not belong to a magic link.
func parseLink(text string) (*link, error) {
	v, err := js.Parse([]byte(text))
	if err != nil {
		return nil, store.ErrNotFound
	}
	shape := schema.Object(
		schema.Field("type", schema.Literal("magic-link")),
		schema.Field("email", schema.String().Email()),
		schema.Field("name", schema.String().Optional()),
	).Strict()
	if _, issues := shape.Check(v); len(issues) > 0 {
		return nil, store.ErrNotFound
	}
	l := &link{}
	return l, schema.Bind(l, v)
}

// userOf finds or creates the user of a link, whose address is now verified.
func (p *Plugin) userOf(c *auth.Context, l *link, to targets) (user *auth.User, isNew bool, err error) {
	user, err = c.Users.ByEmail(c, l.Email)
	if errors.Is(err, store.ErrNotFound) {
		user, err = p.signUp(c, l, to)
		isNew = true
	}
	if err != nil || user.EmailVerified {
		return user, isNew, err
	}
	user, err = c.Users.Prove(c, user.ID)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrDropped) {
		err = to.refuse("user_not_found", "")
	}
	return user, isNew, err
}

func (p *Plugin) signUp(c *auth.Context, l *link, to targets) (*auth.User, error) {
	if p.opts.DisableSignUp {
		return nil, to.refuse("new_user_signup_disabled", "")
	}
	user, err := c.Users.Create(c, store.Record{"email": l.Email, "emailVerified": true, "name": l.Name}, "magic-link")
	if errors.Is(err, store.ErrDropped) {
		return nil, to.refuse("failed_to_create_user", "")
	}
	if code, message, ok := auth.Refusal(err); ok {
		return nil, to.refuse(code, message)
	}
	if err == nil {
		c.Emit(auth.Event{Name: auth.UserCreated, UserID: user.ID, Method: "magic-link"})
	}
	return user, err
}
