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

// mailbox is what was sent.
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
	return authtest.New(t, o), box
}

// post answers status and code, "ok" without one.
func post(t *testing.T, c *authtest.Client, path string, body map[string]string) string {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	got := c.Post(path, string(text))
	switch {
	case got.Status == 200:
		return "ok"
	case got.Code() != "":
		return got.Code()
	}
	return got.Body
}

const alice = "alice@example.com"

func send(t *testing.T, s *authtest.Server, kind string) {
	t.Helper()
	s.Advance(time.Second) // of two codes the newer one counts
	if got := post(t, s.Client(), "/email-otp/send-verification-otp", map[string]string{"email": alice, "type": kind}); got != "ok" {
		t.Fatal(got)
	}
}

func signIn(t *testing.T, c *authtest.Client, otp string) string {
	t.Helper()
	return post(t, c, "/sign-in/email-otp", map[string]string{"email": alice, "otp": otp})
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
	send(t, s, emailotp.SignIn)
	otp := box.code(t)
	if len(otp) != 8 || strings.Trim(otp, "0123456789") != "" {
		t.Fatalf("code %q", otp)
	}
	if got := post(t, c, "/sign-in/email-otp", map[string]string{"email": "ALICE@example.com", "otp": otp, "name": "Al"}); got != "ok" {
		t.Fatal(got)
	}
	user := c.Get("/get-session").JSON(t)["user"].(map[string]any)
	if user["email"] != alice || user["name"] != "Al" || user["emailVerified"] != true {
		t.Errorf("user %v", user)
	}
	if got := signIn(t, c, otp); got != "INVALID_OTP" {
		t.Errorf("a code worked twice: %s", got)
	}
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
		clear    bool // the code stands in the table
		readable bool // the server can tell it again
	}{
		"plain":     {auth.CodeStorage{}, true, true},
		"hashed":    {auth.CodeStorage{Hashed: true}, false, false},
		"encrypted": {auth.CodeStorage{Encrypted: true}, false, true},
		"hash":      {auth.CodeStorage{Hash: mirror}, false, false},
		"encrypt":   {auth.CodeStorage{Encrypt: mirror, Decrypt: unmirror}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, box := server(t, auth.Options{}, emailotp.Options{StoreOTP: tc.storage, ResendStrategy: emailotp.Reuse})
			send(t, s, emailotp.SignIn)
			first := box.code(t)
			row, err := s.Store.Get(t.Context(), "verification", store.Is("identifier", "sign-in-otp-"+alice))
			if err != nil || strings.HasPrefix(row["value"].(string), first) != tc.clear {
				t.Errorf("kept as %v, %v", row["value"], err)
			}
			out, err := s.Call(t.Context(), "getVerificationOTP", auth.Input{Query: map[string]any{"email": alice, "type": "sign-in"}})
			if (err == nil) != tc.readable || err == nil && string(out.JSON()) != `{"otp":"`+first+`"}` {
				t.Errorf("told again: %v %v", out, err)
			}
			send(t, s, emailotp.SignIn)
			if same := box.code(t) == first; same != tc.readable {
				t.Errorf("sent again the same: %v", same)
			}
			if got := signIn(t, s.Client(), wrong(box.code(t))); got != "INVALID_OTP" {
				t.Error(got)
			}
			if got := signIn(t, s.Client(), box.code(t)); got != "ok" {
				t.Error(got)
			}
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
		send(t, s, emailotp.SignIn)
		for range wrongs {
			if got := signIn(t, s.Client(), wrong(box.code(t))); got != "INVALID_OTP" {
				t.Errorf("allowed %d: %s", allowed, got)
			}
		}
		for _, want := range []string{"TOO_MANY_ATTEMPTS", "INVALID_OTP"} {
			if got := signIn(t, s.Client(), box.code(t)); got != want {
				t.Errorf("allowed %d: %s, want %s", allowed, got, want)
			}
		}
	}
}

func TestExpires(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{ExpiresIn: 60})
	for _, tc := range []struct {
		after time.Duration
		want  string
	}{{59 * time.Second, "ok"}, {61 * time.Second, "OTP_EXPIRED"}} {
		send(t, s, emailotp.SignIn)
		s.Advance(tc.after)
		if got := signIn(t, s.Client(), box.code(t)); got != tc.want {
			t.Errorf("after %s: %s", tc.after, got)
		}
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
	for range 2 { // looking does not use it up
		if got := post(t, c, "/email-otp/check-verification-otp", check); got != "ok" {
			t.Error(got)
		}
	}
	for _, want := range []string{"ok", "INVALID_OTP"} {
		if got := post(t, c, "/email-otp/verify-email", map[string]string{"email": alice, "otp": box.code(t)}); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if user := c.Get("/get-session").JSON(t)["user"].(map[string]any); user["emailVerified"] != true {
		t.Errorf("user %v", user)
	}
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
		if got := post(t, c, path, map[string]string{"email": alice}); got != "ok" || box.sent[len(box.sent)-1].Type != emailotp.ForgetPassword {
			t.Fatal(got)
		}
	}
	for _, tc := range []struct{ otp, password, want string }{
		{box.code(t), "short", "PASSWORD_TOO_SHORT"},
		{wrong(box.code(t)), "password5678", "INVALID_OTP"},
		{box.code(t), "password5678", "ok"},
		{box.code(t), "password9999", "INVALID_OTP"},
	} {
		if got := post(t, c, "/email-otp/reset-password", map[string]string{"email": alice, "otp": tc.otp, "password": tc.password}); got != tc.want {
			t.Errorf("%s, want %s", got, tc.want)
		}
	}
	if told != 1 || c.Get("/get-session").Body != "null" {
		t.Errorf("told %d times; session %s", told, c.Get("/get-session").Body)
	}
	if got := post(t, c, "/sign-in/email", map[string]string{"email": alice, "password": "password5678"}); got != "ok" {
		t.Error(got)
	}
}

func TestChangeEmail(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{ChangeEmail: emailotp.ChangeEmailOptions{Enabled: true, VerifyCurrentEmail: true}})
	c := s.Client()
	c.SignUp(alice)
	request := func(otp string) string {
		return post(t, c, "/email-otp/request-email-change", map[string]string{"newEmail": "New@example.com", "otp": otp})
	}
	if got := request(""); got != `{"message":"OTP is required to verify current email"}` {
		t.Error(got)
	}
	send(t, s, emailotp.EmailVerification)
	if got := request(box.code(t)); got != "ok" || box.sent[len(box.sent)-1].Email != "new@example.com" {
		t.Fatalf("%s, sent %v", got, box.sent)
	}
	if got := post(t, c, "/email-otp/change-email", map[string]string{"newEmail": "new@example.com", "otp": box.code(t)}); got != "ok" {
		t.Error(got)
	}
	if user := c.Get("/get-session").JSON(t)["user"].(map[string]any); user["email"] != "new@example.com" || user["emailVerified"] != true {
		t.Errorf("user %v", user)
	}
}

func TestMail(t *testing.T) {
	s, box := server(t, auth.Options{}, emailotp.Options{})
	send(t, s, emailotp.SignIn)
	if m := box.sent[0].Mail(); m.Kind != "otp-sign-in" || m.To != alice || m.Code != box.code(t) {
		t.Errorf("%+v", m)
	}
}
