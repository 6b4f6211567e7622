package auth

import (
	"context"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// addUserHooks adds the database hooks of the options. They run after those of the plugins.
func (a *Auth) addUserHooks(hooks map[string][]store.Hooks) map[string][]store.Hooks {
	d := a.Options.DatabaseHooks
	for model, h := range map[string]ModelHooks{"user": d.User, "session": d.Session, "account": d.Account, "verification": d.Verification} {
		if made, any := userHooks(h); any {
			hooks[model] = append(hooks[model], made)
		}
	}
	return hooks
}

func userHooks(h ModelHooks) (out store.Hooks, any bool) {
	out = store.Hooks{
		Source:       "user",
		BeforeCreate: beforeHook(h.Create.Before), AfterCreate: afterHook(h.Create.After),
		BeforeUpdate: beforeHook(h.Update.Before), AfterUpdate: afterHook(h.Update.After),
		AfterDelete: afterHook(h.Delete.After),
	}
	if before := beforeHook(h.Delete.Before); before != nil {
		out.BeforeDelete = func(ctx context.Context, row store.Record) error {
			_, err := before(ctx, row)
			return err
		}
	}
	if after := h.Update.After; after != nil {
		out.AfterUpdateMany = func(ctx context.Context, count int64) error {
			_, err := after(ctx, RowEvent{Count: &count, Call: From(ctx)})
			return FromCallback(err)
		}
	}
	any = h.Create.Before != nil || h.Create.After != nil || h.Update.Before != nil || h.Update.After != nil || h.Delete.Before != nil || h.Delete.After != nil
	return out, any
}

type rowHook = callback.Func[RowEvent, callback.Answer]

func beforeHook(hook rowHook) func(context.Context, store.Record) (store.Record, error) {
	if hook == nil {
		return nil
	}
	return func(ctx context.Context, row store.Record) (store.Record, error) {
		answer, err := hook(ctx, RowEvent{Row: row, Call: From(ctx)})
		if err != nil {
			return nil, FromCallback(err)
		}
		switch v := answer.Result.(type) {
		case bool:
			if !v {
				return nil, store.ErrDropped
			}
		case *js.Object:
			if data, ok := v.Get("data"); ok {
				if change, isObject := data.(*js.Object); isObject {
					return recordOf(change), nil
				}
			}
		}
		return nil, nil
	}
}

func afterHook(hook rowHook) func(context.Context, store.Record) error {
	if hook == nil {
		return nil
	}
	return func(ctx context.Context, row store.Record) error {
		_, err := hook(ctx, RowEvent{Row: row, Call: From(ctx)})
		return FromCallback(err)
	}
}

// HasDeleteHooks reports whether any hook runs when users, accounts or sessions are deleted.
func (a *Auth) HasDeleteHooks() bool {
	for _, m := range a.manifests {
		for _, model := range []string{"user", "account", "session"} {
			for _, h := range m.Database[model] {
				if h.BeforeDelete != nil || h.AfterDelete != nil {
					return true
				}
			}
		}
	}
	d := a.Options.DatabaseHooks
	for _, h := range []ModelHooks{d.User, d.Account, d.Session} {
		if h.Delete.Before != nil || h.Delete.After != nil {
			return true
		}
	}
	return false
}
