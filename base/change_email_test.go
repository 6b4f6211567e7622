package base_test

import (
	"context"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

// confirms enables the confirmation mail to the current address.
func confirms(w *world) {
	w.Options.User.ChangeEmail.SendChangeEmailConfirmation = func(_ context.Context, m auth.ChangeMail) (callback.Nothing, error) {
		w.mail["confirm"] = m.LinkMail
		w.told = append(w.told, "confirm "+m.NewEmail)
		return callback.Nothing{}, nil
	}
}

var asksForChange = posts("/change-email", `{"newEmail":"new@example.com"}`)

func TestChangeEmail(t *testing.T) {
	yes := want{"", map[string]any{"status": true}}
	still := func(told ...string) func(w *world, got *authtest.Answer) {
		return func(w *world, _ *authtest.Answer) {
			w.T.Helper()
			w.WantRows(1, "user", store.Is("email", annEmail))
			w.wantTold(told...)
		}
	}
	atOnce := func(o *auth.Options) { o.User.ChangeEmail.UpdateEmailWithoutVerification = true }
	noSender := func(o *auth.Options) { o.EmailVerification.SendVerificationEmail = nil }
	endpoint{method: "POST", path: "/change-email", body: `{"newEmail":"New@example.com"}`, session: stored}.test(t, []call{
		{name: "mails the new address", status: 200, want: yes, then: func(w *world, got *authtest.Answer) {
			still("verify")(w, got)
			m := w.mail["verify"]
			if want := w.fill(authtest.Origin + "/api/auth/verify-email?token=<verify>&callbackURL=%2F"); m.User.Email != "new@example.com" || m.URL != want {
				w.T.Errorf("%s to %v, want %s", m.URL, m.User.Email, want)
			}
		}},
		{name: "current address verified: confirms it first", given: before(verified, confirms), status: 200, want: yes, then: func(w *world, got *authtest.Answer) {
			still("confirm new@example.com")(w, got)
			if to := w.mail["confirm"].User.Email; to != annEmail {
				w.T.Errorf("sent to %v", to)
			}
		}},
		{name: "current address unverified: mails the new one", given: confirms, status: 200, want: yes, then: still("verify")},
		{name: "updateEmailWithoutVerification, current address unverified", options: atOnce, status: 200, cookie: begun, want: yes, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.email", "new@example.com", "user.emailVerified", false)
			w.wantTold("verify")
		}},
		{name: "updateEmailWithoutVerification, current address verified", options: atOnce, given: verified, status: 200, want: yes, then: still("verify")},
		{name: "updateEmailWithoutVerification, no mail sender", options: func(o *auth.Options) { atOnce(o); noSender(o) }, status: 200, cookie: begun, want: yes, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "user", store.Is("email", "new@example.com"))
		}},
		{name: "address taken, same answer", given: func(w *world) { w.Client().SignUp("new@example.com") }, status: 200, want: yes, then: still()},
		{name: "same address", body: `{"newEmail":"ANN@example.com"}`, status: 400, message: "Email is the same", then: still()},
		{name: "no mail sender configured", options: noSender, status: 400, message: "Verification email isn't enabled", then: still()},
		{name: "feature disabled", options: func(o *auth.Options) { o.User.ChangeEmail.Enabled = false }, status: 400, code: "CHANGE_EMAIL_DISABLED", then: still()},
		{name: "malformed email address", body: `{"newEmail":"new"}`, status: 400, code: "VALIDATION_ERROR", then: still()},
		{name: "untrusted callbackURL", body: `{"newEmail":"new@example.com","callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL", then: still()},
	})
}
