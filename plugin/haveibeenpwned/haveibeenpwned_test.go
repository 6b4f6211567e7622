package haveibeenpwned_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/plugin/haveibeenpwned"
	"github.com/seed-32bd42cb/betterauth/secret"
)

const leaked = "password-that-leaked"

// service plays Have I Been Pwned. It is the HTTP transport of a server.
type service struct {
	mu     sync.Mutex
	asked  []*http.Request
	answer func(r *http.Request) (*http.Response, error) // nil for the list
}

// RoundTrip implements [http.RoundTripper].
func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked = append(s.asked, r)
	answer := s.answer
	s.mu.Unlock()
	if answer != nil {
		return answer(r)
	}
	_, rest := secret.PwnedRange(leaked)
	_, padding := secret.PwnedRange(authtest.Password)
	return text(200, "0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n"+rest+":73\r\n"+padding+":0"), nil
}

func text(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(body))}
}

func server(t *testing.T, p haveibeenpwned.Options) (*authtest.Server, *service, *bytes.Buffer) {
	t.Helper()
	s, log := &service{}, &bytes.Buffer{}
	o := auth.Options{HTTP: s, Logger: slog.New(slog.NewTextHandler(log, nil)), Plugins: []auth.Plugin{haveibeenpwned.New(p)}}
	return authtest.New(t, authtest.PlainPasswords(o)), s, log
}

func signUp(c *authtest.Client, email, password string) *authtest.Answer {
	c.Server.T.Helper()
	return c.Post("/sign-up/email", `{"name":"Test","email":"`+email+`","password":"`+password+`"}`)
}

func TestNewPasswords(t *testing.T) {
	no := false
	for name, tc := range map[string]struct {
		o       haveibeenpwned.Options
		signUp  bool // is checked
		change  bool
		message string
	}{
		"by default":   {haveibeenpwned.Options{}, true, true, haveibeenpwned.PasswordCompromised.Message},
		"own message":  {haveibeenpwned.Options{CustomPasswordCompromisedMessage: "Pick another one"}, true, true, "Pick another one"},
		"own paths":    {haveibeenpwned.Options{Paths: []string{"/change-password"}}, false, true, haveibeenpwned.PasswordCompromised.Message},
		"no paths":     {haveibeenpwned.Options{Paths: []string{}}, false, false, ""},
		"switched off": {haveibeenpwned.Options{Enabled: &no}, false, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, _ := server(t, tc.o)
			got := signUp(s.Client(), "ann@example.com", leaked)
			if tc.signUp {
				got.WantCode(400, "PASSWORD_COMPROMISED").Want(400, "message", tc.message)
				s.WantRows(0, "user")
			} else {
				got.Want(200)
			}
			c := s.Client()
			c.SignUp("bob@example.com")
			got = c.Post("/change-password", `{"currentPassword":"password1234","newPassword":"`+leaked+`"}`)
			if tc.change {
				got.WantCode(400, "PASSWORD_COMPROMISED").Want(400, "message", tc.message)
				c.TrySignIn("bob@example.com", authtest.Password).Want(200)
			} else {
				got.Want(200)
			}
		})
	}
}

// TestUnavailable: whatever keeps a password from being checked, it is refused, or accepted if the options say so.
func TestUnavailable(t *testing.T) {
	_, rest := secret.PwnedRange(leaked)
	down := func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }
	says := func(status int, body string) func(*http.Request) (*http.Response, error) {
		return func(*http.Request) (*http.Response, error) { return text(status, body), nil }
	}
	const again = "Failed to check password. Please try again later."
	for name, tc := range map[string]struct {
		answer  func(*http.Request) (*http.Response, error)
		message string
	}{
		"down": {down, again},
		"slow": {func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, again},
		"slow in the middle": {func(r *http.Request) (*http.Response, error) {
			res := text(200, "")
			res.Body = io.NopCloser(stuck{r.Context()})
			return res, nil
		}, again},
		"status 503":         {says(503, "overloaded"), "Failed to check password. Status: 503"},
		"status 429":         {says(429, ""), "Failed to check password. Status: 429"},
		"a redirect":         {says(302, ""), "Failed to check password. Status: 302"},
		"a count of words":   {says(200, rest+":many"), again},
		"an endless answer":  {says(200, strings.Repeat("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n", 120_000)), again},
		"a document of JSON": {says(200, `{"found":true}`), again},
	} {
		t.Run(name, func(t *testing.T) {
			for _, outcome := range []haveibeenpwned.Outcome{haveibeenpwned.Refuse, haveibeenpwned.Accept} {
				s, hibp, log := server(t, haveibeenpwned.Options{Timeout: 1, WhenUnavailable: outcome})
				hibp.answer = tc.answer
				begun := time.Now()
				got := signUp(s.Client(), "ann@example.com", leaked)
				if took := time.Since(begun); took > 10*time.Second {
					t.Errorf("the answer took %v", took)
				}
				if outcome == haveibeenpwned.Accept {
					got.Want(200)
				} else {
					got.Want(500, "message", tc.message)
					s.WantRows(0, "user")
				}
				if !strings.Contains(log.String(), "have-i-been-pwned: a password") || strings.Contains(log.String(), leaked) {
					t.Errorf("logged %s", log)
				}
			}
		})
	}
}

// stuck is a body that never ends.
type stuck struct{ ctx context.Context }

func (s stuck) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// TestFromGo: a program can ask by itself, and hashes passwords unchecked.
func TestFromGo(t *testing.T) {
	o := auth.Options{HTTP: &service{}}
	p := haveibeenpwned.New(haveibeenpwned.Options{})
	o.Plugins = []auth.Plugin{p}
	s := authtest.New(t, authtest.PlainPasswords(o))
	for password, want := range map[string]bool{leaked: true, authtest.Password: false, "something else": false} {
		if known, err := p.Compromised(t.Context(), password); known != want || err != nil {
			t.Errorf("%s: %v %v", password, known, err)
		}
	}
	if _, err := s.Passwords.Hash(t.Context(), leaked); err != nil {
		t.Errorf("outside of a call: %v", err)
	}
	if _, err := s.Call(t.Context(), "signUpEmail", auth.Input{Body: map[string]any{"name": "A", "email": "a@example.com", "password": leaked}}); !errors.As(err, new(*auth.Error)) {
		t.Errorf("a sign-up from Go: %v", err)
	}
}

func TestOptionsThatDoNotFit(t *testing.T) {
	for want, o := range map[string]haveibeenpwned.Options{
		"timeout: must be at most 60":                        {Timeout: 61},
		`whenUnavailable: must be one of refuse, accept, no`: {WhenUnavailable: "ask"},
	} {
		_, err := auth.New(auth.Options{Mode: auth.Development, Secret: authtest.Secret, Plugins: []auth.Plugin{haveibeenpwned.New(o)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

// The service, and somebody who reads the connection, must learn neither the password nor its hash.
func TestAttackPasswordInRangeQuery(t *testing.T) {
	s, hibp, _ := server(t, haveibeenpwned.Options{})
	c := s.Client()
	c.Header.Set("X-Secret", "of the request")
	signUp(c, "ann@example.com", leaked).WantCode(400, "PASSWORD_COMPROMISED")
	if len(hibp.asked) != 1 {
		t.Fatalf("%d requests", len(hibp.asked))
	}
	r := hibp.asked[0]
	sent, rest := secret.PwnedRange(leaked)
	var dump bytes.Buffer
	if err := r.Write(&dump); err != nil {
		t.Fatal(err)
	}
	if r.Method != http.MethodGet || r.URL.String() != "https://api.pwnedpasswords.com/range/"+sent || len(sent) != 5 || r.Header.Get("Add-Padding") != "true" {
		t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
	}
	all := strings.ToUpper(dump.String())
	for _, part := range []string{strings.ToUpper(leaked), rest, rest[:4], "ANN@EXAMPLE.COM", "OF THE REQUEST"} {
		if strings.Contains(all, part) {
			t.Errorf("the request has %q: %s", part, dump.String())
		}
	}
	for name := range r.Header {
		if !regexp.MustCompile(`^(Add-Padding|User-Agent)$`).MatchString(name) {
			t.Errorf("the request has the header %s", name)
		}
	}
}

// A sign-in must not ask the service, even if its path is in the options: only the password of an unknown user would
// be hashed there, which would reveal who has an account.
func TestAttackEnumerateByRangeQueries(t *testing.T) {
	s, hibp, _ := server(t, haveibeenpwned.Options{Paths: []string{"/sign-in/email"}})
	s.Client().SignUp("ann@example.com")
	known, unknown := s.Client().TrySignIn("ann@example.com", leaked), s.Client().TrySignIn("nobody@example.com", leaked)
	if known.Status != 401 || known.Body != unknown.Body || len(hibp.asked) != 0 {
		t.Errorf("known: %d %s, unknown: %d %s, %d requests", known.Status, known.Body, unknown.Status, unknown.Body, len(hibp.asked))
	}
}
