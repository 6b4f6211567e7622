package base_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestSignInEmail(t *testing.T) {
	wantsProof := func(o *auth.Options) { o.EmailAndPassword.RequireEmailVerification = true }
	endpoint{method: "POST", path: "/sign-in/email", body: `{"email":"ann@example.com","password":"password1234"}`}.test(t, []call{
		{name: "signs in", by: nobody, status: 200, cookie: begun, want: want{
			"redirect", false, "token", authtest.Like(`^\w{32}$`), "url", authtest.Absent,
			"user.id", "<user>", "user.email", annEmail, "user.name", "Ann", "user.password", authtest.Absent,
		}, then: func(w *world, got *authtest.Answer) {
			w.WantRows(2, "session")
			w.c.Get("/get-session").Want(200, "session.token", got.Text("token"))
		}},
		{name: "email in capitals", by: nobody, body: `{"email":"ANN@Example.com","password":"password1234"}`, status: 200, cookie: begun, want: want{"user.id", "<user>"}},
		{name: "form body", by: nobody, form: true, body: "email=ann%40example.com&password=password1234", status: 200, cookie: begun},
		{name: "callbackURL", by: nobody, body: `{"email":"ann@example.com","password":"password1234","callbackURL":"/dash"}`, status: 200, cookie: begun, want: want{"redirect", true, "url", "/dash"}, then: location("/dash")},
		{name: "rememberMe false", by: nobody, body: `{"email":"ann@example.com","password":"password1234","rememberMe":false}`, status: 200, cookie: forVisit, then: func(_ *world, got *authtest.Answer) {
			got.WantCookie("better-auth.dont_remember")
		}},

		{name: "wrong password", by: nobody, body: `{"email":"ann@example.com","password":"password5678"}`, status: 401, code: "INVALID_EMAIL_OR_PASSWORD"},
		{name: "unknown address", by: nobody, body: `{"email":"bob@example.com","password":"password1234"}`, status: 401, code: "INVALID_EMAIL_OR_PASSWORD"},
		{name: "user has no password", by: nobody, given: withoutPassword, status: 401, code: "INVALID_EMAIL_OR_PASSWORD"},
		{name: "malformed email address", by: nobody, body: `{"email":"ann","password":"password1234"}`, status: 400, code: "INVALID_EMAIL"},
		{name: "password too long", by: nobody, body: `{"email":"ann@example.com","password":"<long>"}`, status: 400, code: "PASSWORD_TOO_LONG"},
		{name: "password sign-in disabled", by: nobody, given: func(w *world) { w.Options.EmailAndPassword.Enabled = false }, status: 400, code: "EMAIL_PASSWORD_DISABLED"},
		{name: "password missing", by: nobody, body: `{"email":"ann@example.com"}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "malformed JSON", by: nobody, body: `{bad`, status: 400, code: "BAD_REQUEST"},
		{name: "text/plain body", by: nobody, contentType: "text/plain", status: 415, code: "UNSUPPORTED_MEDIA_TYPE"},
		{name: "untrusted callbackURL", by: nobody, body: `{"email":"ann@example.com","password":"password1234","callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL"},
		{name: "untrusted Origin", by: nobody, origin: "https://evil.test", status: 403, code: "INVALID_ORIGIN"},

		{name: "requireEmailVerification, unverified", by: nobody, options: wantsProof, status: 403, code: "EMAIL_NOT_VERIFIED", then: func(w *world, _ *authtest.Answer) { w.wantTold() }},
		{name: "requireEmailVerification with sendOnSignIn", by: nobody, options: func(o *auth.Options) {
			wantsProof(o)
			o.EmailVerification.SendOnSignIn = true
		}, status: 403, code: "EMAIL_NOT_VERIFIED", then: func(w *world, _ *authtest.Answer) { w.wantTold("verify") }},
		{name: "requireEmailVerification, verified", by: nobody, options: wantsProof, given: verified, status: 200, cookie: begun},
		{name: "database hook drops the session", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.Session.Create.Before = afterAnn(drops) }, status: 401, code: "FAILED_TO_CREATE_SESSION"},
		{name: "database hook returns an API error", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.Session.Create.Before = afterAnn(refuses) }, status: 403, code: "NOT_YOU"},
	})
}

// withoutPassword deletes Ann's password account.
func withoutPassword(w *world) {
	if err := w.Store.Delete(w.T.Context(), "account", store.Is("providerId", "credential")); err != nil {
		w.T.Fatal(err)
	}
}
