package customsession_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/internal/testserver"
	"github.com/seed-32bd42cb/betterauth/plugin/customsession"
	"github.com/seed-32bd42cb/betterauth/plugin/multisession"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestMain(m *testing.M) { testserver.Main(m) }

const ann = "ann@example.com"

// roles answers with the address of the user and roles.
func roles(_ context.Context, s customsession.Session) (any, error) {
	return map[string]any{"email": s.User.Email, "roles": []string{"admin"}, "session": s.Session.Public()}, nil
}

func server(t *testing.T, o auth.Options, fn callback.Func[customsession.Session, any], changeLists bool) *authtest.Server {
	t.Helper()
	p := customsession.Options{Fn: fn, PluginOptions: customsession.PluginOptions{ShouldMutateListDeviceSessionsEndpoint: changeLists}}
	o.Plugins = append(o.Plugins, customsession.New(p))
	return authtest.New(t, authtest.PlainPasswords(o))
}

// TestCustomSession: the answer is the function's, everywhere; a stranger gets null.
func TestCustomSession(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := server(t, o, roles, false)
		c := s.Client()
		c.Get("/get-session").Want(200, "", nil)
		c.SignUp(ann)
		for _, path := range []string{"/get-session", "/get-session?disableCookieCache=true", "/session"} {
			got := c.Get(path).Want(200, "email", ann, "roles.0", "admin", "session.token", authtest.Any, "user", authtest.Absent)
			if got.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%v", got.Header)
			}
		}
		c.Get("/get-session?disableCookieCache=1&disableRefresh=x").Want(200)
		c.Post("/get-session", "{}").Want(404)
		// Endpoints that need a session go by the session itself.
		c.Post("/update-user", `{"name":"Ann"}`).Want(200)
		c.Get("/list-sessions").Want(200, "", authtest.Len(1), "0.roles", authtest.Absent)
		c.Post("/sign-out", "{}").Want(200)
		c.Get("/get-session").Want(200, "", nil)
	})
}

// TestRefresh: the session is extended and cached as without the plugin.
func TestRefresh(t *testing.T) {
	s := server(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: new(true)}}}, roles, false)
	c := s.Client()
	c.SignUp(ann)
	c.Get("/get-session").WantNoCookie()
	s.Advance(2 * 24 * time.Hour)
	c.Get("/get-session").WantCookie("better-auth.session_token", "Max-Age=604800", "HttpOnly").WantCookie("better-auth.session_data")
	s.Advance(8 * 24 * time.Hour)
	c.Get("/get-session").Want(200, "", nil).WantCookie("better-auth.session_token", "Max-Age=0")
}

// TestAnswers: what the function may return, and how it fails.
func TestAnswers(t *testing.T) {
	give := func(v any, err error) callback.Func[customsession.Session, any] {
		return func(context.Context, customsession.Session) (any, error) { return v, err }
	}
	for name, tc := range map[string]struct {
		fn     callback.Func[customsession.Session, any]
		status int
		body   string
	}{
		"nil":     {give(nil, nil), 200, "null"},
		"list":    {give([]int{1, 2}, nil), 200, "[1,2]"},
		"number":  {give(7, nil), 200, "7"},
		"refused": {give(nil, &callback.APIError{Status: 403, Code: "BANNED", Message: "Banned"}), 403, `{"message":"Banned","code":"BANNED"}`},
		"failed":  {give(nil, errors.New("no")), 500, ""},
	} {
		s := server(t, auth.Options{Plugins: []auth.Plugin{multisession.New(multisession.Options{})}}, tc.fn, true)
		c := s.Client()
		c.SignUp(ann)
		if got := c.Get("/get-session"); got.Status != tc.status || got.Body != tc.body {
			t.Errorf("%s: %s", name, got)
		}
		if tc.status == 200 {
			tc.body = "[" + tc.body + "]"
		}
		if got := c.Get("/multi-session/list-device-sessions"); got.Status != 200 && got.Status != tc.status || got.Body != tc.body {
			t.Errorf("%s: devices: %s", name, got)
		}
	}
}

// TestHeaders: a function may set headers and cookies, which are sent with those of the session.
func TestHeaders(t *testing.T) {
	s := server(t, auth.Options{}, func(_ context.Context, s customsession.Session) (any, error) {
		s.Call.SetResponseHeader("X-Plan", "pro")
		return true, s.Call.SetCookie("plan", "pro", s.Call.CookieNamed("plan", nil).Attributes)
	}, false)
	c := s.Client()
	c.SignUp(ann)
	s.Advance(2 * 24 * time.Hour)
	if got := c.Get("/get-session").WantCookie("plan").WantCookie("better-auth.session_token"); got.Header.Get("X-Plan") != "pro" {
		t.Errorf("%v", got.Header)
	}
}

// TestDevices: sessions of the plugin multi-session are changed only if the option says so.
func TestDevices(t *testing.T) {
	for _, on := range []bool{true, false} {
		s := server(t, auth.Options{Plugins: []auth.Plugin{multisession.New(multisession.Options{})}}, roles, on)
		c := s.Client()
		c.Get("/multi-session/list-device-sessions").Want(200, "", authtest.Len(0))
		c.SignUp(ann)
		c.SignUp("bob@example.com")
		got := c.Get("/multi-session/list-device-sessions").Want(200, "", authtest.Len(2))
		// The order is that of the browser's cookies, whose names are random.
		path, other := "email", "user.email"
		if !on {
			path, other = other, path
		}
		first, second := got.Text("0."+path), got.Text("1."+path)
		if min(first, second) != ann || max(first, second) != "bob@example.com" {
			t.Errorf("%q and %q", first, second)
		}
		got.Want(200, "0."+other, authtest.Absent, "1."+other, authtest.Absent)
	}
}

// TestInGo: programs get the session itself, unless the function hides it.
func TestInGo(t *testing.T) {
	for _, hidden := range []bool{true, false} {
		s := server(t, auth.Options{}, func(ctx context.Context, in customsession.Session) (any, error) {
			if hidden {
				return nil, nil
			}
			return roles(ctx, in)
		}, false)
		c := s.Client()
		c.SignUp(ann)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		for name, value := range c.Jar {
			r.Header.Add("Cookie", name+"="+value)
		}
		_, user, err := s.Session(r)
		if err != nil || (user == nil) != hidden || user != nil && user.Email != ann {
			t.Errorf("hidden %t: %v, %v", hidden, user, err)
		}
		w := httptest.NewRecorder()
		s.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(auth.CurrentUser(r.Context()).Email))
		})).ServeHTTP(w, r)
		if hidden && w.Code != 401 || !hidden && w.Body.String() != ann {
			t.Errorf("hidden %t: %d %s", hidden, w.Code, w.Body)
		}
		got, err := auth.Invoke[struct{ Email string }](t.Context(), s.Auth, "getSession", auth.Input{Header: r.Header})
		if err != nil || (got == nil) != hidden || got != nil && got.Email != ann {
			t.Errorf("hidden %t: %v, %v", hidden, got, err)
		}
	}
}

// While the database does not answer, nobody is told to be signed out.
func TestOutage(t *testing.T) {
	var out authtest.Outage
	o := everywhere.Memory.Options(t)
	o.Database = out.Driver(o.Database)
	s := server(t, o, roles, false)
	c := s.Client()
	c.SignUp(ann)
	out.Begin(store.ErrUnavailable)
	c.Get("/get-session").WantCode(503, "SERVICE_UNAVAILABLE").WantNoCookie()
	out.End()
	c.Get("/get-session").Want(200, "email", ann)
}

func TestFunctionNeeded(t *testing.T) {
	err := customsession.New(customsession.Options{}).Manifest().Init(nil)
	if err == nil || !strings.Contains(err.Error(), "fn is needed") {
		t.Error(err)
	}
}

// The function is asked about the session of the caller only: not for a forged cookie, an ended session, or a cached
// session with the token of another.
func TestAttackSessionOfAnother(t *testing.T) {
	asked := map[string]int{}
	s := server(t, auth.Options{Session: auth.SessionOptions{CookieCache: auth.CookieCache{Enabled: new(true)}}}, func(_ context.Context, s customsession.Session) (any, error) {
		asked[s.User.Email]++
		return s.User.Email, nil
	}, false)
	victim, c := s.Client(), s.Client()
	token := victim.SignUp(ann).Text("token")
	c.SignUp("bob@example.com")
	own := c.Jar["better-auth.session_token"]
	for _, forged := range []string{token, token + "." + strings.Repeat("A", 43) + "%3D"} {
		c.Jar["better-auth.session_token"] = forged
		c.Get("/get-session").Want(200, "", nil)
	}
	c.Jar["better-auth.session_token"], c.Jar["better-auth.session_data"] = own, victim.Jar["better-auth.session_data"]
	if got := c.Get("/get-session"); got.Body != "bob@example.com" {
		t.Error(got)
	}
	if err := s.Sessions.End(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	victim.Get("/get-session?disableCookieCache=true").Want(200, "", nil)
	if asked[ann] != 0 {
		t.Errorf("asked %v", asked)
	}
}
