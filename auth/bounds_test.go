package auth_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
)

// The size of a request is limited before anything else handles it.
func TestAttackLongTexts(t *testing.T) {
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{User: auth.UserOptions{ModelOptions: auth.ModelOptions{AdditionalFields: auth.AdditionalFields{
		{Name: "bio", Type: auth.FieldType{Type: "string"}, Required: new(bool)},
	}}}}))
	x := func(n int) string { return strings.Repeat("x", n) }
	ampersands := strings.Repeat("&", 2046)
	signUp := func(email, more string) string {
		return `{"name":"A","email":"` + email + `","password":"password1234"` + more + `}`
	}
	for _, tc := range []struct {
		name, path, body string
		status           int
		text             string
	}{
		{"a name", "/sign-up/email", `{"name":"` + x(255) + `","email":"a@example.com","password":"password1234"}`, 200, ""},
		{"a name of letters with two bytes", "/sign-up/email", `{"name":"` + strings.Repeat("é", 255) + `","email":"b@example.com","password":"password1234"}`, 200, ""},
		{"a long name", "/sign-up/email", `{"name":"` + x(256) + `","email":"c@example.com","password":"password1234"}`, 400, "[body.name] Too big: expected string to have <=255 characters"},
		{"a very long name", "/sign-up/email", `{"name":"` + x(990<<10) + `","email":"c@example.com","password":"password1234"}`, 413, "Request body is too large"},
		{"an address", "/sign-up/email", signUp("d@example.com", `,"callbackURL":"/?`+ampersands+`"`), 200, ""},
		{"a long address", "/sign-up/email", signUp("e@example.com", `,"callbackURL":"/??`+ampersands+`"`), 400, "[body.callbackURL] Too big: expected string to have <=2048 bytes"},
		{"a long redirect", "/request-password-reset", `{"email":"a@example.com","redirectTo":"/` + x(2048) + `"}`, 400, "[body.redirectTo] Too big: expected string to have <=2048 bytes"},
		{"a long e-mail address", "/sign-up/email", signUp(x(60)+"@"+x(240)+".com", ""), 400, "[body.email] Too big: expected string to have <=255 characters"},
		{"a picture", "/sign-up/email", signUp("f@example.com", `,"image":"data:image/png;base64,`+x(60_000)+`"`), 200, ""},
		{"a long address of a picture", "/sign-up/email", signUp("g@example.com", `,"image":"https://`+x(2048)+`"`), 400, "[body.image] Too big: expected string to have <=2048 bytes"},
		{"an added field", "/sign-up/email", signUp("h@example.com", `,"bio":"`+x(65_535)+`"`), 200, ""},
		{"a long added field", "/sign-up/email", signUp("i@example.com", `,"bio":"`+x(65_536)+`"`), 400, "[body.bio] Too big: expected string to have <=65535 bytes"},
		{"nested texts", "/sign-in/social", `{"provider":"x","idToken":{"token":"t","user":{"name":{"firstName":"` + x(40_000) + `","lastName":"` + x(40_000) + `"}}}}`, 400, "[body.idToken] Too big: expected string to have <=65535 bytes"},
		{"data for a state", "/sign-in/social", `{"provider":"x","additionalData":{"a":["` + x(2000) + `","` + x(2000) + `","` + x(200) + `"]}}`, 400, "[body.additionalData] Too big: expected string to have <=4096 bytes"},
		{"parameters for a provider", "/sign-in/social", `{"provider":"x","additionalParams":{"a":"` + x(2048) + `"}}`, 400, "[body.additionalParams] Too big: expected string to have <=2048 bytes"},
		{"many values", "/sign-in/social", `{"provider":"x","scopes":[` + strings.Repeat(`"",`, 40_000) + `""]}`, 400, "[body.scopes] Too big: expected string to have <=65535 bytes"},
		{"a long key", "/sign-up/email", signUp("j@example.com", `,"`+x(65_536)+`":1`), 400, "Too big: expected string to have <=65535 bytes"},
		{"a password is left its own bound", "/sign-up/email", `{"name":"A","email":"k@example.com","password":"` + x(70_000) + `"}`, 400, "Password too long"},
		{"a query", "/verify-email?token=x&callbackURL=/" + x(2048), "", 400, "[query.callbackURL] Too big: expected string to have <=2048 bytes"},
		{"a long query", "/verify-email?token=" + x(17_000), "", 414, "The address of the request is too long"},
		{"a long path", "/reset-password/" + x(2048), "", 414, "The address of the request is too long"},
	} {
		got := s.Client().Post(tc.path, tc.body)
		if tc.body == "" {
			got = s.Client().Get(tc.path)
		}
		if got.Status != tc.status || !strings.Contains(got.Body, tc.text) {
			t.Errorf("%s: %d %.300s", tc.name, got.Status, got.Body)
		}
		if tc.status >= 400 && len(got.Body) > 1000 {
			t.Errorf("%s: an answer of %d bytes", tc.name, len(got.Body))
		}
	}
}

// A form with integer-like keys in descending order, which JavaScript sorts, does not take quadratic time: 18,000 of
// them once took twelve seconds.
func TestAttackManyNumberedKeys(t *testing.T) {
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{}))
	var form strings.Builder
	for i := 16_000; i > 0; i-- {
		fmt.Fprintf(&form, "%d&", i)
	}
	form.WriteString("name=A&email=a@example.com&password=password1234")
	if got := s.Client().Do(http.MethodPost, "/sign-up/email", "application/x-www-form-urlencoded", form.String()); got.Status != 200 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

func TestLongHeaders(t *testing.T) {
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{}))
	c := s.Client()
	c.Header.Set("User-Agent", strings.Repeat("é", 5000))
	token := c.SignUp("a@example.com").Text("token")
	session, err := s.Sessions.Find(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if agent := session.Session.UserAgent; agent != strings.Repeat("é", 512) {
		t.Errorf("the session keeps %d bytes of its user agent", len(agent))
	}
	if got := c.Do(http.MethodPost, "/sign-in/email", "x/"+strings.Repeat("y", 5000), "{}"); got.Status != 415 || len(got.Body) > 600 {
		t.Errorf("%d, %d bytes", got.Status, len(got.Body))
	}
	c.Header.Set("X-Padding", strings.Repeat("z", 64<<10))
	if got := c.Get("/ok"); got.Status != http.StatusRequestHeaderFieldsTooLarge || got.Code() != "REQUEST_HEADER_FIELDS_TOO_LARGE" {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

// Where a session is required, a body may be as long as maxBodyBytes, and every limit is an option.
func TestLimitsAreOptions(t *testing.T) {
	o := authtest.PlainPasswords(auth.Options{})
	o.Advanced.Limits = auth.Limits{Name: 1000, Address: 5000, PublicBody: 10_000, Text: 300_000}
	s := authtest.New(t, o)
	c := s.Client()
	c.SignUp("a@example.com")
	if got := c.Post("/update-user", `{"name":"`+strings.Repeat("x", 1000)+`","image":"data:,`+strings.Repeat("x", 200_000)+`"}`); got.Status != 200 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if got := c.Post("/update-user", `{"name":"`+strings.Repeat("x", 1001)+`"}`); got.Status != 400 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if got := c.Post("/sign-in/email", `{"email":"a@example.com","password":"password1234","callbackURL":"/`+strings.Repeat("x", 4999)+`"}`); got.Status != 200 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
	if got := c.Post("/sign-in/email", `{"email":"a@example.com","password":"`+strings.Repeat("x", 10_000)+`"}`); got.Status != 413 {
		t.Errorf("%d %s", got.Status, got.Body)
	}
}

// A session that is too large for cookies is logged once, and a log line does not repeat a long path from a client.
func TestLogsStayShort(t *testing.T) {
	var log bytes.Buffer
	o := authtest.PlainPasswords(auth.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	o.Session.CookieCache.Enabled = yes()
	s := authtest.New(t, o)
	c := s.Client()
	c.SignUp("a@example.com")
	for range 3 {
		if got := c.Post("/update-user", `{"image":"data:,`+strings.Repeat("x", 60_000)+`"}`); got.Status != 200 {
			t.Fatal(got.Body)
		}
	}
	if n := strings.Count(log.String(), "too large even for several cookies"); n != 1 {
		t.Errorf("logged %d times", n)
	}
	log.Reset()
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", authtest.Origin+"/api/auth/"+strings.Repeat("x", 60_000), nil))
	if log.Len() > 1000 {
		t.Errorf("a log of %d bytes", log.Len())
	}
}
