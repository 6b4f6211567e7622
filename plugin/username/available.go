package username

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

type availableRequest struct {
	Username string `json:"username" doc:"The username to check"`
}

type availableAnswer struct {
	Available bool `json:"available"`
}

func (p *Plugin) isAvailable() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "isUsernameAvailable", Methods: []string{http.MethodPost}, Path: "/is-username-available", Session: auth.Public,
		OpenAPI: js.NewObject(), // in the reference, the endpoint has no description
	}, func(c *auth.Context, in *availableRequest) (*availableAnswer, error) {
		if in.Username == "" {
			return nil, auth.Fail(http.StatusUnprocessableEntity, InvalidUsername)
		}
		flaw, err := p.flaw(c, in.Username)
		if err != nil {
			return nil, err
		}
		if flaw != nil {
			return nil, auth.Fail(http.StatusUnprocessableEntity, *flaw)
		}
		name, err := p.normalized(c, in.Username)
		if err != nil {
			return nil, err
		}
		owner, err := c.Users.FindBy(c, "username", name)
		if err != nil {
			return nil, err
		}
		return &availableAnswer{owner == nil}, nil
	})
}
