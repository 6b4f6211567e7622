package deviceauthorization_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/plugin/deviceauthorization"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

func server(t *testing.T, o auth.Options, p deviceauthorization.Options) *authtest.Server {
	o.Plugins = []auth.Plugin{bearer.New(bearer.Options{}), deviceauthorization.New(p)}
	return authtest.New(t, authtest.PlainPasswords(o))
}

// device is a device without cookies that asked for a code.
type device struct {
	*authtest.Client
	code, userCode string
}

func ask(s *authtest.Server) *device {
	s.T.Helper()
	c := s.Client()
	c.Origin = ""
	got := c.Post("/device/code", `{"client_id":"tv","scope":"read"}`).Want(200)
	return &device{c, got.Text("device_code"), got.Text("user_code")}
}

func (d *device) poll() *authtest.Answer {
	return d.Post("/device/token", `{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","client_id":"tv","device_code":"`+d.code+`"}`)
}

func enter(c *authtest.Client, code string) *authtest.Answer {
	return c.Get("/device?user_code=" + url.QueryEscape(code))
}

func decide(c *authtest.Client, verb, code string) *authtest.Answer {
	return c.Post("/device/"+verb, `{"userCode":"`+code+`"}`)
}

// wantError checks an error in the form of OAuth.
func wantError(t *testing.T, got *authtest.Answer, status int, name string, code auth.Code) {
	t.Helper()
	got.Want(status, "error", name, "error_description", code.Message)
}

func TestFlow(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, deviceauthorization.Options{})
		tv := ask(s)
		wantError(t, tv.poll(), 400, "authorization_pending", deviceauthorization.AuthorizationPending)
		wantError(t, tv.poll(), 400, "slow_down", deviceauthorization.PollingTooFrequently)
		owner := s.Client()
		enter(owner, tv.userCode).Want(200, "status", "pending", "client_id", authtest.Absent, "scope", authtest.Absent)
		owner.SignUp("ann@example.com")
		typed := strings.ToLower(tv.userCode[:4] + "-" + tv.userCode[4:])
		enter(owner, typed).Want(200, "status", "pending", "client_id", "tv", "scope", "read", "user_code", typed)
		decide(owner, "approve", tv.userCode).Want(200, "success", true)
		s.Advance(5 * time.Second)
		got := tv.poll().Want(200, "token_type", "Bearer", "scope", "read", "expires_in", 7*24*60*60).WantNoCookie()
		if got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("headers %v", got.Header)
		}
		tv.Header.Set("Authorization", "Bearer "+got.Text("access_token"))
		tv.Get("/get-session").Want(200, "user.email", "ann@example.com")
		s.WantRows(0, "deviceCode")
	})
}

func TestCodes(t *testing.T) {
	s := server(t, auth.Options{}, deviceauthorization.Options{VerificationURI: "/enter?lang=en"})
	got := s.Client().Post("/device/code", `{"client_id":"tv"}`).Want(200, "device_code", authtest.Like("^[A-Za-z0-9]{40}$"),
		"user_code", authtest.Like("^[A-HJ-NP-Z2-9]{8}$"), "expires_in", 1800, "interval", 5, "verification_uri", authtest.Origin+"/enter?lang=en")
	if want := authtest.Origin + "/enter?lang=en&user_code=" + got.Text("user_code"); got.Text("verification_uri_complete") != want {
		t.Errorf("got %s, want %s", got.Text("verification_uri_complete"), want)
	}
}

func TestDenied(t *testing.T) {
	s := server(t, auth.Options{}, deviceauthorization.Options{})
	tv, owner := ask(s), s.Client()
	owner.SignUp("ann@example.com")
	wantError(t, decide(owner, "deny", tv.userCode), 400, "invalid_request", deviceauthorization.NotClaimed)
	enter(owner, tv.userCode).Want(200)
	decide(owner, "deny", tv.userCode).Want(200)
	wantError(t, decide(owner, "approve", tv.userCode), 400, "invalid_request", deviceauthorization.AlreadyProcessed)
	wantError(t, tv.poll(), 400, "access_denied", deviceauthorization.AccessDenied)
	wantError(t, tv.poll(), 400, "invalid_grant", deviceauthorization.InvalidDeviceCode)
}

func TestExpired(t *testing.T) {
	s := server(t, auth.Options{}, deviceauthorization.Options{ExpiresIn: option.Span(time.Minute)})
	tv, late, owner := ask(s), ask(s), s.Client()
	owner.SignUp("ann@example.com")
	enter(owner, tv.userCode)
	s.Advance(time.Minute + time.Second)
	wantError(t, enter(owner, tv.userCode), 400, "expired_token", deviceauthorization.ExpiredUserCode)
	wantError(t, decide(owner, "approve", tv.userCode), 400, "expired_token", deviceauthorization.ExpiredUserCode)
	wantError(t, tv.poll(), 400, "expired_token", deviceauthorization.ExpiredDeviceCode)
	// The sweep leaves a code for an hour, in which a device that polls late is told that it has expired.
	for _, left := range []int{1, 0} {
		s.WantRows(1, "deviceCode")
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.WantRows(left, "deviceCode")
		s.Advance(time.Hour)
	}
	wantError(t, late.poll(), 400, "invalid_grant", deviceauthorization.InvalidDeviceCode)
}

func TestBadRequests(t *testing.T) {
	s := server(t, auth.Options{}, deviceauthorization.Options{})
	c := s.Client()
	c.Post("/device/code", `{}`).Want(400, "error", "invalid_request", "error_description", "[body.client_id] Invalid input: expected string, received undefined")
	c.Post("/device/code", `{"client_id":""}`).Want(400, "error_description", "client_id is required")
	form := "application/x-www-form-urlencoded"
	c.Do("POST", "/device/code", form, "client_id=a&client_id=b").Want(400, "error_description", "client_id must not be repeated")
	c.Do("POST", "/device/code", form, "client_id=tv&scope=&scope=a").Want(200)
	if scope := s.Row("deviceCode")["scope"]; scope != "a" {
		t.Errorf("scope %v", scope)
	}
	c.Post("/device/token", `{"grant_type":"password","device_code":"x","client_id":"tv"}`).WantCode(400, "VALIDATION_ERROR")
	wantError(t, enter(c, "x"), 400, "invalid_request", deviceauthorization.InvalidUserCode)
	wantError(t, decide(c, "approve", "x"), 401, "unauthorized", deviceauthorization.AuthenticationRequired)
}

func TestCallbacks(t *testing.T) {
	var told []string
	n := 0
	s := server(t, auth.Options{}, deviceauthorization.Options{
		ValidateClient: func(_ context.Context, id string) (bool, error) { return id == "tv", nil },
		OnDeviceAuthRequest: func(_ context.Context, r deviceauthorization.Request) (callback.Nothing, error) {
			told = append(told, r.ClientID+" "+*r.Scope)
			return callback.Nothing{}, nil
		},
		GenerateUserCode: func(context.Context, callback.Nothing) (string, error) {
			n++ // the second code is the first again
			return []string{"", "one", "one", "two", strings.Repeat("x", 192)}[n], nil
		},
	})
	ask(s)
	if second := ask(s); second.userCode != "two" {
		t.Errorf("user code %q", second.userCode)
	}
	c := s.Client()
	c.Post("/device/code", `{"client_id":"evil"}`).Want(400, "error", "invalid_client")
	c.Post("/device/token", `{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","client_id":"evil","device_code":"x"}`).Want(400, "error", "invalid_client")
	c.Post("/device/code", `{"client_id":"tv","scope":"read"}`).Want(400, "error_description", "Generated user code must be at most 191 characters")
	if len(told) != 3 || told[0] != "tv read" {
		t.Errorf("told %q", told)
	}
}

func TestGivesUp(t *testing.T) {
	s := server(t, auth.Options{}, deviceauthorization.Options{
		GenerateDeviceCode: func(context.Context, callback.Nothing) (string, error) { return "same", nil },
	})
	ask(s)
	s.Client().Post("/device/code", `{"client_id":"tv"}`).Want(500, "error", "server_error", "error_description", "Failed to generate a unique device code")
}

func TestRateLimit(t *testing.T) {
	o := auth.Options{RateLimit: auth.RateLimitOptions{Enabled: new(true)}}
	s := server(t, o, deviceauthorization.Options{ExpiresIn: option.Span(2 * time.Minute)})
	c := s.Client()
	for range 5 {
		enter(c, "x").Want(400)
	}
	s.Advance(time.Minute)
	enter(c, "x").Want(429)
	s.Advance(time.Minute + time.Second)
	enter(c, "x").Want(400)
}

// A user whom a plugin refuses gets no session by a device.
func TestAdmit(t *testing.T) {
	refuse := auth.Manifest{ID: "refuse", Admit: func(_ *auth.Context, _ *auth.User, how auth.SignIn) error {
		if how.Method == "device-authorization" {
			return auth.Forbidden(auth.Code{Name: "BANNED", Message: "Banned"})
		}
		return nil
	}}
	o := authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{refuse, deviceauthorization.New(deviceauthorization.Options{})}})
	s := authtest.New(t, o)
	tv, owner := ask(s), s.Client()
	owner.SignUp("ann@example.com")
	enter(owner, tv.userCode)
	decide(owner, "approve", tv.userCode).Want(200)
	tv.poll().WantCode(403, "BANNED")
	s.WantRows(1, "session")
}

func TestRenamed(t *testing.T) {
	s := server(t, auth.Options{}, deviceauthorization.Options{Schema: map[string]auth.ModelOptions{
		"deviceCode": {ModelName: "device_codes", Fields: map[string]string{"userCode": "user_code"}},
	}})
	ask(s)
	if table := s.Store.Table("deviceCode"); table.Name != "device_codes" || table.Column("userCode").Physical != "user_code" {
		t.Errorf("table %s", table.Name)
	}
}

func TestWrongOptions(t *testing.T) {
	for name, o := range map[string]deviceauthorization.Options{
		"too many characters": {UserCodeLength: 192},
		"negative":            {DeviceCodeLength: -1},
		"in the past":         {ExpiresIn: option.Span(-time.Minute)},
		"no such table":       {Schema: map[string]auth.ModelOptions{"user": {ModelName: "people"}}},
	} {
		_, err := auth.New(auth.Options{
			Mode: auth.Development, BaseURL: auth.Static(authtest.Origin), Secret: authtest.Secret, Now: authtest.Start,
			Plugins: []auth.Plugin{deviceauthorization.New(o)},
		})
		if err == nil || !strings.Contains(err.Error(), "evice") && !strings.Contains(err.Error(), "must be") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRowsThatMakeNoSense(t *testing.T) {
	s := server(t, auth.Options{}, deviceauthorization.Options{Interval: new(option.Span)})
	tv := ask(s)
	s.Change("deviceCode", store.Record{"status": "lost"})
	wantError(t, tv.poll(), 500, "server_error", deviceauthorization.InvalidStatus)
	s.Change("deviceCode", store.Record{"status": "approved"})
	wantError(t, tv.poll(), 500, "server_error", deviceauthorization.InvalidStatus)
	s.Change("deviceCode", store.Record{"userId": "nobody"})
	wantError(t, tv.poll(), 500, "server_error", auth.UserNotFound)
}
