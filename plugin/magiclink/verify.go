package magiclink

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/internal/schema"
	"github.com/seed-32bd42cb/betterauth/js"
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
	return auth.Handle(auth.Route{
		ID: "magicLinkVerify", Methods: []string{http.MethodGet}, Path: "/magic-link/verify", NeedHeaders: true,
		Summary: "Verify magic link", Landing: p.landing,
		OpenAPI: documented("verifyMagicLink", "Verify magic link", js.Obj(
			"session", js.Obj("$ref", "#/components/schemas/Session"), "user", js.Obj("$ref", "#/components/schemas/User"))),
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

// trusted refuses to send the browser to a stranger's site.
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

// targets are the addresses that the browser may be sent to.
type targets struct{ done, newUser, failed, base string }

func (in *verifyRequest) targets(base string) (t targets, err error) {
	resolve := func(ref string) string {
		url, problem := origin.WithQuery(base, ref, nil)
		err = errors.Join(err, problem)
		return url
	}
	t.base = base
	t.done = resolve(orElse(in.CallbackURL, "/"))
	t.failed = resolve(orElse(in.ErrorCallbackURL, t.done))
	t.newUser = resolve(orElse(in.NewUserCallbackURL, t.done))
	return t, err
}

// refuse sends the browser on with an error.
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

func (p *Plugin) redeem(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
	to, err := in.targets(c.BaseURL)
	if err != nil {
		return nil, err
	}
	link, err := p.take(c, in.Token)
	if err != nil {
		return nil, err
	}
	if link == nil {
		return nil, to.refuse("INVALID_TOKEN", "")
	}
	user, isNew, err := p.userOf(c, link, to)
	if err != nil {
		return nil, err
	}
	session, err := c.CreateSession(text(user, "id"), false, nil)
	if err != nil {
		return nil, err
	}
	if session == nil {
		return nil, to.refuse("failed_to_create_session", "")
	}
	if err := c.SetSessionCookie(auth.SignedIn{Session: session, User: user}, nil); err != nil {
		return nil, err
	}
	switch {
	case in.CallbackURL == "":
		return &verifyAnswer{Token: text(session, "token"), User: c.Output("user", user), Session: c.Output("session", session)}, nil
	case isNew:
		return nil, auth.Redirect(to.newUser)
	}
	return nil, auth.Redirect(to.done)
}

// link is what is kept for a token.
type link struct{ email, name string }

// take uses the token up; nil when it is none. Looked at first and taken then,
// so that a value of another kind under the same name survives.
func (p *Plugin) take(c *auth.Context, token string) (*link, error) {
	id, err := p.identifier(c, token)
	if err != nil {
		return nil, err
	}
	pending, err := c.FindVerification(c, id)
	if err != nil || parseLink(pending) == nil {
		return nil, err
	}
	taken, err := c.TakeVerification(c, id)
	return parseLink(taken), err
}

func parseLink(row store.Record) *link {
	v, err := js.Parse([]byte(text(row, "value")))
	if row == nil || err != nil {
		return nil
	}
	shape := schema.Object(
		schema.Field("type", schema.Literal("magic-link")),
		schema.Field("email", schema.String().Email()),
		schema.Field("name", schema.String().Optional()),
	).Strict()
	if _, issues := shape.Check(v); len(issues) > 0 {
		return nil
	}
	l := &link{}
	o, _ := v.(*js.Object)
	email, _ := o.Get("email")
	name, _ := o.Get("name")
	l.email, _ = email.(string)
	l.name, _ = name.(string)
	return l
}

// userOf finds or makes the user of a link. Its address is proven now.
func (p *Plugin) userOf(c *auth.Context, l *link, to targets) (user store.Record, isNew bool, err error) {
	user, err = c.FindUserByEmail(c, l.email)
	if err != nil {
		return nil, false, err
	}
	if user == nil {
		if p.opts.DisableSignUp {
			return nil, false, to.refuse("new_user_signup_disabled", "")
		}
		user, err = c.CreateUser(c, store.Record{"email": l.email, "emailVerified": true, "name": l.name}, "magic-link")
		if err != nil {
			return nil, false, failedSignUp(err, to)
		}
		isNew = true
	}
	if user["emailVerified"] == true {
		return user, isNew, nil
	}
	if user, err = c.RevokeUnproven(text(user, "id")); err != nil {
		return nil, false, err
	}
	if user == nil {
		return nil, false, to.refuse("user_not_found", "")
	}
	return user, isNew, nil
}

func failedSignUp(err error, to targets) error {
	if errors.Is(err, store.ErrDropped) {
		return to.refuse("failed_to_create_user", "")
	}
	var known *auth.Error
	if !errors.As(err, &known) {
		return err
	}
	code, message := known.Name, known.Message
	if body, ok := known.Body.(*js.Object); ok {
		name, _ := body.Get("code")
		said, _ := body.Get("message")
		code, _ = name.(string)
		message, _ = said.(string)
	}
	if code == "" {
		return err
	}
	return to.refuse(code, message)
}

func text(r store.Record, key string) string { s, _ := r[key].(string); return s }
