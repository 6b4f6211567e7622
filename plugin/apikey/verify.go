package apikey

import (
	"context"
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

type verifyRequest struct {
	ConfigID    *string    `json:"configId"`
	Key         string     `json:"key"`
	Permissions *js.Object `json:"permissions"`
}

// BodySchema implements the schema of the request.
func (verifyRequest) BodySchema() *schema.Schema {
	return schema.Object(
		schema.Field("configId", schema.String().Optional().Doc("Configuration ID to scope verification to. When omitted, the key is validated against its own configuration.")),
		schema.Field("key", schema.String().Doc("The key to verify")),
		schema.Field("permissions", schema.Record(schema.Array(schema.String())).Optional().Doc("The permissions to verify.")),
	)
}

type verifyAnswer struct {
	Valid bool            `json:"valid"`
	Error any             `json:"error"`
	Key   *auth.PublicRow `json:"key"`
}

func (p *Plugin) verify() auth.Endpoint {
	route := auth.Route{ID: "verifyApiKey", Methods: []string{http.MethodPost}, Session: auth.Public, Summary: "Verify an API key"}
	if p.opts.VerifyRoute.on() {
		route.Path, route.NoStore = verifyPath, true
	}
	return auth.Handle(route, func(c *auth.Context, in *verifyRequest) (*verifyAnswer, error) {
		id := ""
		if in.ConfigID != nil {
			id = *in.ConfigID
		}
		lookup, err := p.configuration(c, id)
		if err != nil {
			return nil, err
		}
		if in.ConfigID != nil {
			ok, err := lookup.admits(c, in.Key)
			if err != nil {
				return nil, err
			}
			if !ok {
				return &verifyAnswer{Error: js.Obj("message", js.Obj("code", InvalidAPIKey.Name, "message", InvalidAPIKey.Message), "code", KeyNotFound.Name)}, nil
			}
		}
		row, cfg, err := p.use(c, lookup, use{key: in.Key, config: in.ConfigID, ask: in.ConfigID == nil, permissions: in.Permissions})
		var refused *auth.Error
		if errors.As(err, &refused) {
			return overHTTP(c, refused, &verifyAnswer{Error: errorBody(refused)})
		}
		if err != nil {
			return nil, err
		}
		if cfg.DeferUpdates {
			p.cleanUp(c, false)
		}
		p.repair(c, row, cfg)
		return &verifyAnswer{Valid: true, Key: hidden(c, row)}, nil
	})
}

func errorBody(e *auth.Error) any {
	if e.Body != nil {
		return e.Body
	}
	return js.Obj("message", e.Message, "code", e.Name)
}

type sweepAnswer struct {
	Success bool `json:"success"`
	Error   any  `json:"error"`
}

func (p *Plugin) deleteAllExpired() auth.Endpoint {
	return auth.Handle(auth.Route{
		ID: "deleteAllExpiredApiKeys", Methods: []string{http.MethodPost}, Session: auth.Public, Summary: "Delete all expired API keys",
	}, func(c *auth.Context, _ *auth.None) (*sweepAnswer, error) {
		p.cleanUp(c, true)
		return &sweepAnswer{Success: true}, nil
	})
}

// admits reports whether customAPIKeyValidator, if there is one, admits a key.
func (o *Configuration) admits(c *auth.Context, key string) (bool, error) {
	if o.CustomAPIKeyValidator == nil {
		return true, nil
	}
	ok, err := o.CustomAPIKeyValidator(c, Check{c, key})
	return ok, auth.FromCallback(err)
}

// use is one use of a key.
type use struct {
	key         string
	config      *string    // the configuration that the key must have; nil for any
	ask         bool       // customAPIKeyValidator is asked
	permissions *js.Object // that the key must have; nil for none
}

// use checks a key, counts the use and returns the key's row after it. Of a key in the database, one guarded UPDATE
// counts everything; if another call was faster, the row is read and checked again.
func (p *Plugin) use(c *auth.Context, lookup *Configuration, u use) (store.Record, *Configuration, error) {
	row, err := p.find(c, lookup, lookup.stored(u.key))
	if err != nil {
		return nil, nil, err
	}
	if row == nil || u.config != nil && !matches(row.Text("configId"), *u.config) {
		return nil, nil, auth.Unauthorized(InvalidAPIKey)
	}
	cfg, err := p.configuration(c, row.Text("configId"))
	if err != nil {
		return nil, nil, err
	}
	if u.ask {
		if ok, err := cfg.admits(c, u.key); err != nil || !ok {
			return nil, nil, errOr(err, auth.Unauthorized(KeyNotFound))
		}
	}
	if !cfg.inDatabase() {
		if err := p.check(c, cfg, row, u); err != nil {
			return nil, nil, err
		}
		if _, err := next(row, cfg, c.Clock()); err != nil {
			return nil, nil, err // without waiting for others
		}
		row, err = p.change(c, cfg, row.Text("key"), func(fresh store.Record) (store.Record, error) {
			if err := p.check(c, cfg, fresh, u); err != nil {
				return nil, err
			}
			step, err := next(fresh, cfg, c.Clock())
			return step.applied(fresh), err
		})
		return row, cfg, err
	}
	row, err = p.count(c, cfg, row, u)
	if err != nil {
		return nil, nil, err
	}
	return row, cfg, p.remember(c, cfg, row)
}

// tries is how often a use is decided again because another call changed the key meanwhile.
const tries = 20

func (p *Plugin) count(c *auth.Context, cfg *Configuration, row store.Record, u use) (store.Record, error) {
	for range tries {
		if err := p.check(c, cfg, row, u); err != nil {
			return nil, err
		}
		step, err := next(row, cfg, c.Clock())
		if err != nil {
			return nil, err
		}
		if cfg.LastRequestInterval > 0 && step.onlyTime() {
			return p.writeLater(row, step), nil
		}
		counted, err := c.Store.Increment(c, model, step.where, step.change)
		if !errors.Is(err, store.ErrNotFound) {
			return counted, err
		}
		row, err = c.Store.Get(c, model, byID(row)...)
		if errors.Is(err, store.ErrNotFound) {
			return nil, auth.Unauthorized(InvalidAPIKey)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, auth.Internal(FailedToUpdateAPIKey)
}

// check refuses a key that is disabled, expired, spent or lacks a permission. Expired and spent keys are deleted.
func (p *Plugin) check(c *auth.Context, cfg *Configuration, row store.Record, u use) error {
	now := c.Clock()
	if row["enabled"] == false {
		return auth.Unauthorized(KeyDisabled)
	}
	if isOver(row, now) {
		gone := p.erase(c, cfg, row, store.Where{Field: "expiresAt", Op: store.Lt, Value: now})
		return errOr(gone, auth.Unauthorized(KeyExpired))
	}
	if u.permissions != nil && !allows(row, u.permissions) {
		return auth.Unauthorized(KeyNotFound)
	}
	if isSpent(row) {
		gone := p.erase(c, cfg, row, store.Where{Field: "remaining", Op: store.Lte, Value: 0}, store.Is("refillAmount", nil))
		return errOr(gone, auth.Fail(http.StatusTooManyRequests, UsageExceeded))
	}
	return nil
}

// errOr returns err, or refusal if err is nil.
func errOr(err error, refusal *auth.Error) error {
	if err != nil {
		return err
	}
	return refusal
}

// change replaces a key in a secondary storage that is its only place, while no other call does.
func (p *Plugin) change(c *auth.Context, cfg *Configuration, stored string, fn func(fresh store.Record) (store.Record, error)) (row store.Record, err error) {
	cache := p.cache(c, cfg)
	err = p.locks.hold(c, cache.store, hashPrefix+stored, func(ctx context.Context) error {
		fresh, err := cache.read(ctx, hashPrefix+stored)
		if err != nil {
			return err
		}
		if fresh == nil {
			return auth.Unauthorized(InvalidAPIKey)
		}
		if row, err = fn(fresh); err != nil {
			return err
		}
		return p.remember(c, cfg, row)
	})
	return row, err
}
