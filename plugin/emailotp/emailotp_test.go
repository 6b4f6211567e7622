package emailotp_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/plugin/emailotp"
	"github.com/seed-32bd42cb/betterauth/store"
)

// mailbox holds the messages that were sent.
type mailbox struct{ sent []emailotp.Mail }

func (b *mailbox) send(_ context.Context, m emailotp.Mail) (callback.Nothing, error) {
	b.sent = append(b.sent, m)
	return callback.Nothing{}, nil
}

func (b *mailbox) code(t *testing.T) string {
	t.Helper()
	if len(b.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	return b.sent[len(b.sent)-1].OTP
}

func server(t *testing.T, o auth.Options, p emailotp.Options) (*authtest.Server, *mailbox) {
	box := &mailbox{}
	p.SendVerificationOTP = box.send
	o.Plugins = []auth.Plugin{emailotp.New(p)}
	return authtest.New(t, authtest.PlainPasswords(o)), box
}

func post(c *authtest.Client, path string, body map[string]string) *authtest.Answer {
	c.Server.T.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.Server.T.Fatal(err)
	}
	return c.Post(path, string(text))
}

const alice = "alice@example.com"

func send(s *authtest.Server, kind string) {
	s.T.Helper()
	s.Advance(time.Second) // of two codes the newer one counts
	post(s.Client(), "/email-otp/send-verification-otp", map[string]string{"email": alice, "type": kind}).Want(200)
}

func signIn(c *authtest.Client, otp string) *authtest.Answer {
	c.Server.T.Helper()
	return post(c, "/sign-in/email-otp", map[string]string{"email": alice, "otp": otp})
}

func wrong(otp string) string {
	if otp[0] == '0' {
		return "1" + otp[1:]
	}
	return "0" + otp[1:]
}

func TestSignIn(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{OTPLength: 8})
	c := s.Client()
	send(s, emailotp.SignIn)
	otp := box.code(t)
	if len(otp) != 8 || strings.Trim(otp, "0123456789") != "" {
		t.Fatalf("code %q", otp)
	}
	post(c, "/sign-in/email-otp", map[string]string{"email": "ALICE@example.com", "otp": otp, "name": "Al"}).Want(200)
	c.Get("/get-session").Want(200, "user.email", alice, "user.name", "Al", "user.emailVerified", true)
	signIn(c, otp).WantCode(400, "INVALID_OTP") // no code works twice
}

func TestStorage(t *testing.T) {
	mirror := func(_ context.Context, s string) (string, error) {
		b := []byte(s)
		for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
		return ":" + string(b), nil
	}
	unmirror := func(ctx context.Context, s string) (string, error) {
		out, err := mirror(ctx, s[1:])
		return out[1:], err
	}
	for name, tc := range map[string]struct {
		storage  auth.CodeStorage
		clear    bool // the table contains the code itself
		readable bool // the server can read the code back
	}{
		"plain":     {auth.CodeStorage{}, true, true},
		"hashed":    {auth.CodeStorage{Hashed: true}, false, false},
		"encrypted": {auth.CodeStorage{Encrypted: true}, false, true},
		"hash":      {auth.CodeStorage{Hash: mirror}, false, false},
		"encrypt":   {auth.CodeStorage{Encrypt: mirror, Decrypt: unmirror}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, box := server(t, auth.Options{}, emailotp.Options{StoreOTP: tc.storage, ResendStrategy: emailotp.Reuse})
			send(s, emailotp.SignIn)
			first := box.code(t)
			kept, _ := s.Row("verification", store.Is("identifier", "sign-in-otp-"+alice))["value"].(string)
			if strings.HasPrefix(kept, first) != tc.clear {
				t.Errorf("kept as %s", kept)
			}
			out, err := s.Call(t.Context(), "getVerificationOTP", auth.Input{Query: map[string]any{"email": alice, "type": "sign-in"}})
			if (err == nil) != tc.readable || err == nil && string(out.JSON()) != `{"otp":"`+first+`"}` {
				t.Errorf("told again: %v %v", out, err)
			}
			send(s, emailotp.SignIn)
			if same := box.code(t) == first; same != tc.readable {
				t.Errorf("sent again the same: %v", same)
			}
			signIn(s.Client(), wrong(box.code(t))).WantCode(400, "INVALID_OTP")
			signIn(s.Client(), box.code(t)).Want(200)
		})
	}
}

func TestStorageFromFile(t *testing.T) {
	for text, ok := range map[string]bool{
		`"plain"`: true, `"hashed"`: true, `"encrypted"`: true, `null`: true, `"rot13"`: false, `{}`: false, `1`: false,
		`{"hash":"https://h.example"}`: true, `{"encrypt":"https://h.example"}`: false,
		`{"encrypt":"https://h.example","decrypt":"https://h.example"}`: true, `{"hash":"https://h.example","x":1}`: false,
	} {
		var s auth.CodeStorage
		if err := json.Unmarshal([]byte(text), &s); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAttempts(t *testing.T) {
	for allowed, wrongs := range map[int]int{0: 3, 1: 1, 5: 5} {
		s, box := server(t, auth.Options{}, emailotp.Options{AllowedAttempts: allowed})
		send(s, emailotp.SignIn)
		for range wrongs {
			signIn(s.Client(), wrong(box.code(t))).WantCode(400, "INVALID_OTP")
		}
		signIn(s.Client(), box.code(t)).WantCode(403, "TOO_MANY_ATTEMPTS")
		signIn(s.Client(), box.code(t)).WantCode(400, "INVALID_OTP")
	}
}

func TestExpires(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{ExpiresIn: 60})
	for _, tc := range []struct {
		after  time.Duration
		status int
		code   string
	}{{59 * time.Second, 200, ""}, {61 * time.Second, 400, "OTP_EXPIRED"}} {
		send(s, emailotp.SignIn)
		s.Advance(tc.after)
		signIn(s.Client(), box.code(t)).WantCode(tc.status, tc.code)
	}
}

func TestVerifyEmail(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{SendVerificationOnSignUp: true})
	c := s.Client()
	c.SignUp(alice)
	if len(box.sent) != 1 || box.sent[0].Type != emailotp.EmailVerification || box.sent[0].Email != alice {
		t.Fatalf("sent %v", box.sent)
	}
	check := map[string]string{"email": alice, "type": emailotp.EmailVerification, "otp": box.code(t)}
	for range 2 { // checking does not use it up
		post(c, "/email-otp/check-verification-otp", check).Want(200)
	}
	verify := map[string]string{"email": alice, "otp": box.code(t)}
	post(c, "/email-otp/verify-email", verify).Want(200, "user.emailVerified", true)
	post(c, "/email-otp/verify-email", verify).WantCode(400, "INVALID_OTP")
	c.Get("/get-session").Want(200, "user.emailVerified", true)
}

func TestInsteadOfTheLink(t *testing.T) {
	yes := true
	s, box := server(t, auth.Options{EmailVerification: auth.EmailVerification{SendOnSignUp: &yes}}, emailotp.Options{OverrideDefaultEmailVerification: true, SendVerificationOnSignUp: true})
	s.Client().SignUp(alice)
	if len(box.sent) != 1 || box.sent[0].Type != emailotp.EmailVerification {
		t.Fatalf("sent %v", box.sent)
	}
}

func TestResetPassword(t *testing.T) {
	told := 0
	tell := func(context.Context, auth.UserEvent) (callback.Nothing, error) {
		told++
		return callback.Nothing{}, nil
	}
	s, box := server(t, auth.Options{EmailAndPassword: auth.EmailAndPassword{OnPasswordReset: tell, RevokeSessionsOnPasswordReset: true}}, emailotp.Options{})
	c := s.Client()
	c.SignUp(alice)
	for _, path := range []string{"/email-otp/request-password-reset", "/forget-password/email-otp"} {
		s.Advance(time.Second)
		post(c, path, map[string]string{"email": alice}).Want(200)
		if kind := box.sent[len(box.sent)-1].Type; kind != emailotp.ForgetPassword {
			t.Errorf("sent a code of kind %s", kind)
		}
	}
	for _, tc := range []struct {
		otp, password string
		status        int
		code          string
	}{
		{box.code(t), "short", 400, "PASSWORD_TOO_SHORT"},
		{wrong(box.code(t)), "password5678", 400, "INVALID_OTP"},
		{box.code(t), "password5678", 200, ""},
		{box.code(t), "password9999", 400, "INVALID_OTP"},
	} {
		post(c, "/email-otp/reset-password", map[string]string{"email": alice, "otp": tc.otp, "password": tc.password}).WantCode(tc.status, tc.code)
	}
	if told != 1 || c.SignedIn() {
		t.Errorf("told %d times; signed in: %v", told, c.SignedIn())
	}
	c.TrySignIn(alice, "password5678").Want(200)
}

func TestChangeEmail(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{ChangeEmail: emailotp.ChangeEmailOptions{Enabled: true, VerifyCurrentEmail: true}})
	c := s.Client()
	c.SignUp(alice)
	request := func(otp string) *authtest.Answer {
		return post(c, "/email-otp/request-email-change", map[string]string{"newEmail": "New@example.com", "otp": otp})
	}
	request("").Want(400, "", map[string]any{"message": "OTP is required to verify current email"})
	send(s, emailotp.EmailVerification)
	request(box.code(t)).Want(200)
	if to := box.sent[len(box.sent)-1].Email; to != "new@example.com" {
		t.Errorf("sent to %s", to)
	}
	post(c, "/email-otp/change-email", map[string]string{"newEmail": "new@example.com", "otp": box.code(t)}).Want(200)
	c.Get("/get-session").Want(200, "user.email", "new@example.com", "user.emailVerified", true)
}

func TestMail(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{})
	send(s, emailotp.SignIn)
	if m := box.sent[0].Mail(); m.Kind != "otp-sign-in" || m.To != alice || m.Code != box.code(t) {
		t.Errorf("%+v", m)
	}
}
