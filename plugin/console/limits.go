package console

import (
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
)

type limitsAnswer struct {
	Enabled bool              `json:"enabled"`
	Storage string            `json:"storage"`
	Rules   []auth.ShownLimit `json:"rules"`
	Limited []limited         `json:"limited"` // null if the storage cannot tell
}

// limited is a client whose calls are refused at this moment.
type limited struct {
	Key   string    `json:"key"`  // an address, or a hash
	Path  *string   `json:"path"` // null if the storage does not tell
	Until time.Time `json:"until"`
}

func (p *Plugin) getRateLimits() auth.Endpoint {
	return read(p, "consoleRateLimits", "/rate-limits", "The rate limits in force, and who is limited", func(c *auth.Context, _ *auth.None) (*limitsAnswer, error) {
		out := &limitsAnswer{Storage: c.LimiterStorage()}
		out.Rules, out.Enabled = c.RateLimits()
		clients, ok, err := c.LimitedClients(c)
		if err != nil || !ok {
			return out, err
		}
		out.Limited = make([]limited, len(clients))
		for i, one := range clients {
			out.Limited[i] = limited{Key: one.Key, Until: one.Until}
			if one.Path != "" {
				out.Limited[i].Path = &one.Path
			}
		}
		return out, nil
	})
}
