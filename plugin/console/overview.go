package console

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/mail"
	"github.com/seed-32bd42cb/betterauth/plugin/mailer"
	"github.com/seed-32bd42cb/betterauth/store"
)

// counts are numbers of rows; nil for what the server does not have.
type counts struct {
	Users         int64  `json:"users"`
	Sessions      *int64 `json:"sessions"` // nil if they are only in secondary storage
	Organizations *int64 `json:"organizations"`
	APIKeys       *int64 `json:"apiKeys"`
}

type overviewAnswer struct {
	Version       string   `json:"version"`
	Mode          string   `json:"mode"`
	Database      string   `json:"database"`
	UptimeSeconds int64    `json:"uptimeSeconds"`
	Counts        counts   `json:"counts"`
	Problems      []string `json:"problems"`
	Plugins       []string `json:"plugins"`
	Audit         bool     `json:"audit"`
	You           you      `json:"you"`
}

type you struct {
	ID  string `json:"id"`
	May rights `json:"may"`
}

func (p *Plugin) getOverview() auth.Endpoint {
	return read(p, "consoleOverview", "/overview", "The state of the server", func(c *auth.Context, _ *auth.None) (*overviewAnswer, error) {
		about := p.about.Load()
		out := &overviewAnswer{
			Version: about.Version, Mode: modeName(c.Options.Mode), Database: about.Database, UptimeSeconds: int64(max(c.Clock().Sub(p.started), 0).Seconds()),
			Problems: []string{}, Plugins: []string{}, Audit: p.audit != nil, You: you{c.Session.User.ID, p.rightsOf(c.Session.User)},
		}
		var err error
		if out.Counts, err = p.countRows(c); err != nil {
			return nil, err
		}
		if out.Problems, err = p.problems(c, about); err != nil {
			return nil, err
		}
		for i, m := range c.Manifests() {
			if !c.IsBuiltin(i) {
				out.Plugins = append(out.Plugins, m.ID)
			}
		}
		return out, nil
	})
}

func modeName(m auth.Mode) string {
	if m == auth.Production {
		return "production"
	}
	return string(m)
}

// countAge is how long counts are reused: a database counts rows by reading all of them.
const countAge = 10 * time.Second

// countRows returns the numbers of rows. Simultaneous calls wait for one count.
func (p *Plugin) countRows(c *auth.Context) (counts, error) {
	p.counting.Lock()
	defer p.counting.Unlock()
	now := c.Clock()
	if age := now.Sub(p.countedAt); !p.countedAt.IsZero() && age >= 0 && age < countAge && !c.AlwaysReads() {
		return p.counts, nil
	}
	var out counts
	users, err := c.Store.Count(c, "user")
	if err != nil {
		return out, err
	}
	out.Users = users
	for _, one := range []struct {
		model string
		there bool
		to    **int64
		where []store.Where
	}{
		{"session", c.Sessions.InDatabase(), &out.Sessions, []store.Where{{Field: "expiresAt", Op: store.Gt, Value: now}}},
		{"organization", c.HasPlugin("organization"), &out.Organizations, nil},
		{"apikey", c.HasPlugin("api-key"), &out.APIKeys, nil},
	} {
		if !one.there {
			continue
		}
		n, err := c.Store.Count(c, one.model, one.where...)
		if err != nil {
			return out, err
		}
		*one.to = &n
	}
	p.counts, p.countedAt = out, now
	return out, nil
}

// problems returns what an operator should look at.
func (p *Plugin) problems(c *auth.Context, about *About) ([]string, error) {
	out := []string{}
	if about.Problems != nil {
		ctx, cancel := context.WithTimeout(c, 5*time.Second)
		defer cancel()
		out = append(out, about.Problems(ctx)...)
	}
	if m := p.mailer(); m != nil {
		survey, err := m.Survey(c, 1)
		if err != nil {
			return nil, err
		}
		if survey.Failed > 0 {
			out = append(out, fmt.Sprintf("Messages that could not be sent: %d.", survey.Failed))
		}
	}
	if p.audit != nil && p.audit.Failing() {
		out = append(out, "The audit log cannot be written at the moment; entries wait in memory.")
	}
	if _, on := c.RateLimits(); !on && c.Options.Mode == auth.Production {
		out = append(out, "Rate limits are off (rateLimit.enabled).")
	}
	return out, nil
}

// mailer returns what sends messages, or nil.
func (p *Plugin) mailer() *mail.Mailer {
	if m, ok := auth.Find[*mailer.Plugin](p.auth); ok {
		return m.Mailer()
	}
	return nil
}
