// Package options sets every option that is a func, as a program outside betterauth
// writes it: a list to copy from. In a config file the same options are webhooks; see
// docs/callbacks.md. options_test.go fails when one is missing here.
package options

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Server sets the funcs of a server's own options.
func Server(log *slog.Logger) auth.Options {
	o := auth.Options{
		Now:         time.Now,
		Environ:     os.Getenv,
		CheckSchema: func(*auth.Auth) error { return nil }, // see config.CheckSchema
		// OnEvent is told what happened to users, for an audit log.
		OnEvent: func(ctx context.Context, e auth.Event) {
			log.InfoContext(ctx, "audit", "event", e.Name, "user", e.UserID, "method", e.Method, "ip", e.IPAddress)
		},
		Hooks:         auth.HookOptions{Before: before, After: after},
		DatabaseHooks: databaseHooks(log),
	}
	passwords(&o, log)
	users(&o, log)
	sessions(&o)
	limits(&o)
	o.OnAPIError.OnError = func(ctx context.Context, e auth.ErrorEvent) (callback.Nothing, error) {
		log.ErrorContext(ctx, "a call failed", "error", e.Err)
		return callback.Nothing{}, nil
	}
	o.Advanced.GenerateID = func(_ context.Context, in auth.IDRequest) (string, error) { return in.Model + "_" + random(), nil }
	o.Advanced.Database.GenerateID.Func = o.Advanced.GenerateID // an older place of the same option
	return o
}

// before runs before every endpoint. {context: {…}} changes the request; any other
// object is the answer, and an *auth.Error refuses the call.
func before(_ context.Context, c *auth.Context) (callback.Answer, error) {
	if agent, _ := c.RequestHeaderValue("User-Agent"); agent == "bad-bot" {
		return callback.Answer{}, auth.Status(403, "No robots, please")
	}
	if c.Route.Path != "/sign-up/email" {
		return callback.Answer{}, nil
	}
	body, _ := c.Body.(*js.Object)
	if body == nil {
		return callback.Answer{}, nil
	}
	name, _ := body.Get("name")
	trimmed := js.Obj("name", strings.TrimSpace(js.String(name)))
	return callback.Answer{Set: true, Result: js.Obj("context", js.Obj("body", trimmed))}, nil
}

// after runs after every endpoint. What it returns, if anything, replaces the answer.
func after(_ context.Context, c *auth.Context) (callback.Answer, error) {
	if c.Route.Path == "/ok" {
		return callback.Answer{Set: true, Result: js.Obj("ok", true, "region", "eu")}, nil
	}
	return callback.Answer{Header: [][2]string{{"X-Region", "eu"}}}, nil
}

// databaseHooks run around the writes of a table. A before hook answers false to drop
// the write, or {data: {…}} to change it.
func databaseHooks(log *slog.Logger) auth.DatabaseHooks {
	pass := func(context.Context, auth.RowEvent) (callback.Answer, error) { return callback.Answer{}, nil }
	note := func(ctx context.Context, e auth.RowEvent) (callback.Answer, error) {
		log.DebugContext(ctx, "a row was written", "id", e.Row["id"])
		return callback.Answer{}, nil
	}
	all := auth.ModelHooks{
		Create: auth.HookPair{Before: pass, After: note},
		Update: auth.HookPair{Before: pass, After: note},
		Delete: auth.HookPair{Before: pass, After: note},
	}
	hooks := auth.DatabaseHooks{User: all, Session: all, Account: all, Verification: all}
	hooks.User.Create.Before = func(_ context.Context, e auth.RowEvent) (callback.Answer, error) {
		if strings.HasSuffix(e.Row.Text("email"), "@blocked.example") {
			return callback.Answer{Set: true, Result: false}, nil
		}
		return callback.Answer{Set: true, Result: js.Obj("data", js.Obj("plan", "free"))}, nil
	}
	return hooks
}

// passwords replaces the password hash, and sends what has to do with passwords and
// addresses. In a real program the senders send; here they log.
func passwords(o *auth.Options, log *slog.Logger) {
	o.EmailAndPassword = auth.EmailAndPassword{
		Enabled: true,
		Password: auth.PasswordFuncs{
			Hash: func(_ context.Context, password string) (string, error) {
				hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
				return string(hash), err
			},
			Verify: func(_ context.Context, in auth.PasswordCheck) (bool, error) {
				return bcrypt.CompareHashAndPassword([]byte(in.Hash), []byte(in.Password)) == nil, nil
			},
		},
		SendResetPassword:    link(log, "reset your password"),
		OnPasswordReset:      told(log, "a password was reset"),
		OnExistingUserSignUp: told(log, "somebody signed up with a known address"),
		// The answer to a sign-up with an address that is taken looks like any other.
		CustomSyntheticUser: func(_ context.Context, in auth.SyntheticUser) (*js.Object, error) {
			user := in.CoreFields.Clone()
			for name, value := range in.AdditionalFields.All() {
				user.Set(name, value)
			}
			user.Set("plan", "free")
			user.Set("id", in.ID)
			return user, nil
		},
	}
	o.EmailVerification = auth.EmailVerification{
		SendVerificationEmail:   link(log, "verify your address"),
		BeforeEmailVerification: asked(log, "an address is about to be verified"),
		AfterEmailVerification:  asked(log, "an address was verified"),
	}
}

func users(o *auth.Options, log *slog.Logger) {
	o.User = auth.UserOptions{
		ModelOptions: auth.ModelOptions{AdditionalFields: addedFields()},
		ChangeEmail: auth.ChangeEmail{
			Enabled: true,
			SendChangeEmailConfirmation: func(ctx context.Context, m auth.ChangeMail) (callback.Nothing, error) {
				log.InfoContext(ctx, "mail: confirm the new address", "to", m.User.Email, "new", m.NewEmail, "link", m.URL)
				return callback.Nothing{}, nil
			},
		},
		DeleteUser: auth.DeleteUser{
			Enabled:                       true,
			SendDeleteAccountVerification: link(log, "delete your account"),
			BeforeDelete:                  asked(log, "a user is about to be deleted"),
			AfterDelete:                   asked(log, "a user was deleted"),
		},
		// ValidateUserInfo may refuse a user who is about to be created or linked.
		ValidateUserInfo: func(_ context.Context, in auth.ValidateUserInfo) (*js.Object, error) {
			if strings.HasSuffix(in.User.Text("email"), "@throwaway.example") {
				return js.Obj("error", "THROWAWAY_ADDRESS", "errorDescription", "Use a lasting address"), nil
			}
			return nil, nil
		},
	}
}

// addedFields are two fields of users: one with Go funcs, one with callbacks.
func addedFields() auth.AdditionalFields {
	country := auth.AdditionalField{
		Name: "country", Type: auth.FieldType{Type: store.String}, Required: new(false),
		Default:      func(context.Context) any { return "nowhere" },
		OnUpdate:     func(context.Context) any { return "moved" },
		TransformIn:  func(_ context.Context, v any) (any, error) { return v, nil },
		TransformOut: func(_ context.Context, v any) (any, error) { return v, nil },
		Validate: func(v any) (any, string) {
			if text, ok := v.(string); ok && len(text) > 60 {
				return nil, "too long"
			}
			return v, ""
		},
	}
	nothing := func(context.Context, callback.Nothing) (callback.Answer, error) {
		return callback.Answer{Set: true, Result: "free"}, nil
	}
	same := func(_ context.Context, v any) (callback.Answer, error) {
		return callback.Answer{Set: true, Result: v}, nil
	}
	plan := auth.AdditionalField{
		Name: "plan", Type: auth.FieldType{Type: store.String}, Required: new(false), Input: new(false),
		DefaultFunc: nothing, OnUpdateFunc: nothing,
		Transform: auth.Transforms{Input: same, Output: same},
		Validator: auth.Validator{Input: func(_ context.Context, v any) (*js.Object, error) { return js.Obj("value", v), nil }},
	}
	return auth.AdditionalFields{country, plan}
}

func sessions(o *auth.Options) {
	o.Session.CookieCache = auth.CookieCache{
		Enabled: new(true),
		// Another version makes all cached sessions invalid.
		Version: auth.CacheVersion{Func: func(_ context.Context, s auth.Cached) (string, error) { return "2-" + s.User.Text("plan"), nil }},
	}
	o.TrustedOrigins.Func = func(_ context.Context, in auth.OriginsRequest) ([]string, error) {
		return []string{"https://app.example.com"}, nil
	}
	o.Account.AccountLinking.TrustedProviders.Func = func(context.Context, auth.TrustRequest) ([]string, error) {
		return []string{"campus"}, nil
	}
	hash := auth.IdentifierStorage{Hash: func(_ context.Context, identifier string) (string, error) {
		return "kept:" + auth.HashToken(identifier), nil
	}}
	o.Verification.StoreIdentifier = auth.StoreIdentifier{
		Default:   hash,
		Overrides: []auth.IdentifierOverride{{Prefix: "reset-password:", IdentifierStorage: hash}},
	}
}

// limits decides each call elsewhere; Consume takes the place of the own counters.
func limits(o *auth.Options) {
	o.RateLimit.CustomRules = auth.CustomRules{{
		Path: "/sign-in/*",
		Func: func(_ context.Context, in auth.RuleRequest) (callback.Answer, error) {
			return callback.Answer{Set: true, Result: js.Obj("window", 60.0, "max", float64(in.Current.Max))}, nil
		},
	}}
	o.RateLimit.CustomStorage.Consume = func(_ context.Context, in auth.ConsumeRequest) (auth.ConsumeAnswer, error) {
		return auth.ConsumeAnswer{Allowed: in.Rule.Max > 0}, nil
	}
}

// link sends a message with a link.
func link(log *slog.Logger, what string) callback.Func[auth.LinkMail, callback.Nothing] {
	return func(ctx context.Context, m auth.LinkMail) (callback.Nothing, error) {
		log.InfoContext(ctx, "mail: "+what, "to", m.User.Email, "link", m.URL)
		return callback.Nothing{}, nil
	}
}

func told(log *slog.Logger, what string) callback.Func[auth.UserEvent, callback.Nothing] {
	return func(ctx context.Context, e auth.UserEvent) (callback.Nothing, error) {
		log.InfoContext(ctx, what, "user", e.User.ID)
		return callback.Nothing{}, nil
	}
}

func asked(log *slog.Logger, what string) callback.Func[auth.UserRequest, callback.Nothing] {
	return func(ctx context.Context, in auth.UserRequest) (callback.Nothing, error) {
		log.InfoContext(ctx, what, "user", in.User.ID)
		return callback.Nothing{}, nil
	}
}

func random() string {
	b := make([]byte, 12)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
