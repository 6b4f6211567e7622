package magiclink

import (
	"cmp"
	"net/http"

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
	answer := js.Obj("type", "object", "properties", js.Obj("status", js.Obj("type", "boolean")))
	return auth.Handle(auth.Route{
		ID: "signInMagicLink", Methods: []string{http.MethodPost}, Path: "/sign-in/magic-link", Session: auth.Public, CheckForm: true, NeedHeaders: true,
		Summary: "Sign in with magic link",
		OpenAPI: auth.Described("signInWithMagicLink", "Sign in with magic link", answer),
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
	value := js.Obj("type", "magic-link", "email", in.Email)
	if in.Name != nil {
		value.Set("name", *in.Name)
	}
	if err := p.links().Put(c, token, string(js.Marshal(value))); err != nil {
		return nil, err
	}
	url, err := in.link(c.BaseURL, token)
	if err != nil {
		return nil, err
	}
	if p.opts.SendMagicLink == nil {
		return nil, errNoSender
	}
	_, err = p.opts.SendMagicLink(c, Mail{Email: in.Email, URL: url, Token: token, Metadata: in.Metadata, Call: c})
	return &statusAnswer{true}, auth.FromCallback(err)
}

// link returns the URL in the message.
func (in *signInRequest) link(base, token string) (string, error) {
	query := [][2]string{{"token", token}, {"callbackURL", cmp.Or(in.CallbackURL, "/")}}
	if in.NewUserCallbackURL != "" {
		query = append(query, [2]string{"newUserCallbackURL", in.NewUserCallbackURL})
	}
	if in.ErrorCallbackURL != "" {
		query = append(query, [2]string{"errorCallbackURL", in.ErrorCallbackURL})
	}
	return origin.WithQuery(base, base+"/magic-link/verify", query)
}
