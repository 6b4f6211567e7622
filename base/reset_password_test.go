package base_test

import (
	"context"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

func asksForReset(w *world) {
	w.T.Helper()
	posts("/request-password-reset", `{"email":"ann@example.com"}`)(w)
}

func TestRequestPasswordReset(t *testing.T) {
	same := want{"status", true, "message", "If this email exists in our system, check your email for the reset link"}
	endpoint{method: "POST", path: "/request-password-reset", body: `{"email":"Ann@example.com","redirectTo":"/new"}`}.test(t, []call{
		{name: "sends a mail with a link", by: nobody, status: 200, want: same, then: func(w *world, _ *authtest.Answer) {
			w.wantTold("reset")
			w.WantRows(1, "verification", store.Is("identifier", "reset-password:"+w.mail["reset"].Token), store.Is("value", w.value("user")))
			if link, want := w.mail["reset"].URL, w.fill(authtest.Origin+"/api/auth/reset-password/<reset>?callbackURL=%2Fnew"); link != want {
				w.T.Errorf("link %s, want %s", link, want)
			}
		}},
		{name: "unknown address, same answer", by: nobody, body: `{"email":"bob@example.com"}`, status: 200, want: same, then: func(w *world, _ *authtest.Answer) {
			w.wantTold()
			w.WantRows(0, "verification")
		}},
		{name: "no mail sender configured", by: nobody, options: func(o *auth.Options) { o.EmailAndPassword.SendResetPassword = nil }, status: 400, code: "RESET_PASSWORD_DISABLED"},
		{name: "malformed email address", by: nobody, body: `{"email":"ann"}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "untrusted redirectTo", by: nobody, body: `{"email":"ann@example.com","redirectTo":"https://evil.test"}`, status: 403, code: "INVALID_REDIRECT_URL", then: func(w *world, _ *authtest.Answer) { w.wantTold() }},
	})
}

// TestRequestPasswordResetCallback tests the link in the mail.
func TestRequestPasswordResetCallback(t *testing.T) {
	const own = authtest.Origin + "/api/auth/error?error=INVALID_TOKEN"
	endpoint{method: "GET", path: "/reset-password/<reset>"}.test(t, []call{
		{name: "redirects with the token", by: nobody, given: asksForReset, query: "?callbackURL=/new", status: 302, to: authtest.Origin + "/new?token=<reset>"},
		{name: "link opened twice", by: nobody, given: before(asksForReset, func(w *world) { w.c.Get(w.fill("/reset-password/<reset>?callbackURL=/new")) }), query: "?callbackURL=/new", status: 302, to: authtest.Origin + "/new?token=<reset>"},
		{name: "callbackURL with a query", by: nobody, given: asksForReset, query: "?callbackURL=%2Fnew%3Fa%3Db", status: 302, to: authtest.Origin + "/new?a=b&token=<reset>"},
		{name: "unknown token", by: nobody, path: "/reset-password/x", query: "?callbackURL=/new", status: 302, to: authtest.Origin + "/new?error=INVALID_TOKEN"},
		{name: "token older than an hour", by: nobody, given: before(asksForReset, later(time.Hour+time.Second)), query: "?callbackURL=/new", status: 302, to: authtest.Origin + "/new?error=INVALID_TOKEN"},
		{name: "empty callbackURL", by: nobody, given: asksForReset, query: "?callbackURL=", status: 302, to: own},
		{name: "callbackURL missing", by: nobody, given: asksForReset, status: 400, code: "VALIDATION_ERROR"},
		{name: "untrusted redirectTo", by: nobody, given: asksForReset, query: "?callbackURL=https://evil.test", status: 403, code: "INVALID_CALLBACK_URL"},
	})
}

func TestResetPassword(t *testing.T) {
	unchanged := wantPassword(authtest.Password)
	endpoint{method: "POST", path: "/reset-password", body: `{"token":"<reset>","newPassword":"password5678"}`}.test(t, []call{
		{name: "sets the password", by: nobody, given: asksForReset, status: 200, want: want{"", map[string]any{"status": true}}, then: func(w *world, got *authtest.Answer) {
			wantPassword("password5678")(w, got)
			w.WantRows(0, "verification")
			w.WantRows(2, "session") // the one of before is still there
		}},
		{name: "token in the query", by: nobody, given: asksForReset, query: "?token=<reset>", body: `{"newPassword":"password5678"}`, status: 200, then: wantPassword("password5678")},
		{name: "token in the body wins over the query", by: nobody, given: asksForReset, query: "?token=x", status: 200, then: wantPassword("password5678")},
		{name: "revokeSessionsOnPasswordReset", given: asksForReset, options: func(o *auth.Options) { o.EmailAndPassword.RevokeSessionsOnPasswordReset = true }, status: 200, then: func(w *world, _ *authtest.Answer) { w.WantRows(0, "session") }},
		{name: "onPasswordReset is called", by: nobody, given: before(asksForReset, func(w *world) {
			w.Options.EmailAndPassword.OnPasswordReset = func(_ context.Context, e auth.UserEvent) (callback.Nothing, error) {
				w.told = append(w.told, "reset of "+e.User.Email)
				return callback.Nothing{}, nil
			}
		}), status: 200, then: func(w *world, _ *authtest.Answer) { w.wantTold("reset", "reset of "+annEmail) }},
		{name: "onPasswordReset returns an API error", by: nobody, given: before(asksForReset, func(w *world) {
			w.Options.EmailAndPassword.OnPasswordReset = func(context.Context, auth.UserEvent) (callback.Nothing, error) { return callback.Nothing{}, refusal() }
		}), status: 403, code: "NOT_YOU", then: wantPassword("password5678")},
		{name: "user without a password gets one", by: nobody, given: before(withoutPassword, asksForReset), status: 200, then: wantPassword("password5678")},
		{name: "token used before", by: nobody, given: before(asksForReset, posts("/reset-password", `{"token":"<reset>","newPassword":"password9999"}`)), status: 400, code: "INVALID_TOKEN", then: wantPassword("password9999")},
		{name: "token older than an hour", by: nobody, given: before(asksForReset, later(time.Hour+time.Second)), status: 400, code: "INVALID_TOKEN", then: unchanged},
		{name: "token older than the configured lifetime", by: nobody, given: before(asksForReset, later(61*time.Second)), options: func(o *auth.Options) { o.EmailAndPassword.ResetPasswordTokenExpiresIn = 60 }, status: 400, code: "INVALID_TOKEN", then: unchanged},
		{name: "unknown token", by: nobody, body: `{"token":"x","newPassword":"password5678"}`, status: 400, code: "INVALID_TOKEN", then: unchanged},
		{name: "token missing", by: nobody, body: `{"newPassword":"password5678"}`, status: 400, code: "INVALID_TOKEN", then: unchanged},
		{name: "new password too short", by: nobody, given: asksForReset, body: `{"token":"<reset>","newPassword":"1234567"}`, status: 400, code: "PASSWORD_TOO_SHORT", then: unchanged},
		{name: "new password too long", by: nobody, given: asksForReset, body: `{"token":"<reset>","newPassword":"<long>"}`, status: 400, code: "PASSWORD_TOO_LONG", then: unchanged},
		{name: "user was deleted", by: nobody, given: before(asksForReset, func(w *world) { w.Store.DeleteMany(w.T.Context(), "user") }), status: 400, code: "USER_NOT_FOUND"},
		{name: "empty body", by: nobody, body: `{}`, status: 400, code: "VALIDATION_ERROR"},
	})
}
