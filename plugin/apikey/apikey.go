// Package apikey lets users and programs create API keys: secrets for scripts and services, with names, prefixes,
// expiry, permissions, quotas that refill and a rate limit. A key can also stand for a session of its owner.
//
//	plugins:
//	  api-key: {}
//
// or from Go:
//
//	Plugins: []auth.Plugin{apikey.New(apikey.Options{})},
//
// A program verifies a key with the call verifyApiKey:
//
//	out, err := a.Call(ctx, "verifyApiKey", auth.Input{Body: map[string]any{"key": key}})
package apikey

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Plugin is the api-key plugin.
type Plugin struct {
	opts  Options
	swept atomic.Int64 // when expired keys were last deleted, in Unix milliseconds
	locks locks
	uses  lastUses
}

// New returns the plugin.
func New(o Options) *Plugin {
	if len(o.Configurations) == 0 {
		o.Configurations = []Configuration{{}}
	}
	option.Defaults(&o)
	return &Plugin{opts: o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	m := auth.Manifest{
		ID:     "api-key",
		Models: []store.Model{p.model()},
		Rename: p.opts.Schema.rename(),
		Endpoints: []auth.Endpoint{
			p.create(), p.verify(), p.get(), p.update(), p.delete(), p.list(), p.deleteAllExpired(),
		},
		Before:   []auth.Hook{{When: p.mayCarryKey, Do: p.startSession}},
		Codes:    codes(),
		Events:   []string{Created, Updated, Deleted},
		Jobs:     p.batches(),
		Provides: auth.Services{RevokeAccess: p.revokeAccess},
		Init:     p.init,
	}
	if p.opts.VerifyRoute.on() {
		m.Before = append(m.Before, auth.Hook{On: []string{verifyPath}, Do: p.admitBackend})
		m.RateLimits = []auth.RateLimit{{On: []string{verifyPath}, Off: true}} // one backend verifies the keys of all its clients
	}
	return m
}

func (p *Plugin) init(a *auth.Auth) error {
	errs := []error{option.Check(&p.opts), p.opts.VerifyRoute.check(a)}
	seen := map[string]bool{}
	for i := range p.opts.Configurations {
		cfg := &p.opts.Configurations[i]
		if cfg.ConfigID == "" && len(p.opts.Configurations) > 1 {
			errs = append(errs, fmt.Errorf("configurations.%d: configId is needed in each of several configurations", i))
			continue
		}
		id := cmp.Or(cfg.ConfigID, defaultID)
		if seen[id] {
			errs = append(errs, fmt.Errorf("configurations.%d: configId %q is used twice", i, id))
		}
		seen[id] = true
		if cfg.Storage == secondary && cfg.CustomStorage == nil && a.KV == nil {
			errs = append(errs, fmt.Errorf("configurations.%d: storage secondary-storage needs secondaryStorage or customStorage", i))
		}
		errs = append(errs, cfg.CustomStorage.check(), cfg.checkBatches())
	}
	return errors.Join(errs...)
}

// defaultID is the configuration of keys that name none.
const defaultID = "default"

// configuration returns the configuration with this id, or the default one.
func (p *Plugin) configuration(c *auth.Context, id string) (*Configuration, error) {
	if id != "" {
		for i := range p.opts.Configurations {
			if p.opts.Configurations[i].ConfigID == id {
				return &p.opts.Configurations[i], nil
			}
		}
	}
	for i := range p.opts.Configurations {
		if isDefault(p.opts.Configurations[i].ConfigID) {
			cfg := p.opts.Configurations[i]
			cfg.ConfigID = defaultID
			return &cfg, nil
		}
	}
	c.Log.ErrorContext(c, "api-key: there is no default configuration; name one default, or name one in each call")
	return nil, auth.BadRequest(NoDefaultConfiguration)
}

func isDefault(id string) bool { return id == "" || id == defaultID }

// matches reports whether two ids name the same configuration.
func matches(a, b string) bool { return a == b || isDefault(a) && isDefault(b) }
