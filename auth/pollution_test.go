package auth_test

import (
	"context"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// TestRewriteDropsPrototypes: the answer of a before hook is merged into the request without the members that would
// change the prototype of a JavaScript object.
func TestRewriteDropsPrototypes(t *testing.T) {
	var seen any
	var o auth.Options
	o.Hooks.Before = func(context.Context, *auth.Context) (callback.Answer, error) {
		evil := js.Obj("admin", true)
		return callback.Answer{Set: true, Result: js.Obj("context", js.Obj("body", js.Obj("__proto__", evil, "constructor", evil, "extra", "kept")))}, nil
	}
	o.Plugins = []auth.Plugin{auth.Manifest{ID: "look", Before: []auth.Hook{{Do: func(c *auth.Context) error { seen = c.Body; return nil }}}}}
	authtest.New(t, o).Client().Post("/sign-in/email", `{"email":"a@example.com","password":"x"}`)
	body, _ := seen.(*js.Object)
	if body == nil || body.Has("__proto__") || body.Has("constructor") || !body.Has("extra") || !body.Has("email") {
		t.Errorf("%s", js.Marshal(seen))
	}
}
