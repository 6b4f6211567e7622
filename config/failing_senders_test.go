package config

import (
	"net/url"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

const (
	ann       = "ann@example.com"
	signUpAnn = `{"name":"Ann","email":"` + ann + `","password":"password1234"}`
	signInAnn = `{"email":"` + ann + `","password":"password1234"}`
)

func signUp(p *played) { p.c.SignUp(ann) }

func post(path, body string) func(p *played) *authtest.Answer {
	return func(p *played) *authtest.Answer { return p.c.Post(path, body) }
}

func get(path string) func(p *played) *authtest.Answer {
	return func(p *played) *authtest.Answer { return p.c.Get(path) }
}

// user returns Ann's row, or nil if there is none.
func (p *played) user() store.Record {
	rows, err := p.srv.Store.Find(p.Context(), "user", store.Query{Where: []store.Where{store.Is("email", ann)}})
	if err != nil {
		p.Fatal(err)
	}
	if len(rows) == 0 {
		return nil
	}
	return rows[0]
}

func (p *played) change(row store.Record) {
	if _, err := p.srv.Store.Update(p.Context(), "user", []store.Where{store.Is("email", ann)}, row); err != nil {
		p.Fatal(err)
	}
}

func wantUser(there bool) func(p *played) {
	return func(p *played) {
		if (p.user() != nil) != there {
			p.Errorf("the user is there: %v, want %v", !there, there)
		}
	}
}

func wantVerified(verified bool) func(p *played) {
	return func(p *played) {
		if p.user()["emailVerified"] != verified {
			p.Errorf("emailVerified is %v", p.user()["emailVerified"])
		}
	}
}

var senderFailures = []failure{
	{
		name: "reset", options: []string{"sendResetPassword"}, config: `{"emailAndPassword":{"sendResetPassword":HOOK}}`,
		before: signUp, run: post("/request-password-reset", `{"email":"`+ann+`"}`),
		status: 200, body: `"status":true`, logged: "emailAndPassword.sendResetPassword failed",
	},
	{
		name: "deletion", options: []string{"sendDeleteAccountVerification"},
		config: `{"user":{"deleteUser":{"enabled":true,"sendDeleteAccountVerification":HOOK}}}`,
		before: signUp, run: post("/delete-user", `{}`),
		status: 200, body: "Verification email sent", after: wantUser(true), logged: "user.deleteUser.sendDeleteAccountVerification failed",
	},
	{
		name: "change of address", options: []string{"sendChangeEmailConfirmation"},
		config: `{"user":{"changeEmail":{"enabled":true,"sendChangeEmailConfirmation":HOOK}},"emailVerification":{"sendVerificationEmail":GOOD}}`,
		before: func(p *played) { signUp(p); p.change(store.Record{"emailVerified": true}) },
		run:    post("/change-email", `{"newEmail":"new@example.com"}`),
		status: 200, body: `"status":true`, logged: "user.changeEmail.sendChangeEmailConfirmation failed",
	},
	{
		name: "mail of a sign-up", options: []string{"sendVerificationEmail"},
		config: `{"emailVerification":{"sendVerificationEmail":HOOK,"sendOnSignUp":true}}`,
		run:    post("/sign-up/email", signUpAnn),
		status: 200, body: ann, after: wantUser(true), logged: "emailVerification.sendVerificationEmail failed",
	},
	{
		name: "mail of a sign-in", options: []string{"sendVerificationEmail"},
		config: `{"emailAndPassword":{"requireEmailVerification":true},"emailVerification":{"sendVerificationEmail":HOOK,"sendOnSignUp":false,"sendOnSignIn":true}}`,
		before: signUp, run: post("/sign-in/email", signInAnn),
		status: 403, body: "EMAIL_NOT_VERIFIED", logged: "emailVerification.sendVerificationEmail failed",
	},
	{
		name: "sign-up with a known address", options: []string{"onExistingUserSignUp"},
		config: `{"emailAndPassword":{"autoSignIn":false,"onExistingUserSignUp":HOOK}}`,
		before: signUp, run: post("/sign-up/email", signUpAnn),
		status: 200, body: ann, logged: "emailAndPassword.onExistingUserSignUp failed",
	},
	{
		name: "code", options: []string{"sendVerificationOTP"}, config: `{"plugins":{"email-otp":{"sendVerificationOTP":HOOK}}}`,
		before: signUp, run: post("/email-otp/send-verification-otp", `{"email":"`+ann+`","type":"email-verification"}`),
		status: 200, body: `"success":true`, logged: "plugins.email-otp.sendVerificationOTP failed",
	},
	{
		name: "second factor", options: []string{"sendOTP"}, config: `{"plugins":{"two-factor":{"otpOptions":{"sendOTP":HOOK}}}}`,
		before: signUp, run: post("/two-factor/send-otp", `{}`),
		status: 200, body: `"status":true`, logged: "plugins.two-factor.otpOptions.sendOTP failed",
	},
	{
		name: "asked for, signed in", options: []string{"sendVerificationEmail"}, config: `{"emailVerification":{"sendVerificationEmail":HOOK}}`,
		before: signUp, run: post("/send-verification-email", `{"email":"`+ann+`"}`), status: 500,
	},
	{
		name: "asked for by a stranger", options: []string{"sendVerificationEmail"}, config: `{"emailVerification":{"sendVerificationEmail":HOOK}}`,
		before: signUp, status: 500, only: []string{"down", "nonsense"}, // how slow reveals nothing: TestSlowWebhookTellsNothing
		run: func(p *played) *authtest.Answer {
			return p.srv.Client().Post("/send-verification-email", `{"email":"`+ann+`"}`)
		},
	},
	{
		name: "magic link", options: []string{"sendMagicLink"}, config: `{"plugins":{"magic-link":{"sendMagicLink":HOOK}}}`,
		run: post("/sign-in/magic-link", `{"email":"`+ann+`"}`), status: 500,
	},
}

// verifyLink requests a mail with the link that verifies an address.
func verifyLink(p *played) {
	signUp(p)
	p.c.Post("/send-verification-email", `{"email":"`+ann+`"}`)
	p.notes["token"] = p.token("emailVerification.sendVerificationEmail")
}

func followLink(p *played) *authtest.Answer {
	return p.c.Get("/verify-email?token=" + url.QueryEscape(p.notes["token"]))
}

func resetLink(p *played) {
	signUp(p)
	verification := p.c.Post("/request-password-reset", `{"email":"`+ann+`"}`)
	p.awaitTold("emailAndPassword.sendResetPassword")
	if p.notes["token"] = p.token("emailAndPassword.sendResetPassword"); verification.Status != 200 {
		p.Fatal(verification.Body)
	}
}

var userFailures = []failure{
	{
		name: "before verification", options: []string{"beforeEmailVerification"},
		config: `{"emailVerification":{"sendVerificationEmail":GOOD,"beforeEmailVerification":HOOK}}`,
		before: verifyLink, run: followLink, status: 500, after: wantVerified(false),
	},
	{
		name: "after verification", options: []string{"afterEmailVerification"},
		config: `{"emailVerification":{"sendVerificationEmail":GOOD,"afterEmailVerification":HOOK}}`,
		before: verifyLink, run: followLink, status: 500, after: wantVerified(true),
	},
	{
		name: "before deletion", options: []string{"beforeDelete"}, config: `{"user":{"deleteUser":{"enabled":true,"beforeDelete":HOOK}}}`,
		before: signUp, run: post("/delete-user", `{}`), status: 500, after: wantUser(true),
	},
	{
		name: "after deletion", options: []string{"afterDelete"}, config: `{"user":{"deleteUser":{"enabled":true,"afterDelete":HOOK}}}`,
		before: signUp, run: post("/delete-user", `{}`), status: 500, after: wantUser(false),
	},
	{
		name: "after a reset", options: []string{"onPasswordReset"},
		config: `{"emailAndPassword":{"sendResetPassword":GOOD,"onPasswordReset":HOOK}}`, before: resetLink, status: 500,
		run: func(p *played) *authtest.Answer {
			return p.c.Post("/reset-password", `{"newPassword":"password5678","token":"`+p.notes["token"]+`"}`)
		},
		after: func(p *played) {
			if a := p.srv.Client().Post("/sign-in/email", `{"email":"`+ann+`","password":"password5678"}`); a.Status != 200 {
				p.Errorf("the new password does not hold: %d %s", a.Status, a.Body)
			}
		},
	},
}
