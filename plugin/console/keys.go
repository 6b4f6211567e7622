package console

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/plugin/jwt"
)

type keysAnswer struct {
	Keys   []jwt.KeyState `json:"keys"`
	Remote bool           `json:"remote"` // tokens are signed or keys are published elsewhere
	May    bool           `json:"may"`    // the caller may rotate the keys
}

func (p *Plugin) signs(c *auth.Context) error { return needs(c, "jwt") }

func (p *Plugin) listKeys() auth.Endpoint {
	return read(p, "consoleKeys", "/keys", "List the keys that sign tokens", func(c *auth.Context, _ *auth.None) (*keysAnswer, error) {
		tokens, _ := auth.Find[*jwt.Plugin](c.Auth)
		keys, err := tokens.States(c, c.Auth)
		if err != nil {
			return nil, err
		}
		return &keysAnswer{Keys: keys, Remote: tokens.Remote(), May: p.rightsOf(c.Session.User).Keys}, nil
	}, p.signs)
}

type rotateAnswer struct {
	Key jwt.KeyState `json:"key"`
}

func (p *Plugin) rotateKeys() auth.Endpoint {
	return act(p, "consoleRotateKeys", "/keys/rotate", "Make a new key, which signs from now on", func(c *auth.Context, _ *auth.None) (*rotateAnswer, error) {
		tokens, _ := auth.Find[*jwt.Plugin](c.Auth)
		if tokens.Remote() {
			return nil, auth.BadRequest(KeysElsewhere)
		}
		made, err := tokens.Rotate(c, c.Auth)
		if err != nil {
			return nil, err
		}
		c.Emit(auth.Event{Name: KeysRotated, Details: map[string]string{"key": made.ID}})
		return &rotateAnswer{jwt.KeyState{ID: made.ID, Alg: made.Alg, CreatedAt: made.CreatedAt, ExpiresAt: made.ExpiresAt, State: jwt.StateSigning}}, nil
	}, p.signs, p.administrator)
}
