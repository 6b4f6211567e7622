package phonenumber_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/phonenumber"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const (
	number = "+491701234567"
	ann    = "ann@example.com"
	fresh  = "password5678"
)

// phone holds the messages that were sent.
type phone struct {
	mu   sync.Mutex
	sent []phonenumber.Message
	err  error // of the next messages
}

func (p *phone) send(_ context.Context, m phonenumber.Message) (callback.Nothing, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, m)
	return callback.Nothing{}, p.err
}

func (p *phone) code(t testing.TB) string {
	t.Helper()
	if len(p.sent) == 0 {
		t.Fatal("nothing was sent")
	}
	return p.sent[len(p.sent)-1].Code
}

func server(t *testing.T, o auth.Options, p phonenumber.Options) (*authtest.Server, *phone) {
	t.Helper()
	box := &phone{}
	p.SendOTP, p.SendPasswordResetOTP = box.send, box.send
	o.Plugins = append(o.Plugins, phonenumber.New(p))
	if o.EmailAndPassword.Password.Hash == nil {
		o = authtest.PlainPasswords(o)
	}
	return authtest.New(t, o), box
}

type body map[string]any

func post(c *authtest.Client, path string, b body) *authtest.Answer {
	c.Server.T.Helper()
	text, err := json.Marshal(b)
	if err != nil {
		c.Server.T.Fatal(err)
	}
	return c.Post(path, string(text))
}

func send(s *authtest.Server, to string) {
	s.T.Helper()
	s.Advance(time.Second) // of two codes the newer one counts
	post(s.Client(), "/phone-number/send-otp", body{"phoneNumber": to}).Want(200, "message", "code sent")
}

func ask(s *authtest.Server) {
	s.T.Helper()
	s.Advance(time.Second)
	post(s.Client(), "/phone-number/request-password-reset", body{"phoneNumber": number}).Want(200, "status", true)
}

func verify(c *authtest.Client, code string, more body) *authtest.Answer {
	c.Server.T.Helper()
	b := body{"phoneNumber": number, "code": code}
	maps.Copy(b, more)
	return post(c, "/phone-number/verify", b)
}

func enter(c *authtest.Client, password string) *authtest.Answer {
	c.Server.T.Helper()
	return post(c, "/sign-in/phone-number", body{"phoneNumber": number, "password": password})
}

func reset(c *authtest.Client, code string) *authtest.Answer {
	c.Server.T.Helper()
	return post(c, "/phone-number/reset-password", body{"phoneNumber": number, "otp": code, "newPassword": fresh})
}

// owner returns the browser of a user with the number.
func owner(s *authtest.Server, box *phone) *authtest.Client {
	s.T.Helper()
	c := s.Client()
	c.SignUp(ann)
	send(s, number)
	verify(c, box.code(s.T), body{"updatePhoneNumber": true}).Want(200, "user.phoneNumber", number, "user.phoneNumberVerified", true)
	return c
}

func wrong(code string) string {
	if code[0] == '0' {
		return "1" + code[1:]
	}
	return "0" + code[1:]
}

var signsUp = &phonenumber.SignUp{GetTempEmail: func(_ context.Context, number string) (string, error) {
	return strings.Trim(number, "+") + "@phone.example", nil
}}

// TestNumbers verifies numbers, signs in and resets the password on every database.
func TestNumbers(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s, box := server(t, o, phonenumber.Options{SignUpOnVerification: signsUp})
		c := owner(s, box)
		c.Get("/get-session").Want(200, "user.phoneNumber", number, "user.phoneNumberVerified", true)
		enter(s.Client(), authtest.Password).Want(200, "user.email", ann).WantCookie("better-auth.session_token", "Max-Age=604800")
		enter(s.Client(), "wrong").WantCode(401, "INVALID_PHONE_NUMBER_OR_PASSWORD").WantNoCookie()

		send(s, number)
		verify(s.Client(), wrong(box.code(t)), nil).WantCode(400, "INVALID_OTP")
		verify(s.Client(), box.code(t), nil).Want(200, "status", true, "token", authtest.Any, "user.email", ann).WantCookie("better-auth.session_token")
		verify(s.Client(), box.code(t), nil).WantCode(400, "OTP_NOT_FOUND")

		ask(s)
		reset(s.Client(), wrong(box.code(t))).WantCode(400, "INVALID_OTP")
		reset(s.Client(), box.code(t)).Want(200, "status", true)
		reset(s.Client(), box.code(t)).WantCode(400, "OTP_NOT_FOUND")
		enter(s.Client(), fresh).Want(200)
		c.TrySignIn(ann, fresh).Want(200)

		other := s.Client()
		send(s, "+4990000001")
		post(other, "/phone-number/verify", body{"phoneNumber": "+4990000001", "code": box.code(t)}).
			Want(200, "user.email", "4990000001@phone.example", "user.name", "+4990000001", "user.phoneNumberVerified", true)
		if !other.SignedIn() {
			t.Error("the new user is not signed in")
		}
		post(other, "/update-user", body{"phoneNumber": nil}).Want(200)
		other.Get("/get-session").Want(200, "user.phoneNumber", nil, "user.phoneNumberVerified", false)
	})
}

func TestRequests(t *testing.T) {
	s, box := server(t, auth.Options{}, phonenumber.Options{PhoneNumberValidator: func(_ context.Context, number string) (bool, error) {
		return strings.HasPrefix(number, "+"), nil
	}})
	owner(s, box)
	for name, tc := range map[string]struct {
		path, body string
		status     int
		code       string
	}{
		"sign in, empty":         {"/sign-in/phone-number", `{}`, 400, "VALIDATION_ERROR"},
		"sign in, no number":     {"/sign-in/phone-number", `{"phoneNumber":"0170","password":"x"}`, 400, "INVALID_PHONE_NUMBER"},
		"sign in, long password": {"/sign-in/phone-number", `{"phoneNumber":"+1","password":"` + strings.Repeat("x", 129) + `"}`, 400, "PASSWORD_TOO_LONG"},
		"sign in, a stranger":    {"/sign-in/phone-number", `{"phoneNumber":"+1","password":"x"}`, 401, "INVALID_PHONE_NUMBER_OR_PASSWORD"},
		"send, empty":            {"/phone-number/send-otp", `{}`, 400, "VALIDATION_ERROR"},
		"send, number":           {"/phone-number/send-otp", `{"phoneNumber":491701234567}`, 400, "VALIDATION_ERROR"},
		"send, no number":        {"/phone-number/send-otp", `{"phoneNumber":"0170"}`, 400, "INVALID_PHONE_NUMBER"},
		"verify, empty":          {"/phone-number/verify", `{}`, 400, "VALIDATION_ERROR"},
		"verify, list":           {"/phone-number/verify", `[]`, 400, "VALIDATION_ERROR"},
		"verify, none sent":      {"/phone-number/verify", `{"phoneNumber":"+1","code":"123456"}`, 400, "OTP_NOT_FOUND"},
		"ask, empty":             {"/phone-number/request-password-reset", `{}`, 400, "VALIDATION_ERROR"},
		"ask, a stranger":        {"/phone-number/request-password-reset", `{"phoneNumber":"+1"}`, 200, ""},
		"reset, empty":           {"/phone-number/reset-password", `{}`, 400, "VALIDATION_ERROR"},
		"reset, short":           {"/phone-number/reset-password", `{"phoneNumber":"+1","otp":"1","newPassword":"short"}`, 400, "PASSWORD_TOO_SHORT"},
		"reset, none sent":       {"/phone-number/reset-password", `{"phoneNumber":"+2","otp":"1","newPassword":"password5678"}`, 400, "OTP_NOT_FOUND"},
		"consume is not served":  {"/phone-number/consume-otp", `{"phoneNumber":"+1","code":"1"}`, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(box.sent)
			s.In(t).Client().Post(tc.path, tc.body).WantCode(tc.status, tc.code)
			if len(box.sent) != before {
				t.Errorf("sent %v", box.sent[before:])
			}
		})
	}
}

func TestCodes(t *testing.T) {
	s, box := server(t, auth.Options{}, phonenumber.Options{OTPLength: 8, ExpiresIn: 60, AllowedAttempts: 2, SignUpOnVerification: signsUp})
	send(s, number)
	if code := box.code(t); len(code) != 8 || strings.Trim(code, "0123456789") != "" || box.sent[0].PhoneNumber != number || box.sent[0].Call == nil {
		t.Errorf("sent %+v", box.sent)
	}
	for range 2 {
		verify(s.Client(), wrong(box.code(t)), nil).WantCode(400, "INVALID_OTP")
	}
	verify(s.Client(), box.code(t), nil).WantCode(403, "TOO_MANY_ATTEMPTS")
	verify(s.Client(), box.code(t), nil).WantCode(400, "OTP_NOT_FOUND")
	send(s, number)
	s.Advance(61 * time.Second)
	verify(s.Client(), box.code(t), nil).WantCode(400, "OTP_EXPIRED")
	send(s, number)
	s.Advance(59 * time.Second)
	verify(s.Client(), box.code(t), body{"disableSession": true}).Want(200, "token", nil).WantNoCookie()

	send(s, number)
	consume := func(code string) error {
		_, err := s.Call(t.Context(), "consumePhoneNumberOTP", auth.Input{Body: body{"phoneNumber": number, "code": code}})
		return err
	}
	for _, tc := range []struct {
		code string
		want error
	}{{wrong(box.code(t)), phonenumber.InvalidOTP}, {box.code(t), nil}, {box.code(t), phonenumber.OTPNotFound}} {
		if err := consume(tc.code); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", tc.code, err, tc.want)
		}
	}
}

func TestChange(t *testing.T) {
	var told []phonenumber.Verified
	s, box := server(t, auth.Options{}, phonenumber.Options{CallbackOnVerification: func(_ context.Context, v phonenumber.Verified) (callback.Nothing, error) {
		told = append(told, v)
		return callback.Nothing{}, nil
	}})
	send(s, number)
	verify(s.Client(), box.code(t), body{"updatePhoneNumber": true}).WantCode(401, "USER_NOT_FOUND")
	owner(s, box)
	if len(told) != 1 || told[0].PhoneNumber != number || told[0].User.Email != ann {
		t.Fatalf("told %+v", told)
	}
	other := s.Client()
	other.SignUp("bob@example.com")
	send(s, number)
	verify(other, box.code(t), body{"updatePhoneNumber": true}).WantCode(400, "PHONE_NUMBER_EXIST")
	send(s, "+4990000001")
	post(other, "/phone-number/verify", body{"phoneNumber": "+4990000001", "code": box.code(t), "updatePhoneNumber": true}).Want(200, "user.phoneNumber", "+4990000001")
	send(s, "+4990000002")
	post(s.Client(), "/phone-number/verify", body{"phoneNumber": "+4990000002", "code": box.code(t)}).WantCode(500, "FAILED_TO_UPDATE_USER") // nobody has it
	if len(told) != 2 {
		t.Errorf("told %+v", told)
	}
}

func TestRequireVerification(t *testing.T) {
	s, box := server(t, auth.Options{}, phonenumber.Options{RequireVerification: true})
	owner(s, box)
	s.Change("user", store.Record{"phoneNumberVerified": false}, store.Is("email", ann))
	sent := len(box.sent)
	enter(s.Client(), authtest.Password).WantCode(401, "PHONE_NUMBER_NOT_VERIFIED").WantNoCookie()
	ask(s)
	if len(box.sent) != sent+1 {
		t.Fatalf("sent %v", box.sent[sent:])
	}
	s.Change("verification", store.Record{"value": "123456:0"}, store.Is("identifier", "phone-number-reset-"+number))
	reset(s.Client(), "123456").WantCode(400, "PHONE_NUMBER_PENDING_VERIFICATION")
	verify(s.Client(), wrong(box.code(t)), nil).WantCode(400, "INVALID_OTP")
	verify(s.Client(), box.code(t), nil).Want(200)
	enter(s.Client(), authtest.Password).Want(200)
}

func TestVerifyOTP(t *testing.T) {
	s, box := server(t, auth.Options{}, phonenumber.Options{SignUpOnVerification: signsUp, VerifyOTP: func(_ context.Context, m phonenumber.Message) (bool, error) {
		return m.PhoneNumber == number && m.Code == "service", nil
	}})
	send(s, number)
	verify(s.Client(), box.code(t), nil).WantCode(400, "INVALID_OTP") // the service decides
	verify(s.Client(), "service", nil).Want(200, "user.phoneNumber", number)
	s.WantRows(0, "verification")
	ask(s)
	reset(s.Client(), box.code(t)).WantCode(400, "INVALID_OTP")
	reset(s.Client(), "service").Want(200)
	enter(s.Client(), fresh).Want(200)
}

// TestSenders: a message that was asked for and not sent is an error; one that is sent beside another answer is not.
func TestSenders(t *testing.T) {
	s, box := server(t, auth.Options{}, phonenumber.Options{RequireVerification: true})
	owner(s, box)
	box.err = errors.New("no credit")
	post(s.Client(), "/phone-number/send-otp", body{"phoneNumber": number}).Want(500)
	ask(s)
	s.Change("user", store.Record{"phoneNumberVerified": false}, store.Is("email", ann))
	enter(s.Client(), authtest.Password).WantCode(401, "PHONE_NUMBER_NOT_VERIFIED")
	box.err = &callback.APIError{Status: 429, Code: "SLOW_DOWN", Message: "Slow down"}
	post(s.Client(), "/phone-number/send-otp", body{"phoneNumber": number}).WantCode(429, "SLOW_DOWN")

	none := authtest.New(t, authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{phonenumber.New(phonenumber.Options{})}}))
	post(none.Client(), "/phone-number/send-otp", body{"phoneNumber": number}).WantCode(501, "SEND_OTP_NOT_IMPLEMENTED")
	ask(none)
}

func TestSignUp(t *testing.T) {
	no := false
	o := auth.Options{User: auth.UserOptions{ModelOptions: auth.ModelOptions{AdditionalFields: auth.AdditionalFields{
		{Name: "color", Type: auth.FieldType{Type: store.String}, Required: &no},
	}}}}
	s, box := server(t, o, phonenumber.Options{SignUpOnVerification: &phonenumber.SignUp{
		GetTempEmail: func(ctx context.Context, number string) (string, error) {
			if number == "+4990000002" {
				return "", nil
			}
			return signsUp.GetTempEmail(ctx, number)
		},
		GetTempName: func(_ context.Context, number string) (string, error) { return "Caller " + number[1:4], nil },
	}})
	send(s, number)
	verify(s.Client(), box.code(t), body{"color": "red", "email": "own@example.com", "name": "Own", "emailVerified": true, "id": "x"}).
		Want(200, "user.color", "red", "user.name", "Caller 491", "user.email", "491701234567@phone.example", "user.emailVerified", false)
	send(s, "+4990000001")
	post(s.Client(), "/phone-number/verify", body{"phoneNumber": "+4990000001", "code": box.code(t), "phoneNumberVerified": true}).WantCode(400, "FIELD_NOT_ALLOWED")
	send(s, "+4990000002")
	post(s.Client(), "/phone-number/verify", body{"phoneNumber": "+4990000002", "code": box.code(t)}).Want(500)
	s.WantRows(1, "user")
}

func TestOptionsThatDoNotFit(t *testing.T) {
	for want, o := range map[string]phonenumber.Options{
		"signUpOnVerification needs getTempEmail": {SignUpOnVerification: &phonenumber.SignUp{}},
		"otpLength: must be at most 128":          {OTPLength: 129},
		"expiresIn: must be at least 0":           {ExpiresIn: -1},
		"allowedAttempts: must be at least 1":     {AllowedAttempts: -1},
	} {
		_, err := auth.New(auth.Options{Mode: auth.Development, Secret: authtest.Secret, Plugins: []auth.Plugin{phonenumber.New(o)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
