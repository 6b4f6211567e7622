package base_test

import (
	"context"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

// confirms makes the present address confirm a change first.
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
		{name: "asks the new address", status: 200, want: yes, then: func(w *world, got *authtest.Answer) {
			still("verify")(w, got)
			m := w.mail["verify"]
			if want := w.fill(authtest.Origin + "/api/auth/verify-email?token=<verify>&callbackURL=%2F"); m.User.Email != "new@example.com" || m.URL != want {
				w.T.Errorf("%s to %v, want %s", m.URL, m.User.Email, want)
			}
		}},
		{name: "asks the present address first where it is proven", given: before(verified, confirms), status: 200, want: yes, then: func(w *world, got *authtest.Answer) {
			still("confirm new@example.com")(w, got)
			if to := w.mail["confirm"].User.Email; to != annEmail {
				w.T.Errorf("sent to %v", to)
			}
		}},
		{name: "asks the new address alone where the present one is not proven", given: confirms, status: 200, want: yes, then: still("verify")},
		{name: "at once where the present one is not proven", options: atOnce, status: 200, cookie: begun, want: yes, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.email", "new@example.com", "user.emailVerified", false)
			w.wantTold("verify")
		}},
		{name: "not at once where it is proven", options: atOnce, given: verified, status: 200, want: yes, then: still("verify")},
		{name: "at once without a sender", options: func(o *auth.Options) { atOnce(o); noSender(o) }, status: 200, cookie: begun, want: yes, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "user", store.Is("email", "new@example.com"))
		}},
		{name: "taken: the answer does not tell", given: func(w *world) { w.Client().SignUp("new@example.com") }, status: 200, want: yes, then: still()},
		{name: "the same", body: `{"newEmail":"ANN@example.com"}`, status: 400, message: "Email is the same", then: still()},
		{name: "no sender", options: noSender, status: 400, message: "Verification email isn't enabled", then: still()},
		{name: "not allowed", options: func(o *auth.Options) { o.User.ChangeEmail.Enabled = false }, status: 400, code: "CHANGE_EMAIL_DISABLED", then: still()},
		{name: "no address", body: `{"newEmail":"new"}`, status: 400, code: "VALIDATION_ERROR", then: still()},
		{name: "foreign callback", body: `{"newEmail":"new@example.com","callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL", then: still()},
	})
}
