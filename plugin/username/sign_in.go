package username

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

type signInRequest struct {
	Username    string  `json:"username" doc:"The username of the user"`
	Password    string  `json:"password" doc:"The password of the user"`
	RememberMe  *bool   `json:"rememberMe,omitempty" doc:"Remember the user session"`
	CallbackURL *string `json:"callbackURL,omitempty" doc:"URL to redirect to after sign in (also used as the redirect target for email verification when required)"`
}

type signInAnswer struct {
	Redirect bool            `json:"redirect"`
	Token    string          `json:"token"`
	URL      *string         `json:"url,omitempty"`
	User     *auth.PublicRow `json:"user"`
}

func (p *Plugin) signIn() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "signInUsername", Methods: []string{http.MethodPost}, Path: "/sign-in/username", Session: auth.Public,
		Summary: "Sign in with username", OpenAPI: signInDocument(),
	}, func(c *auth.Context, in *signInRequest) (*signInAnswer, error) {
		user, err := p.find(c, in)
		if err != nil {
			return nil, err
		}
		target := ""
		if in.CallbackURL != nil {
			target = *in.CallbackURL
		}
		if c.Options.EmailAndPassword.RequireEmailVerification && !user.EmailVerified {
			if c.Options.EmailVerification.SendOnSignIn {
				c.MailVerification(user, target)
			}
			return nil, auth.Forbidden(EmailNotVerified)
		}
		remember := in.RememberMe == nil || *in.RememberMe
		session, err := c.SignIn(user, auth.SignIn{Method: "username", Remember: auth.RememberIf(remember)})
		if errors.Is(err, store.ErrDropped) {
			return nil, auth.Internal(auth.FailedToCreateSession)
		}
		if err != nil {
			return nil, err
		}
		if target != "" {
			c.SetResponseHeader("Location", target)
		}
		return &signInAnswer{target != "", session.Token, in.CallbackURL, user.Public()}, nil
	})
}

// find returns the user with this name and password. A wrong password and an unknown name are answered alike, after
// the same work.
func (p *Plugin) find(c *auth.Context, in *signInRequest) (*auth.User, error) {
	if in.Username == "" || in.Password == "" {
		return nil, auth.Unauthorized(InvalidUsernameOrPassword)
	}
	flaw, err := p.flaw(c, in.Username)
	if err != nil {
		return nil, err
	}
	if flaw != nil {
		return nil, auth.Fail(http.StatusUnprocessableEntity, *flaw)
	}
	if err := c.CheckPasswordNotTooLong(in.Password); err != nil {
		return nil, err
	}
	name, err := p.normalized(c, in.Username)
	if err != nil {
		return nil, err
	}
	user, err := c.Users.FindBy(c, "username", name)
	if err != nil {
		return nil, err
	}
	return user, c.CheckPasswordOf(user, name, in.Password, InvalidUsernameOrPassword)
}

func signInDocument() *js.Object {
	success := js.Obj("type", "object", "properties", js.Obj(
		"redirect", js.Obj("type", "boolean", "description", "Whether the client should follow the Location header. True when callbackURL was provided."),
		"token", js.Obj("type", "string", "description", "Session token for the authenticated session"),
		"url", js.Obj("type", "string", "nullable", true, "description", "The callbackURL echoed back so the client can redirect."),
		"user", js.Obj("$ref", "#/components/schemas/User"),
	), "required", []any{"redirect", "token", "user"})
	invalid := js.Obj("type", "object", "properties", js.Obj("message", js.Obj("type", "string")))
	answer := func(description string, schema *js.Object) *js.Object {
		return js.Obj("description", description, "content", js.Obj("application/json", js.Obj("schema", schema)))
	}
	return js.Obj("description", "Sign in with username", "responses", js.Obj(
		"200", answer("Success", success), "422", answer("Unprocessable Entity. Validation error", invalid)))
}
