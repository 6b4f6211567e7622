package base_test

import (
	"context"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestSignUpEmail(t *testing.T) {
	const bob = `{"name":"Bob","email":"bob@example.com","password":"password5678"}`
	const ofAnn = `{"name":"Bob","email":"Ann@Example.com","password":"password5678","image":"https://x.test/b.png"}`
	field := func(f auth.AdditionalField) func(o *auth.Options) {
		f.Name, f.Type = "plan", auth.FieldType{Type: "string"}
		return func(o *auth.Options) { o.User.AdditionalFields = auth.AdditionalFields{f} }
	}
	optional := field(auth.AdditionalField{Required: off()})
	nothingMade := func(w *world, _ *authtest.Answer) { w.WantRows(1, "user"); w.WantRows(1, "account") }
	secretive := func(o *auth.Options) { o.EmailAndPassword.RequireEmailVerification = true }
	decoy := want{
		"token", nil, "user.email", annEmail, "user.name", "Bob", "user.image", "https://x.test/b.png", "user.emailVerified", false,
		"user.createdAt", authtest.Start(), "user.id", authtest.Like(`^\w{32}$`),
	}
	endpoint{method: "POST", path: "/sign-up/email", body: bob}.test(t, []call{
		{name: "creates user, account and session", by: nobody, status: 200, cookie: begun, want: want{
			"token", authtest.Like(`^\w{32}$`), "user.email", "bob@example.com", "user.name", "Bob", "user.image", nil,
			"user.emailVerified", false, "user.createdAt", authtest.Start(), "user.updatedAt", authtest.Start(), "user.password", authtest.Absent,
		}, then: func(w *world, got *authtest.Answer) {
			w.WantRows(1, "session", store.Is("token", got.Text("token")), store.Is("userId", got.Text("user.id")))
			w.WantRows(1, "account", store.Is("userId", got.Text("user.id")), store.Is("providerId", "credential"), store.Is("password", "plain:password5678"))
			w.c.Get("/get-session").Want(200, "user.id", got.Text("user.id"))
			w.wantTold()
		}},
		{name: "lowercases the email", by: nobody, status: 200, cookie: begun, body: `{"name":"B","email":"BOB@Example.com","password":"password5678"}`, want: want{"user.email", "bob@example.com"}},
		{name: "image", by: nobody, status: 200, cookie: begun, body: `{"name":"B","email":"bob@example.com","password":"password5678","image":"https://x.test/b.png"}`, want: want{"user.image", "https://x.test/b.png"}},
		{name: "form body", by: nobody, status: 200, cookie: begun, form: true, body: "name=Bob&email=bob%40example.com&password=password5678", want: want{"user.name", "Bob"}},
		{name: "rememberMe false", by: nobody, body: `{"name":"B","email":"bob@example.com","password":"password5678","rememberMe":false}`, status: 200, cookie: forVisit, then: func(_ *world, got *authtest.Answer) {
			got.WantCookie("better-auth.dont_remember")
		}},
		{name: "sendOnSignUp sends a mail", by: nobody, status: 200, cookie: begun, options: func(o *auth.Options) { o.EmailVerification.SendOnSignUp = on() }, then: func(w *world, _ *authtest.Answer) {
			w.wantTold("verify")
		}},

		{name: "additional field", by: nobody, options: optional, body: `{"name":"B","email":"bob@example.com","password":"password5678","plan":"pro","other":1}`, status: 200, cookie: begun, want: want{"user.plan", "pro", "user.other", authtest.Absent}},
		{name: "optional additional field left out", by: nobody, options: optional, status: 200, cookie: begun, want: want{"user.plan", nil}},
		{name: "additional field with a default", by: nobody, options: field(auth.AdditionalField{DefaultValue: "free", HasDefault: true}), status: 200, cookie: begun, want: want{"user.plan", "free"}},
		{name: "additional field with input: false", by: nobody, options: field(auth.AdditionalField{Required: off(), Input: off()}), body: `{"name":"B","email":"bob@example.com","password":"password5678","plan":"pro"}`, status: 400, code: "FIELD_NOT_ALLOWED", then: nothingMade},
		{name: "emailVerified in the body is ignored", by: nobody, body: `{"name":"B","email":"bob@example.com","password":"password5678","emailVerified":true}`, status: 200, cookie: begun, want: want{"user.emailVerified", false}},

		{name: "address taken", by: nobody, body: ofAnn, status: 422, code: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", then: nothingMade},
		{name: "address taken with requireEmailVerification: synthetic answer", by: nobody, body: ofAnn, status: 200, want: decoy, then: nothingMade, options: secretive},
		{name: "address taken with autoSignIn off: synthetic answer", by: nobody, body: ofAnn, status: 200, want: decoy, then: nothingMade, options: func(o *auth.Options) {
			o.EmailAndPassword.AutoSignIn = off()
		}},
		{name: "address taken, onExistingUserSignUp is called", by: nobody, body: ofAnn, status: 200, want: decoy, options: secretive, given: func(w *world) {
			w.Options.EmailAndPassword.OnExistingUserSignUp = func(_ context.Context, e auth.UserEvent) (callback.Nothing, error) {
				w.told = append(w.told, "sign-up of "+e.User.Email)
				return callback.Nothing{}, nil
			}
		}, then: func(w *world, _ *authtest.Answer) { w.wantTold("sign-up of " + annEmail) }},
		{name: "address taken, customSyntheticUser", by: nobody, body: ofAnn, status: 200, want: want{"user.plan", "free", "user.email", annEmail}, options: func(o *auth.Options) {
			secretive(o)
			optional(o)
			o.EmailAndPassword.CustomSyntheticUser = func(_ context.Context, s auth.SyntheticUser) (*js.Object, error) {
				out := s.CoreFields.Clone()
				out.Set("id", s.ID)
				out.Set("plan", "free")
				return out, nil
			}
		}},
		{name: "requireEmailVerification: no session", by: nobody, status: 200, options: secretive, want: want{"token", nil, "user.email", "bob@example.com"}, then: func(w *world, got *authtest.Answer) {
			w.WantRows(1, "user", store.Is("id", got.Text("user.id")))
			w.WantRows(0, "session")
			w.wantTold("verify")
		}},
		{name: "autoSignIn off: no session", by: nobody, status: 200, options: func(o *auth.Options) { o.EmailAndPassword.AutoSignIn = off() }, want: want{"token", nil}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(0, "session")
			w.wantTold()
		}},

		{name: "password sign-in disabled", by: nobody, given: func(w *world) { w.Options.EmailAndPassword.Enabled = false }, status: 400, code: "EMAIL_PASSWORD_SIGN_UP_DISABLED"},
		{name: "sign-up disabled", by: nobody, options: func(o *auth.Options) { o.EmailAndPassword.DisableSignUp = true }, status: 400, code: "EMAIL_PASSWORD_SIGN_UP_DISABLED"},
		{name: "password too short", by: nobody, body: `{"name":"B","email":"bob@example.com","password":"1234567"}`, status: 400, code: "PASSWORD_TOO_SHORT", then: nothingMade},
		{name: "password too long", by: nobody, body: `{"name":"B","email":"bob@example.com","password":"<long>"}`, status: 400, code: "PASSWORD_TOO_LONG", then: nothingMade},
		{name: "shorter than minPasswordLength", by: nobody, given: func(w *world) { w.Options.EmailAndPassword.MinPasswordLength = 13 }, status: 400, code: "PASSWORD_TOO_SHORT"},
		{name: "longer than maxPasswordLength", by: nobody, given: func(w *world) { w.Options.EmailAndPassword.MaxPasswordLength = 11 }, status: 400, code: "PASSWORD_TOO_LONG"},
		{name: "password missing", by: nobody, body: `{"name":"B","email":"bob@example.com","password":""}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "name missing", by: nobody, body: `{"email":"bob@example.com","password":"password5678"}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "malformed email address", by: nobody, body: `{"name":"B","email":"bob","password":"password5678"}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "malformed JSON", by: nobody, body: `{bad`, status: 400, code: "BAD_REQUEST"},
		{name: "required additional field missing", by: nobody, options: func(o *auth.Options) {
			field(auth.AdditionalField{Required: on()})(o)
			o.EmailAndPassword.DisableSignUp = true // for Ann
		}, given: func(w *world) { w.Options.EmailAndPassword.DisableSignUp = false }, status: 400, code: "MISSING_FIELD", message: "plan is required"},
		{name: "untrusted callbackURL", by: nobody, body: `{"name":"B","email":"bob@example.com","password":"password5678","callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL", then: nothingMade},
		{name: "untrusted Origin", by: nobody, origin: "https://evil.test", status: 403, code: "INVALID_ORIGIN", then: nothingMade},

		{name: "database hook drops the user", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.User.Create.Before = afterAnn(drops) }, status: 400, code: "FAILED_TO_CREATE_USER", then: nothingMade},
		{name: "database hook fails", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.User.Create.Before = afterAnn(breaks) }, status: 422, code: "FAILED_TO_CREATE_USER", then: nothingMade},
		{name: "database hook returns an API error", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.User.Create.Before = afterAnn(refuses) }, status: 403, code: "NOT_YOU", then: nothingMade},
		{name: "database hook refuses with requireEmailVerification: synthetic answer", by: nobody, options: func(o *auth.Options) {
			secretive(o)
			o.DatabaseHooks.User.Create.Before = afterAnn(refuses)
		}, status: 200, want: want{"token", nil, "user.email", "bob@example.com"}, then: nothingMade},
		{name: "database hook drops the session", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.Session.Create.Before = afterAnn(drops) }, status: 400, code: "FAILED_TO_CREATE_SESSION", then: nothingMade},
	})
}
