package anonymous

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	method      = "anonymous"
	defaultName = "Anonymous"
	// placeholderDomain cannot receive mail (RFC 6761).
	placeholderDomain = "anonymous.placeholder.invalid"
)

type signInAnswer struct {
	Token string          `json:"token"`
	User  *auth.PublicRow `json:"user"`
}

func (p *Plugin) signIn() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "signInAnonymous", Methods: []string{http.MethodPost}, Path: "/sign-in/anonymous", Session: auth.Public,
		Summary: "Sign in anonymously",
		OpenAPI: js.Obj("description", "Sign in anonymously", "responses", js.Obj("200", answer("Sign in anonymously", js.Obj(
			"type", "object", "properties", js.Obj(
				"user", js.Obj("$ref", "#/components/schemas/User"), "session", js.Obj("$ref", "#/components/schemas/Session"),
			))))),
	}, func(c *auth.Context, _ *auth.None) (*signInAnswer, error) {
		s, err := c.CurrentSession(auth.Lookup{NoRefresh: true})
		if err != nil {
			return nil, err
		}
		if s != nil && isAnonymous(s.User) {
			return nil, auth.BadRequest(AlreadyAnonymous)
		}
		user, err := p.create(c)
		if err != nil {
			return nil, err
		}
		session, err := c.SignIn(user, auth.SignIn{Method: method})
		if errors.Is(err, store.ErrDropped) {
			return nil, auth.BadRequest(CouldNotCreateSession)
		}
		if err != nil {
			return nil, err
		}
		return &signInAnswer{session.Token, user.Public()}, nil
	})
}

// create creates an anonymous user.
func (p *Plugin) create(c *auth.Context) (*auth.User, error) {
	email, err := p.email(c)
	if err != nil {
		return nil, err
	}
	name, err := p.name(c)
	if err != nil {
		return nil, err
	}
	user, err := c.Users.Create(c, store.Record{"email": email, "emailVerified": false, field: true, "name": name}, method)
	if errors.Is(err, store.ErrDropped) {
		return nil, auth.Internal(FailedToCreateUser)
	}
	if err != nil {
		return nil, err
	}
	c.Emit(auth.Event{Name: auth.UserCreated, UserID: user.ID, Method: method})
	return user, nil
}

func (p *Plugin) email(c *auth.Context) (string, error) {
	if p.opts.GenerateRandomEmail != nil {
		own, err := p.opts.GenerateRandomEmail(c, callback.Nothing{})
		if err != nil {
			return "", auth.FromCallback(err)
		}
		if own != "" {
			if _, issues := schema.String().Email().Check(own); len(issues) > 0 {
				return "", auth.BadRequest(InvalidEmailFormat)
			}
			return own, c.CheckEmailLength(own)
		}
	}
	id := secret.ID(32)
	if p.opts.EmailDomainName != "" {
		return "temp-" + id + "@" + p.opts.EmailDomainName, nil
	}
	return id + "@" + placeholderDomain, nil
}

func (p *Plugin) name(c *auth.Context) (string, error) {
	if p.opts.GenerateName == nil {
		return defaultName, nil
	}
	name, err := p.opts.GenerateName(c, c)
	if err != nil {
		return "", auth.FromCallback(err)
	}
	if name == "" {
		return defaultName, nil
	}
	return name, nil
}

// answer returns the OpenAPI description of an answer in JSON.
func answer(description string, body *js.Object) *js.Object {
	return js.Obj("description", description, "content", js.Obj("application/json", js.Obj("schema", body)))
}
