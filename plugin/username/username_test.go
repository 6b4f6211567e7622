package username_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/username"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func server(t *testing.T, o auth.Options, p username.Options) *authtest.Server {
	o.Plugins = append(o.Plugins, username.New(p))
	return authtest.New(t, authtest.PlainPasswords(o))
}

func post(c *authtest.Client, path string, body map[string]any) *authtest.Answer {
	c.Server.T.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.Server.T.Fatal(err)
	}
	return c.Post(path, string(text))
}

// join signs up with an address that is made of the name.
func join(c *authtest.Client, email string, more map[string]any) *authtest.Answer {
	c.Server.T.Helper()
	body := map[string]any{"name": "Test", "email": email, "password": authtest.Password}
	for k, v := range more {
		body[k] = v
	}
	return post(c, "/sign-up/email", body)
}

func enter(c *authtest.Client, name, password string) *authtest.Answer {
	c.Server.T.Helper()
	return post(c, "/sign-in/username", map[string]any{"username": name, "password": password})
}

type names map[string]any

// TestNames signs up, signs in and changes names on every database.
func TestNames(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, username.Options{})
		c := s.Client()
		c.Post("/is-username-available", `{"username":"ann_1"}`).Want(200, "available", true)
		join(c, "ann@example.com", names{"username": "Ann_1"}).Want(200, "user.username", "ann_1", "user.displayUsername", "Ann_1")
		c.Post("/is-username-available", `{"username":"ANN_1"}`).Want(200, "available", false)
		s.WantRows(1, "user", store.Is("username", "ann_1"))
		enter(s.Client(), "ANN_1", authtest.Password).Want(200, "user.email", "ann@example.com", "redirect", false, "url", authtest.Absent).
			WantCookie("better-auth.session_token", "Max-Age=604800")
		enter(s.Client(), "ann_1", "wrong").WantCode(401, "INVALID_USERNAME_OR_PASSWORD").WantNoCookie()
		enter(s.Client(), "bob", authtest.Password).WantCode(401, "INVALID_USERNAME_OR_PASSWORD")

		join(s.Client(), "bob@example.com", names{"username": "ANN_1"}).WantCode(400, "USERNAME_IS_ALREADY_TAKEN")
		bob := s.Client()
		join(bob, "bob@example.com", names{"displayUsername": "Bobby"}).Want(200, "user.username", "bobby", "user.displayUsername", "Bobby")
		post(bob, "/update-user", names{"username": "ann_1"}).WantCode(400, "USERNAME_IS_ALREADY_TAKEN")
		post(bob, "/update-user", names{"username": "BOBBY"}).Want(200)
		post(bob, "/update-user", names{"username": "Robert"}).Want(200)
		bob.Get("/get-session").Want(200, "user.username", "robert", "user.displayUsername", "Bobby")
		post(s.Client(), "/update-user", names{"username": "robert"}).WantCode(400, "USERNAME_IS_ALREADY_TAKEN")
		post(s.Client(), "/update-user", names{"username": "free"}).WantCode(401, "UNAUTHORIZED")
		enter(s.Client(), "bobby", authtest.Password).WantCode(401, "INVALID_USERNAME_OR_PASSWORD")
		post(bob, "/update-user", names{"username": nil}).Want(200)
		enter(s.Client(), "robert", authtest.Password).WantCode(401, "INVALID_USERNAME_OR_PASSWORD")
	})
}

func TestSignIn(t *testing.T) {
	s := server(t, auth.Options{}, username.Options{})
	join(s.Client(), "ann@example.com", names{"username": "ann"})
	for name, tc := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"empty body":       {`{}`, 400, "VALIDATION_ERROR"},
		"no body":          {``, 400, "VALIDATION_ERROR"},
		"numbers":          {`{"username":1,"password":2}`, 400, "VALIDATION_ERROR"},
		"no name":          {`{"username":"","password":"password1234"}`, 401, "INVALID_USERNAME_OR_PASSWORD"},
		"no password":      {`{"username":"ann","password":""}`, 401, "INVALID_USERNAME_OR_PASSWORD"},
		"short":            {`{"username":"an","password":"password1234"}`, 422, "USERNAME_TOO_SHORT"},
		"long":             {`{"username":"` + strings.Repeat("a", 31) + `","password":"password1234"}`, 422, "USERNAME_TOO_LONG"},
		"an address":       {`{"username":"ann@example.com","password":"password1234"}`, 422, "INVALID_USERNAME"},
		"long password":    {`{"username":"ann","password":"` + strings.Repeat("a", 129) + `"}`, 400, "PASSWORD_TOO_LONG"},
		"foreign redirect": {`{"username":"ann","password":"password1234","callbackURL":"https://evil.example"}`, 403, "INVALID_CALLBACK_URL"},
		"right":            {`{"username":"ann","password":"password1234"}`, 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s.In(t).Client().Post("/sign-in/username", tc.body).WantCode(tc.status, tc.code)
		})
	}
	c := s.Client()
	c.Post("/sign-in/username", `{"username":"ann","password":"password1234","callbackURL":"/in","rememberMe":false}`).
		Want(200, "redirect", true, "url", "/in").WantCookie("better-auth.dont_remember")
	if !c.SignedIn() {
		t.Error("not signed in")
	}
	s.Change("account", store.Record{"password": nil}, store.Is("providerId", "credential"))
	enter(s.Client(), "ann", authtest.Password).WantCode(401, "INVALID_USERNAME_OR_PASSWORD")
}

func TestUnverifiedAddress(t *testing.T) {
	for _, sends := range []bool{true, false} {
		var mails []auth.LinkMail
		o := auth.Options{EmailAndPassword: auth.EmailAndPassword{RequireEmailVerification: true}}
		never := false
		o.EmailVerification = auth.EmailVerification{SendOnSignIn: sends, SendOnSignUp: &never, SendVerificationEmail: func(_ context.Context, m auth.LinkMail) (callback.Nothing, error) {
			mails = append(mails, m)
			return callback.Nothing{}, errors.New("the mail server is down")
		}}
		s := server(t, o, username.Options{})
		join(s.Client(), "ann@example.com", names{"username": "ann"}).Want(200, "token", nil)
		enter(s.Client(), "ann", "wrong").WantCode(401, "INVALID_USERNAME_OR_PASSWORD")
		if len(mails) != 0 {
			t.Errorf("a wrong password sent %v", mails)
		}
		s.Client().Post("/sign-in/username", `{"username":"ann","password":"password1234","callbackURL":"/next"}`).WantCode(403, "EMAIL_NOT_VERIFIED").WantNoCookie()
		if sent := len(mails) == 1; sent != sends {
			t.Fatalf("sent %v", mails)
		}
		if sends && !strings.HasSuffix(mails[0].URL, "&callbackURL=%2Fnext") {
			t.Errorf("the link is %s", mails[0].URL)
		}
	}
}

func TestOptions(t *testing.T) {
	no := false
	notBad := func(_ context.Context, name string) (bool, error) {
		return !strings.Contains(name, "bad") && name == strings.TrimSpace(name), nil
	}
	tidy := func(_ context.Context, name string) (string, error) { return strings.TrimSpace(name), nil }
	for name, tc := range map[string]struct {
		o    username.Options
		body names
		code string
		want []any
	}{
		"shorter":                        {username.Options{MinUsernameLength: 2}, names{"username": "ab"}, "", []any{"user.username", "ab"}},
		"too short":                      {username.Options{MinUsernameLength: 5}, names{"username": "abcd"}, "USERNAME_TOO_SHORT", nil},
		"longer":                         {username.Options{MaxUsernameLength: 40}, names{"username": strings.Repeat("a", 40)}, "", nil},
		"too long":                       {username.Options{MaxUsernameLength: 4}, names{"username": "abcde"}, "USERNAME_TOO_LONG", nil},
		"length in UTF-16 units":         {username.Options{UsernameValidator: notBad}, names{"username": "a😀"}, "", nil},
		"validator":                      {username.Options{UsernameValidator: notBad}, names{"username": "badger"}, "INVALID_USERNAME", nil},
		"validator allows":               {username.Options{UsernameValidator: notBad}, names{"username": "Zoë!"}, "", []any{"user.username", "zoë!"}},
		"display validator":              {username.Options{DisplayUsernameValidator: notBad}, names{"username": "ann", "displayUsername": "bad"}, "INVALID_DISPLAY_USERNAME", nil},
		"display validator, list":        {username.Options{DisplayUsernameValidator: notBad}, names{"username": "ann", "displayUsername": []string{"bad"}}, "INVALID_DISPLAY_USERNAME", nil},
		"not normalized":                 {username.Options{UsernameNormalization: username.Normalization{Off: true}}, names{"username": "Ann"}, "", []any{"user.username", "Ann"}},
		"normalized":                     {username.Options{UsernameNormalization: username.Normalization{Func: tidy}, UsernameValidator: func(context.Context, string) (bool, error) { return true, nil }}, names{"username": " Ann "}, "", []any{"user.username", "Ann", "user.displayUsername", " Ann "}},
		"validated first":                {username.Options{UsernameNormalization: username.Normalization{Func: tidy}, UsernameValidator: notBad}, names{"username": " Ann "}, "INVALID_USERNAME", nil},
		"validated afterwards":           {username.Options{UsernameNormalization: username.Normalization{Func: tidy}, UsernameValidator: notBad, ValidationOrder: username.ValidationOrder{Username: username.PostNormalization}}, names{"username": " Ann "}, "", []any{"user.username", "Ann"}},
		"display normalized":             {username.Options{DisplayUsernameNormalization: tidy}, names{"username": "ann", "displayUsername": " Ann "}, "", []any{"user.displayUsername", "Ann"}},
		"display validated first":        {username.Options{DisplayUsernameNormalization: tidy, DisplayUsernameValidator: notBad}, names{"username": "ann", "displayUsername": " Ann "}, "INVALID_DISPLAY_USERNAME", nil},
		"display validated afterwards":   {username.Options{DisplayUsernameNormalization: tidy, DisplayUsernameValidator: notBad, ValidationOrder: username.ValidationOrder{DisplayUsername: username.PostNormalization}}, names{"username": "ann", "displayUsername": " Ann "}, "", []any{"user.displayUsername", "Ann"}},
		"no display username":            {username.Options{DisplayUsername: &no}, names{"username": "ann"}, "", []any{"user.username", "ann", "user.displayUsername", authtest.Absent}},
		"no display username, but given": {username.Options{DisplayUsername: &no}, names{"displayUsername": "Ann"}, "", []any{"user.username", "ann", "user.displayUsername", authtest.Absent}},
	} {
		t.Run(name, func(t *testing.T) {
			s := server(t, auth.Options{}, tc.o)
			got := join(s.Client(), "ann@example.com", tc.body)
			if tc.code != "" {
				got.WantCode(400, tc.code)
				s.WantRows(0, "user")
				return
			}
			got.Want(200, tc.want...)
			if name, ok := tc.body["username"].(string); ok {
				enter(s.Client(), name, authtest.Password).Want(200)
			}
		})
	}
}

func TestImmutable(t *testing.T) {
	s := server(t, auth.Options{}, username.Options{ImmutableUsername: true})
	c := s.Client()
	c.SignUp("ann@example.com")
	for _, tc := range []struct {
		name string
		code string
	}{{"first", ""}, {"FIRST", ""}, {"second", "USERNAME_IS_IMMUTABLE"}} {
		got := post(c, "/update-user", names{"username": tc.name})
		if tc.code == "" {
			got.Want(200)
		} else {
			got.WantCode(400, tc.code)
		}
	}
}

// TestOtherWriters: names are checked in whatever way a user is created or changed.
func TestOtherWriters(t *testing.T) {
	s := server(t, auth.Options{}, username.Options{DisplayUsernameValidator: func(_ context.Context, name string) (bool, error) { return name != "bad", nil }})
	row := func(i int, more store.Record) store.Record {
		return store.Record{"name": "Test", "email": strings.Repeat("x", i+1) + "@example.com"}.With(more)
	}
	for i, tc := range []struct {
		row  store.Record
		want *auth.Code
	}{
		{store.Record{"username": "Ann"}, nil},
		{store.Record{"username": "ann"}, &username.UsernameIsAlreadyTaken},
		{store.Record{"username": "a"}, &username.UsernameTooShort},
		{store.Record{"username": 5}, &username.InvalidUsername},
		{store.Record{"username": "bob", "displayUsername": "bad"}, &username.InvalidDisplayUsername},
		{store.Record{"username": nil}, nil},
	} {
		user, err := s.Users.Create(t.Context(), row(i, tc.row), "import")
		if tc.want != nil {
			if !errors.Is(err, *tc.want) {
				t.Errorf("%v: %v", tc.row, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", tc.row, err)
		}
		if i == 0 && (user.Extra["username"] != "ann" || user.Extra["displayUsername"] != "Ann") {
			t.Errorf("created %v", user.Extra)
		}
	}
	if _, err := s.Users.Update(t.Context(), s.ID("user", store.Is("username", nil)), store.Record{"username": "ANN"}); !errors.Is(err, username.UsernameIsAlreadyTaken) {
		t.Errorf("an update took the name of another: %v", err)
	}
}

func TestOptionsThatDoNotFit(t *testing.T) {
	for text, ok := range map[string]bool{`false`: true, `true`: false, `"https://h.example"`: true, `null`: true, `5`: false} {
		var n username.Normalization
		if err := json.Unmarshal([]byte(text), &n); (err == nil) != ok || n.Off != (text == "false") {
			t.Errorf("%s: %v %v", text, n.Off, err)
		}
	}
	for want, o := range map[string]username.Options{
		"minUsernameLength is 40, but maxUsernameLength is 30": {MinUsernameLength: 40},
		"validationOrder.username: must be one of":             {ValidationOrder: username.ValidationOrder{Username: "never"}},
		"maxUsernameLength: must be at least":                  {MinUsernameLength: -5, MaxUsernameLength: -2},
	} {
		_, err := auth.New(auth.Options{Mode: auth.Development, Secret: authtest.Secret, Plugins: []auth.Plugin{username.New(o)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
