package magiclink

import (
	"net/http"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

type signInRequest struct {
	Email              string     `json:"email" format:"email" doc:"Email address to send the magic link"`
	Name               *string    `json:"name,omitempty" doc:"User display name. Only used if the user is registering for the first time. Eg: \"my-name\""`
	CallbackURL        string     `json:"callbackURL,omitempty" doc:"URL to redirect after magic link verification"`
	NewUserCallbackURL string     `json:"newUserCallbackURL,omitempty" doc:"URL to redirect after new user signup. Only used if the user is registering for the first time."`
	ErrorCallbackURL   string     `json:"errorCallbackURL,omitempty" doc:"URL to redirect after error."`
	Metadata           *js.Object `json:"metadata,omitempty" doc:"Additional metadata to pass to sendMagicLink."`
}

type statusAnswer struct {
	Status bool `json:"status"`
}

func (p *Plugin) signIn() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "signInMagicLink", Methods: []string{http.MethodPost}, Path: "/sign-in/magic-link", CheckForm: true, NeedHeaders: true,
		Summary: "Sign in with magic link",
		OpenAPI: documented("signInWithMagicLink", "Sign in with magic link", js.Obj("status", js.Obj("type", "boolean"))),
	}, p.send)
}

func (p *Plugin) send(c *auth.Context, in *signInRequest) (*statusAnswer, error) {
	token := secret.Random(32, "a-z", "A-Z")
	if p.opts.GenerateToken != nil {
		var err error
		if token, err = p.opts.GenerateToken(c, in.Email); err != nil {
			return nil, auth.FromCallback(err)
		}
	}
	id, err := p.identifier(c, token)
	if err != nil {
		return nil, err
	}
	value := js.Obj("type", "magic-link", "email", in.Email)
	if in.Name != nil {
		value.Set("name", *in.Name)
	}
	ends := c.Now().Add(time.Duration(p.opts.ExpiresIn) * time.Second)
	if _, err := c.CreateVerification(c, id, string(js.Marshal(value)), ends); err != nil {
		return nil, err
	}
	url, err := in.link(c.BaseURL, token)
	if err != nil {
		return nil, err
	}
	if p.opts.SendMagicLink == nil {
		return nil, errNoSender
	}
	if _, err := p.opts.SendMagicLink(c, Mail{Email: in.Email, URL: url, Token: token, Metadata: in.Metadata, Call: c}); err != nil {
		return nil, auth.FromCallback(err)
	}
	return &statusAnswer{true}, nil
}

// link is the address that the message shows.
func (in *signInRequest) link(base, token string) (string, error) {
	query := [][2]string{{"token", token}, {"callbackURL", orElse(in.CallbackURL, "/")}}
	if in.NewUserCallbackURL != "" {
		query = append(query, [2]string{"newUserCallbackURL", in.NewUserCallbackURL})
	}
	if in.ErrorCallbackURL != "" {
		query = append(query, [2]string{"errorCallbackURL", in.ErrorCallbackURL})
	}
	return origin.WithQuery(base, base+"/magic-link/verify", query)
}

// identifier is where what belongs to token is kept.
func (p *Plugin) identifier(c *auth.Context, token string) (string, error) {
	stored, err := p.opts.StoreToken.Stored(c, token)
	return "magic-link:" + stored, err
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func documented(id, description string, properties *js.Object) *js.Object {
	return js.Obj("operationId", id, "description", description, "responses", js.Obj("200", js.Obj(
		"description", "Success",
		"content", js.Obj("application/json", js.Obj("schema", js.Obj("type", "object", "properties", properties))),
	)))
}
