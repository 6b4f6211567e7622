// Package lastloginmethod records how a user signed in last, in a cookie that scripts can read and, if wanted, in a
// field of the user, so that a sign-in page can point at the way that worked before.
//
//	plugins:
//	  last-login-method: { storeInDatabase: true }
//
// or from Go:
//
//	Plugins: []auth.Plugin{lastloginmethod.New(lastloginmethod.Options{StoreInDatabase: true})},
package lastloginmethod

import (
	"context"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Options configures the plugin. Names and defaults are Better Auth's.
type Options struct {
	// Name of the cookie.
	CookieName string `json:"cookieName" default:"better-auth.last_used_login_method"`
	// How long the browser keeps the cookie.
	MaxAge *int `json:"maxAge" default:"2592000" max:"34560000" unit:"seconds"`
	// Names the method of a call that started a session; nothing leaves it to the path of the endpoint, and an empty
	// text records nothing.
	CustomResolveMethod callback.Func[*auth.Context, *string] `json:"customResolveMethod" unset:"by the path of the endpoint"`
	// Also stores the method in the field lastLoginMethod of the user.
	StoreInDatabase bool `json:"storeInDatabase"`
	// May refuse the cookie, for example without the consent of the user.
	BeforeStoreCookie callback.Func[CookieRequest, bool] `json:"beforeStoreCookie" unset:"always stored"`
	// Name of the column.
	Schema SchemaOptions `json:"schema"`
}

// SchemaOptions names the column.
type SchemaOptions struct {
	// The table of users.
	User ColumnOptions `json:"user"`
}

// ColumnOptions names the column.
type ColumnOptions struct {
	// Name of the column.
	LastLoginMethod string `json:"lastLoginMethod" default:"lastLoginMethod"`
}

// CookieRequest is the argument of beforeStoreCookie.
type CookieRequest struct {
	Call   *auth.Context `arg:"0"`
	Method string        `arg:"1"`
}

// field is the field of the user.
const field = "lastLoginMethod"

// Plugin is the last-login-method plugin.
type Plugin struct{ opts Options }

// New returns the plugin.
func New(o Options) *Plugin {
	option.Defaults(&o)
	return &Plugin{o}
}

// Manifest implements [auth.Plugin].
func (p *Plugin) Manifest() auth.Manifest {
	m := auth.Manifest{
		ID:    "last-login-method",
		After: []auth.Hook{{When: setsSession, Do: p.storeInCookie}},
		Init:  func(*auth.Auth) error { return option.Check(&p.opts) },
	}
	if p.opts.StoreInDatabase {
		m.Models = []store.Model{{Name: "user", Fields: []store.Field{{
			Name: field, Type: store.String, Optional: true, ReadOnly: true, Column: p.opts.Schema.User.LastLoginMethod,
		}}}}
		m.Database = map[string][]store.Hooks{
			"user":    {{Source: "plugin:last-login-method", BeforeCreate: p.storeWithUser}},
			"session": {{Source: "plugin:last-login-method", AfterCreate: p.storeInUser}},
		}
	}
	return m
}

// setsSession reports whether the answer sets or expires a cookie of the session.
func setsSession(c *auth.Context) bool {
	return slices.ContainsFunc(c.ResponseHeader["Set-Cookie"], func(line string) bool { return strings.Contains(line, c.SessionTokenName()) })
}

// storeInCookie adds the cookie to an answer that starts a session.
func (p *Plugin) storeInCookie(c *auth.Context) error {
	method, err := p.resolve(c)
	if err != nil || method == "" {
		return err
	}
	if ask := p.opts.BeforeStoreCookie; ask != nil {
		permitted, err := ask(c, CookieRequest{c, method})
		if err != nil {
			c.Log.ErrorContext(c, "last-login-method: beforeStoreCookie failed; the cookie is not set", "error", err)
		}
		if err != nil || !permitted {
			return nil
		}
	}
	attributes := c.CookieNamed("session_token", nil).Attributes
	attributes.MaxAge, attributes.HttpOnly = p.opts.MaxAge, false
	return c.SetCookie(p.opts.CookieName, method, attributes)
}

// storeWithUser is a database hook: it adds the method of the call to a new user.
func (p *Plugin) storeWithUser(ctx context.Context, _ store.Record) (store.Record, error) {
	method, err := p.resolveIn(ctx)
	if err != nil || method == "" {
		return nil, err
	}
	return store.Record{field: method}, nil
}

// storeInUser is a database hook: it stores the method of the call that created a session in its user.
func (p *Plugin) storeInUser(ctx context.Context, session store.Record) error {
	method, err := p.resolveIn(ctx)
	if err != nil || method == "" || session.Text("userId") == "" {
		return err
	}
	c := auth.From(ctx)
	_, err = c.Users.Update(ctx, session.Text("userId"), store.Record{field: method})
	if store.UnlessGone(err) != nil { // the user is signed in, which must not fail because of it
		c.Log.ErrorContext(ctx, "last-login-method: the method could not be stored", "error", err)
	}
	return nil
}

func (p *Plugin) resolveIn(ctx context.Context) (string, error) {
	c := auth.From(ctx)
	if c == nil {
		return "", nil
	}
	return p.resolve(c)
}

// resolve returns the method of a call, or "" if it has none.
func (p *Plugin) resolve(c *auth.Context) (string, error) {
	if p.opts.CustomResolveMethod != nil {
		own, err := p.opts.CustomResolveMethod(c, c)
		if err != nil {
			return "", auth.FromCallback(err)
		}
		if own != nil {
			return *own, nil
		}
	}
	return byPath(c.Route.Path, c.Params), nil
}

// byPath returns the method of an endpoint, or "" for endpoints that the reference does not know as sign-ins.
func byPath(path string, params map[string]string) string {
	switch {
	case strings.HasPrefix(path, "/callback/"):
		if id := params["id"]; id != "" {
			return id
		}
		return path[strings.LastIndexByte(path, '/')+1:]
	case path == "/one-tap/callback":
		return "google"
	case path == "/sign-in/email", path == "/sign-up/email":
		return "email"
	case strings.Contains(path, "siwe"):
		return "siwe"
	case strings.Contains(path, "/passkey/verify-authentication"):
		return "passkey"
	case strings.HasPrefix(path, "/magic-link/verify"):
		return "magic-link"
	case path == "/sign-in/email-otp":
		return "email-otp"
	}
	return ""
}
