package twofactor

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/store"
)

type statusAnswer struct {
	Status bool `json:"status"`
}

func (p *Plugin) disable() auth.Endpoint {
	route := post("disableTwoFactor", "/two-factor/disable", "Disable two factor authentication", auth.StoredSession, disableDoc())
	if p.opts.AllowPasswordless {
		return auth.Handle(route, func(c *auth.Context, in *optionalPassword) (*statusAnswer, error) {
			return p.remove(c, in.Password)
		})
	}
	return auth.Handle(route, func(c *auth.Context, in *passwordField) (*statusAnswer, error) {
		return p.remove(c, in.Password)
	})
}

// remove removes the second factor of the signed-in user.
func (p *Plugin) remove(c *auth.Context, password string) (*statusAnswer, error) {
	if err := confirm(c, password, p.opts.AllowPasswordless); err != nil {
		return nil, err
	}
	user := c.Session.User
	err := c.Tx(func(c *auth.Context) (err error) {
		if user, err = setFactor(c, user.ID, false); err != nil {
			return err
		}
		_, err = c.Store.Quiet().DeleteMany(c, model, store.Is("userId", user.ID))
		return err
	})
	if err == nil {
		err = renew(c, user)
	}
	if err != nil {
		return nil, err
	}
	return &statusAnswer{true}, p.distrust(c, trustedDevice(c))
}
