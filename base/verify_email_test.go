package base_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestSendVerificationEmail(t *testing.T) {
	yes := want{"", map[string]any{"status": true}}
	told := func(names ...string) func(w *world, got *authtest.Answer) {
		return func(w *world, _ *authtest.Answer) { w.T.Helper(); w.wantTold(names...) }
	}
	fails := func(err error) func(w *world) {
		return func(w *world) {
			w.Options.EmailVerification.SendVerificationEmail = func(context.Context, auth.LinkMail) (callback.Nothing, error) { return callback.Nothing{}, err }
		}
	}
	endpoint{method: "POST", path: "/send-verification-email", body: `{"email":"ann@example.com","callbackURL":"/hi"}`}.test(t, []call{
		{name: "sends the mail to the signed-in user", status: 200, want: yes, then: func(w *world, _ *authtest.Answer) {
			w.wantTold("verify")
			if link, want := w.mail["verify"].URL, w.fill(authtest.Origin+"/api/auth/verify-email?token=<verify>&callbackURL=%2Fhi"); link != want {
				w.T.Errorf("link %s, want %s", link, want)
			}
		}},
		{name: "another user's address", body: `{"email":"bob@example.com"}`, status: 400, code: "EMAIL_MISMATCH", then: told()},
		{name: "already verified", given: verified, status: 400, code: "EMAIL_ALREADY_VERIFIED", then: told()},
		{name: "sender returns an API error", given: fails(refusal()), status: 403, code: "NOT_YOU"},
		{name: "sender fails", given: fails(errors.New("broken")), status: 500},
		{name: "without a session: sends the mail", by: nobody, status: 200, want: yes, then: told("verify")},
		{name: "without a session: unknown address, same answer", by: nobody, body: `{"email":"bob@example.com"}`, status: 200, want: yes, then: told()},
		{name: "without a session: already verified, same answer", by: nobody, given: verified, status: 200, want: yes, then: told()},
		{name: "without a session: sender returns an API error", by: nobody, given: fails(refusal()), status: 403, code: "NOT_YOU"},
		{name: "no mail sender configured", options: func(o *auth.Options) { o.EmailVerification.SendVerificationEmail = nil }, status: 400, code: "VERIFICATION_EMAIL_NOT_ENABLED"},
		{name: "malformed email address", body: `{"email":"ann"}`, status: 400, code: "VALIDATION_ERROR", then: told()},
		{name: "untrusted callbackURL", body: `{"email":"ann@example.com","callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL", then: told()},
	})
}

var asksForVerification = posts("/send-verification-email", `{"email":"ann@example.com"}`)

// away switches to a browser without a session.
func away(w *world) { w.c = w.Client() }

func TestVerifyEmail(t *testing.T) {
	proven := func(yes bool) func(w *world, got *authtest.Answer) {
		return func(w *world, _ *authtest.Answer) {
			w.T.Helper()
			w.WantRows(1, "user", store.Is("email", annEmail), store.Is("emailVerified", yes))
		}
	}
	hears := func(before error) func(w *world) {
		return func(w *world) {
			w.Options.EmailVerification.BeforeEmailVerification = w.tells("before", before)
			w.Options.EmailVerification.AfterEmailVerification = w.tells("after", nil)
		}
	}
	signsIn := func(o *auth.Options) { o.EmailVerification.AutoSignInAfterVerification = true }
	gone := func(w *world) { w.Store.DeleteMany(w.T.Context(), "user") }
	signed := func(claims string) func(w *world) {
		return func(w *world) {
			w.mail["verify"] = auth.LinkMail{Token: w.Keys.SignJWT([]byte(claims), w.Now(), time.Hour)}
		}
	}
	yes := want{"", map[string]any{"status": true, "user": nil}}
	endpoint{method: "GET", path: "/verify-email", body: ""}.test(t, []call{
		{name: "verifies the address", given: before(asksForVerification, away), query: "?token=<verify>", status: 200, want: yes, then: proven(true)},
		{name: "redirects to callbackURL", given: before(asksForVerification, away), query: "?token=<verify>&callbackURL=/hi", to: "/hi", then: proven(true)},
		{name: "already verified", given: before(asksForVerification, away, verified, hears(nil)), query: "?token=<verify>", status: 200, want: yes, then: func(w *world, _ *authtest.Answer) { w.wantTold("verify") }},
		{name: "autoSignInAfterVerification", options: signsIn, given: before(asksForVerification, away), query: "?token=<verify>", status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(2, "session")
			w.c.Get("/get-session").Want(200, "user.emailVerified", true)
		}},
		{name: "autoSignInAfterVerification keeps the current session", options: signsIn, given: asksForVerification, query: "?token=<verify>", status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "session") }},
		{name: "database hook drops the session", options: func(o *auth.Options) {
			signsIn(o)
			o.DatabaseHooks.Session.Create.Before = afterAnn(drops)
		}, given: before(asksForVerification, away), query: "?token=<verify>", status: 500, code: "FAILED_TO_CREATE_SESSION"},
		{name: "callbacks are called", given: before(asksForVerification, hears(nil)), query: "?token=<verify>", status: 200, then: func(w *world, _ *authtest.Answer) {
			w.wantTold("verify", "before "+annEmail, "after "+annEmail)
		}},
		{name: "callback returns an API error", given: before(asksForVerification, hears(refusal())), query: "?token=<verify>", status: 403, code: "NOT_YOU", then: proven(false)},

		{name: "unknown token", query: "?token=x", status: 401, code: "INVALID_TOKEN"},
		{name: "unknown token with callbackURL", query: "?token=x&callbackURL=/hi", to: "/hi?error=INVALID_TOKEN"},
		{name: "token older than an hour", given: before(asksForVerification, later(time.Hour+time.Second)), query: "?token=<verify>", status: 401, code: "TOKEN_EXPIRED", then: proven(false)},
		{name: "token older than an hour, with callbackURL", given: before(asksForVerification, later(time.Hour+time.Second)), query: "?token=<verify>&callbackURL=/hi", to: "/hi?error=TOKEN_EXPIRED"},
		{name: "token older than the configured lifetime", options: func(o *auth.Options) { o.EmailVerification.ExpiresIn = 60 }, given: before(asksForVerification, later(61*time.Second)), query: "?token=<verify>", status: 401, code: "TOKEN_EXPIRED"},
		{name: "user was deleted", given: before(asksForVerification, gone), query: "?token=<verify>", status: 401, code: "USER_NOT_FOUND"},
		{name: "user was deleted, with callbackURL", given: before(asksForVerification, gone), query: "?token=<verify>&callbackURL=/hi", to: "/hi?error=USER_NOT_FOUND"},
		{name: "address now belongs to another user", given: before(asksForVerification, gone, func(w *world) { w.Client().SignUp(annEmail) }), query: "?token=<verify>", status: 401, code: "INVALID_TOKEN", then: proven(false)},
		{name: "signed token without an email", given: signed(`{"email":7}`), query: "?token=<verify>", status: 500},
		{name: "signed token that is not an object", given: signed(`7`), query: "?token=<verify>", status: 401, code: "INVALID_TOKEN"},
		{name: "token missing", status: 400, code: "VALIDATION_ERROR"},
		{name: "untrusted callbackURL", given: asksForVerification, query: "?token=<verify>&callbackURL=" + url.QueryEscape("https://evil.test"), status: 403, code: "INVALID_CALLBACK_URL", then: proven(false)},
	})
}

// TestVerifyChange tests the links that change an address.
func TestVerifyChange(t *testing.T) {
	now := func(email string, verified bool) func(w *world, got *authtest.Answer) {
		return func(w *world, _ *authtest.Answer) {
			w.T.Helper()
			w.WantRows(1, "user", store.Is("email", email), store.Is("emailVerified", verified))
		}
	}
	confirmed := before(verified, confirms, asksForChange)
	old := func(w *world) { // from before there were two steps
		w.mail["verify"] = auth.LinkMail{Token: w.Keys.SignJWT([]byte(w.fill(`{"email":"ann@example.com","updateTo":"new@example.com","userId":"<user>"}`)), w.Now(), time.Hour)}
	}
	endpoint{method: "GET", path: "/verify-email"}.test(t, []call{
		{name: "verified by the new address", given: asksForChange, query: "?token=<verify>", status: 200, cookie: begun, want: want{"status", true, "user.email", "new@example.com", "user.emailVerified", false}, then: now("new@example.com", false)},
		{name: "verified by the new address, current one verified", given: before(verified, asksForChange), query: "?token=<verify>", status: 200, cookie: begun, want: want{"user.emailVerified", true}, then: func(w *world, got *authtest.Answer) {
			now("new@example.com", true)(w, got)
			w.c.Get("/get-session").Want(200, "user.email", "new@example.com", "user.emailVerified", true)
		}},
		{name: "verified by the new address, without a session", given: before(asksForChange, away), query: "?token=<verify>&callbackURL=/hi", to: "/hi", then: now("new@example.com", false)},
		{name: "confirmed by the current address: mails the new one", given: confirmed, query: "?token=<confirm>", status: 200, want: want{"", map[string]any{"status": true}}, then: func(w *world, got *authtest.Answer) {
			now(annEmail, true)(w, got)
			w.wantTold("confirm new@example.com", "verify")
			w.c.Get(w.fill("/verify-email?token=<verify>")).Want(200, "user.email", "new@example.com", "user.emailVerified", true)
		}},
		{name: "confirmed by the current address, with callbackURL", given: confirmed, query: "?token=<confirm>&callbackURL=/hi", to: "/hi"},
		{name: "afterEmailVerification is called", given: before(verified, asksForChange, func(w *world) { w.Options.EmailVerification.AfterEmailVerification = w.tells("after", nil) }), query: "?token=<verify>", status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.wantTold("verify", "after new@example.com")
		}},
		{name: "token of the older one-step form", given: before(verified, old), query: "?token=<verify>", status: 200, cookie: begun, want: want{"user.email", "new@example.com", "user.emailVerified", false}, then: func(w *world, _ *authtest.Answer) { w.wantTold("verify") }},

		{name: "token used before", given: before(asksForChange, func(w *world) { w.c.Get(w.fill("/verify-email?token=<verify>")) }), query: "?token=<verify>", status: 401, code: "INVALID_TOKEN"},
		{name: "session of another user", given: before(asksForChange, away, func(w *world) { w.c.SignUp("bob@example.com") }), query: "?token=<verify>", status: 401, code: "INVALID_USER", then: now(annEmail, false)},
		{name: "session of another user, with callbackURL", given: before(asksForChange, away, func(w *world) { w.c.SignUp("bob@example.com") }), query: "?token=<verify>&callbackURL=/hi", to: "/hi?error=INVALID_USER"},
		{name: "user was deleted", given: before(asksForChange, func(w *world) { w.Store.DeleteMany(w.T.Context(), "user") }), query: "?token=<verify>", status: 401, code: "USER_NOT_FOUND"},
		{name: "token without a user id", given: func(w *world) {
			w.mail["verify"] = auth.LinkMail{Token: w.Keys.SignJWT([]byte(`{"email":"ann@example.com","updateTo":"new@example.com"}`), w.Now(), time.Hour)}
		}, query: "?token=<verify>", status: 401, code: "INVALID_TOKEN", then: now(annEmail, false)},
	})
}
