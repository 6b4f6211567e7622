package config

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

// TestAttackSlowSender: a webhook that sends messages is slow, and is called only if somebody has an account. The
// answer must not wait for it.
func TestAttackSlowSender(t *testing.T) {
	const verify = `{"emailVerification":{"sendVerificationEmail":HOOK`
	for name, tc := range map[string]struct {
		config string
		before func(p *played)
		run    func(p *played) *authtest.Answer
		status int
	}{
		"reset":    {`{"emailAndPassword":{"sendResetPassword":HOOK}}`, signUp, post("/request-password-reset", `{"email":"`+ann+`"}`), 200},
		"sign-up":  {`{"emailAndPassword":{"autoSignIn":false,"onExistingUserSignUp":HOOK}}`, signUp, post("/sign-up/email", signUpAnn), 200},
		"new user": {verify + `,"sendOnSignUp":true}}`, nil, post("/sign-up/email", signUpAnn), 200},
		"sign-in":  {verify + `,"sendOnSignUp":false,"sendOnSignIn":true},"emailAndPassword":{"requireEmailVerification":true}}`, signUp, post("/sign-in/email", signInAnn), 403},
		"code":     {`{"plugins":{"email-otp":{"sendVerificationOTP":HOOK}}}`, signUp, post("/email-otp/send-verification-otp", `{"email":"`+ann+`","type":"forget-password"}`), 200},
		"link by a stranger": {verify + `}}`, signUp, func(p *played) *authtest.Answer {
			return p.srv.Client().Post("/send-verification-email", `{"email":"`+ann+`"}`)
		}, 200},
		"change of address": {`{"user":{"changeEmail":{"enabled":true,"sendChangeEmailConfirmation":HOOK}},"emailVerification":{"sendVerificationEmail":HOOK}}`, func(p *played) {
			signUp(p)
			p.change(store.Record{"emailVerified": true})
		}, post("/change-email", `{"newEmail":"new@example.com"}`), 200},
		"deletion": {`{"user":{"deleteUser":{"enabled":true,"sendDeleteAccountVerification":HOOK}}}`, signUp, post("/delete-user", `{}`), 200},
	} {
		t.Run(name, func(t *testing.T) {
			release, calls := make(chan struct{}), make(chan string, 9)
			web := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				<-release
				body, _ := io.ReadAll(r.Body)
				calls <- string(body)
			}))
			defer web.Close()
			p, res := open(t, strings.ReplaceAll(tc.config, "HOOK", `{"webhook":"`+web.URL+`","timeout":"10m"}`))
			if tc.before != nil {
				tc.before(p)
			}
			answered := make(chan *authtest.Answer, 1)
			go func() { answered <- tc.run(p) }()
			select {
			case a := <-answered:
				if a.Status != tc.status {
					t.Errorf("answered %d %s", a.Status, a.Body)
				}
			case <-time.After(20 * time.Second):
				t.Error("the answer waits for the webhook")
			}
			close(release)
			if err := res.Close(); err != nil {
				t.Error(err)
			}
			if len(calls) != 1 {
				t.Fatalf("the webhook was called %d times", len(calls))
			}
			if body := <-calls; !strings.Contains(body, "@example.com") {
				t.Errorf("it was told %s", body)
			}
		})
	}
}
