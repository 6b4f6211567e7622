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
		{name: "to oneself", status: 200, want: yes, then: func(w *world, _ *authtest.Answer) {
			w.wantTold("verify")
			if link, want := w.mail["verify"].URL, w.fill(authtest.Origin+"/api/auth/verify-email?token=<verify>&callbackURL=%2Fhi"); link != want {
				w.T.Errorf("link %s, want %s", link, want)
			}
		}},
		{name: "to an address of others", body: `{"email":"bob@example.com"}`, status: 400, code: "EMAIL_MISMATCH", then: told()},
		{name: "proven already", given: verified, status: 400, code: "EMAIL_ALREADY_VERIFIED", then: told()},
		{name: "the sender refuses", given: fails(refusal()), status: 403, code: "NOT_YOU"},
		{name: "the sender breaks", given: fails(errors.New("broken")), status: 500},
		{name: "without a session", by: nobody, status: 200, want: yes, then: told("verify")},
		{name: "without a session, a stranger: the answer does not tell", by: nobody, body: `{"email":"bob@example.com"}`, status: 200, want: yes, then: told()},
		{name: "without a session, proven already: the answer does not tell", by: nobody, given: verified, status: 200, want: yes, then: told()},
		{name: "without a session, the sender refuses", by: nobody, given: fails(refusal()), status: 403, code: "NOT_YOU"},
		{name: "no sender", options: func(o *auth.Options) { o.EmailVerification.SendVerificationEmail = nil }, status: 400, code: "VERIFICATION_EMAIL_NOT_ENABLED"},
		{name: "no address", body: `{"email":"ann"}`, status: 400, code: "VALIDATION_ERROR", then: told()},
		{name: "foreign callback", body: `{"email":"ann@example.com","callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL", then: told()},
	})
}

var asksForVerification = posts("/send-verification-email", `{"email":"ann@example.com"}`)

// away has the link followed in a browser without a session.
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
		{name: "proves", given: before(asksForVerification, away), query: "?token=<verify>", status: 200, want: yes, then: proven(true)},
		{name: "and sends the browser on", given: before(asksForVerification, away), query: "?token=<verify>&callbackURL=/hi", to: "/hi", then: proven(true)},
		{name: "once more", given: before(asksForVerification, away, verified, hears(nil)), query: "?token=<verify>", status: 200, want: yes, then: func(w *world, _ *authtest.Answer) { w.wantTold("verify") }},
		{name: "and signs in", options: signsIn, given: before(asksForVerification, away), query: "?token=<verify>", status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(2, "session")
			w.c.Get("/get-session").Want(200, "user.emailVerified", true)
		}},
		{name: "and goes on with the session that there is", options: signsIn, given: asksForVerification, query: "?token=<verify>", status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "session") }},
		{name: "a hook drops the session", options: func(o *auth.Options) {
			signsIn(o)
			o.DatabaseHooks.Session.Create.Before = afterAnn(drops)
		}, given: before(asksForVerification, away), query: "?token=<verify>", status: 500, code: "FAILED_TO_CREATE_SESSION"},
		{name: "callbacks hear of it", given: before(asksForVerification, hears(nil)), query: "?token=<verify>", status: 200, then: func(w *world, _ *authtest.Answer) {
			w.wantTold("verify", "before "+annEmail, "after "+annEmail)
		}},
		{name: "a callback refuses", given: before(asksForVerification, hears(refusal())), query: "?token=<verify>", status: 403, code: "NOT_YOU", then: proven(false)},

		{name: "unknown", query: "?token=x", status: 401, code: "INVALID_TOKEN"},
		{name: "unknown, for a browser", query: "?token=x&callbackURL=/hi", to: "/hi?error=INVALID_TOKEN"},
		{name: "after an hour", given: before(asksForVerification, later(time.Hour+time.Second)), query: "?token=<verify>", status: 401, code: "TOKEN_EXPIRED", then: proven(false)},
		{name: "after an hour, for a browser", given: before(asksForVerification, later(time.Hour+time.Second)), query: "?token=<verify>&callbackURL=/hi", to: "/hi?error=TOKEN_EXPIRED"},
		{name: "after the option's time", options: func(o *auth.Options) { o.EmailVerification.ExpiresIn = 60 }, given: before(asksForVerification, later(61*time.Second)), query: "?token=<verify>", status: 401, code: "TOKEN_EXPIRED"},
		{name: "a user who is gone", given: before(asksForVerification, gone), query: "?token=<verify>", status: 401, code: "USER_NOT_FOUND"},
		{name: "a user who is gone, for a browser", given: before(asksForVerification, gone), query: "?token=<verify>&callbackURL=/hi", to: "/hi?error=USER_NOT_FOUND"},
		{name: "another user with the address", given: before(asksForVerification, gone, func(w *world) { w.Client().SignUp(annEmail) }), query: "?token=<verify>", status: 401, code: "INVALID_TOKEN", then: proven(false)},
		{name: "signed, but no verification", given: signed(`{"email":7}`), query: "?token=<verify>", status: 500},
		{name: "signed, but no object", given: signed(`7`), query: "?token=<verify>", status: 401, code: "INVALID_TOKEN"},
		{name: "no token", status: 400, code: "VALIDATION_ERROR"},
		{name: "foreign callback", given: asksForVerification, query: "?token=<verify>&callbackURL=" + url.QueryEscape("https://evil.test"), status: 403, code: "INVALID_CALLBACK_URL", then: proven(false)},
	})
}

// The links of a change of address.
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
		{name: "of the new address", given: asksForChange, query: "?token=<verify>", status: 200, cookie: begun, want: want{"status", true, "user.email", "new@example.com", "user.emailVerified", false}, then: now("new@example.com", false)},
		{name: "of the new address, the present one being proven", given: before(verified, asksForChange), query: "?token=<verify>", status: 200, cookie: begun, want: want{"user.emailVerified", true}, then: func(w *world, got *authtest.Answer) {
			now("new@example.com", true)(w, got)
			w.c.Get("/get-session").Want(200, "user.email", "new@example.com", "user.emailVerified", true)
		}},
		{name: "of the new address, without a session", given: before(asksForChange, away), query: "?token=<verify>&callbackURL=/hi", to: "/hi", then: now("new@example.com", false)},
		{name: "of the present address", given: confirmed, query: "?token=<confirm>", status: 200, want: want{"", map[string]any{"status": true}}, then: func(w *world, got *authtest.Answer) {
			now(annEmail, true)(w, got)
			w.wantTold("confirm new@example.com", "verify")
			w.c.Get(w.fill("/verify-email?token=<verify>")).Want(200, "user.email", "new@example.com", "user.emailVerified", true)
		}},
		{name: "of the present address, for a browser", given: confirmed, query: "?token=<confirm>&callbackURL=/hi", to: "/hi"},
		{name: "a callback hears of it", given: before(verified, asksForChange, func(w *world) { w.Options.EmailVerification.AfterEmailVerification = w.tells("after", nil) }), query: "?token=<verify>", status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.wantTold("verify", "after new@example.com")
		}},
		{name: "of one step", given: before(verified, old), query: "?token=<verify>", status: 200, cookie: begun, want: want{"user.email", "new@example.com", "user.emailVerified", false}, then: func(w *world, _ *authtest.Answer) { w.wantTold("verify") }},

		{name: "used already", given: before(asksForChange, func(w *world) { w.c.Get(w.fill("/verify-email?token=<verify>")) }), query: "?token=<verify>", status: 401, code: "INVALID_TOKEN"},
		{name: "in somebody else's session", given: before(asksForChange, away, func(w *world) { w.c.SignUp("bob@example.com") }), query: "?token=<verify>", status: 401, code: "INVALID_USER", then: now(annEmail, false)},
		{name: "in somebody else's session, for a browser", given: before(asksForChange, away, func(w *world) { w.c.SignUp("bob@example.com") }), query: "?token=<verify>&callbackURL=/hi", to: "/hi?error=INVALID_USER"},
		{name: "a user who is gone", given: before(asksForChange, func(w *world) { w.Store.DeleteMany(w.T.Context(), "user") }), query: "?token=<verify>", status: 401, code: "USER_NOT_FOUND"},
		{name: "of nobody", given: func(w *world) {
			w.mail["verify"] = auth.LinkMail{Token: w.Keys.SignJWT([]byte(`{"email":"ann@example.com","updateTo":"new@example.com"}`), w.Now(), time.Hour)}
		}, query: "?token=<verify>", status: 401, code: "INVALID_TOKEN", then: now(annEmail, false)},
	})
}
