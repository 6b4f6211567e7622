package auth_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

// factors records when second factors are proved, by session.
type factors struct {
	proved map[string]time.Time
	err    error
}

func (f *factors) manifest() auth.Manifest {
	at := func(_ *auth.Context, s *auth.SignedIn) (time.Time, error) { return f.proved[s.Session.ID], f.err }
	return auth.Manifest{ID: "factors", Provides: auth.Services{FactorTime: at}}
}

// guarded has an endpoint with each guard.
func guarded(rule auth.SessionRule, guards map[string]auth.Guard) auth.Manifest {
	m := auth.Manifest{ID: "guarded"}
	for name, guard := range guards {
		m.Endpoints = append(m.Endpoints, auth.Handle(auth.Route{
			ID: name, Methods: []string{http.MethodGet}, Path: "/" + name, Session: rule,
		}, func(*auth.Context, *auth.None) (*auth.Nothing, error) { return nil, nil }, guard))
	}
	return m
}

func TestSignedInWithin(t *testing.T) {
	guards := map[string]auth.Guard{
		"ten": auth.SignedInWithin(10 * time.Minute), "never": auth.SignedInWithin(0), "negative": auth.SignedInWithin(-time.Hour),
		"factor": auth.FactorWithin(time.Hour),
	}
	for name, rule := range map[string]auth.SessionRule{"session": auth.RequireSession, "optional": auth.OptionalSession, "public": auth.Public} {
		for _, cached := range []bool{false, true} {
			o := authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{guarded(rule, guards)}})
			o.Session.CookieCache.Enabled = &cached
			s := authtest.New(t, o)
			c := s.Client()
			c.Get("/ten").WantCode(401, "UNAUTHORIZED")
			c.SignUp("ada@example.com")
			c.Get("/ten").Want(200)
			s.Advance(10*time.Minute - time.Second)
			c.Get("/ten").Want(200)
			s.Advance(time.Second)
			c.Get("/ten").Want(403, "code", "SESSION_NOT_FRESH", "message", "Session is not fresh")
			c.Get("/never").WantCode(403, "SESSION_NOT_FRESH")
			c.Get("/negative").WantCode(403, "SESSION_NOT_FRESH")
			// Nothing records second factors here.
			c.Get("/factor").WantCode(403, "SECOND_FACTOR_REQUIRED")
			// Extending a session is no sign-in.
			s.Advance(25 * time.Hour)
			c.Get("/get-session").Want(200)
			c.Get("/ten").WantCode(403, "SESSION_NOT_FRESH")
			c.SignIn("ada@example.com")
			if got := c.Get("/ten"); got.Status != 200 {
				t.Errorf("%s, cache %v: after a new sign-in %s", name, cached, got)
			}
			c.Get("/never").WantCode(403, "SESSION_NOT_FRESH")
		}
	}
}

func TestFactorWithin(t *testing.T) {
	f := &factors{proved: map[string]time.Time{}}
	older := auth.Manifest{ID: "older", Provides: auth.Services{FactorTime: func(*auth.Context, *auth.SignedIn) (time.Time, error) {
		return authtest.Start().Add(-time.Hour), nil
	}}}
	guards := map[string]auth.Guard{"ten": auth.FactorWithin(10 * time.Minute), "day": auth.FactorWithin(24 * time.Hour), "never": auth.FactorWithin(0)}
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{older, f.manifest(), guarded(auth.RequireSession, guards)}}))
	c := s.Client()
	c.Get("/ten").WantCode(401, "UNAUTHORIZED")
	c.SignUp("ada@example.com")
	c.Get("/ten").Want(403, "code", "SECOND_FACTOR_REQUIRED", "message", "Prove your second factor to perform this action")
	c.Get("/day").Want(200) // the other plugin
	other := s.Client()
	other.SignIn("ada@example.com")
	f.proved[c.Get("/get-session").Text("session.id")] = s.Now()
	c.Get("/ten").Want(200)
	c.Get("/never").WantCode(403, "SECOND_FACTOR_REQUIRED")
	other.Get("/ten").WantCode(403, "SECOND_FACTOR_REQUIRED") // another session of the same user
	s.Advance(10 * time.Minute)
	c.Get("/ten").WantCode(403, "SECOND_FACTOR_REQUIRED")
	c.SignIn("ada@example.com")
	c.Get("/ten").WantCode(403, "SECOND_FACTOR_REQUIRED")
	f.err = errors.New("down")
	if got := c.Get("/day"); got.Status != 500 || got.Body != "" {
		t.Errorf("%s", got)
	}
}

// A guard is a hook before an endpoint of others, too.
func TestStepUpBeforeOthers(t *testing.T) {
	hook := auth.Hook{On: []string{"/update-user"}, Do: auth.SignedInWithin(time.Minute)}
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{auth.Manifest{ID: "x", Before: []auth.Hook{hook}}}}))
	c := s.Client()
	c.Post("/update-user", `{"name":"Other"}`).WantCode(401, "UNAUTHORIZED")
	c.SignUp("ada@example.com")
	c.Post("/update-user", `{"name":"Other"}`).Want(200, "status", true)
	s.Advance(time.Minute)
	c.Post("/update-user", `{"name":"Third"}`).WantCode(403, "SESSION_NOT_FRESH")
	c.Get("/get-session").Want(200, "user.name", "Other")
}

// A session that has ended does not count, although the cookie cache has a copy of it.
func TestAttackStepUpWithEndedSession(t *testing.T) {
	f := &factors{proved: map[string]time.Time{}}
	guards := map[string]auth.Guard{"ten": auth.SignedInWithin(10 * time.Minute), "factor": auth.FactorWithin(10 * time.Minute)}
	for name, rule := range map[string]auth.SessionRule{"session": auth.RequireSession, "public": auth.Public} {
		o := authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{f.manifest(), guarded(rule, guards)}})
		o.Session.CookieCache.Enabled = yes()
		s := authtest.New(t, o)
		thief := s.Client()
		up := thief.SignUp("ada@example.com")
		id := thief.Get("/get-session").Text("session.id")
		f.proved[id] = s.Now()
		thief.Get("/ten").Want(200)
		thief.Get("/factor").Want(200)
		handler := s.RequireStepUp(auth.StepUp{SignedInWithin: time.Hour}, http.NotFoundHandler())
		if w := serve(handler, thief); w.Code != 404 {
			t.Errorf("%s: a handler of the program: %d %s", name, w.Code, w.Body)
		}
		if err := s.Sessions.End(t.Context(), up.Text("token")); err != nil {
			t.Fatal(err)
		}
		jar := map[string]string{}
		for k, v := range thief.Jar {
			jar[k] = v
		}
		for _, path := range []string{"/ten", "/factor"} {
			thief.Jar = map[string]string{}
			for k, v := range jar {
				thief.Jar[k] = v
			}
			thief.Get("/get-session").Want(200, "session.id", id) // the copy
			thief.Get(path).WantCode(401, "UNAUTHORIZED")
		}
		thief.Jar = jar
		if w := serve(handler, thief); w.Code != 401 {
			t.Errorf("%s: a handler of the program: %d %s", name, w.Code, w.Body)
		}
	}
}

// serve sends the cookies of a browser to a handler.
func serve(h http.Handler, c *authtest.Client) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/payout", nil)
	for name, value := range c.Jar {
		r.Header.Add("Cookie", name+"="+value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRequireStepUp(t *testing.T) {
	f := &factors{proved: map[string]time.Time{}}
	s := authtest.New(t, authtest.PlainPasswords(auth.Options{Plugins: []auth.Plugin{f.manifest()}}))
	guarded := s.RequireStepUp(auth.StepUp{SignedInWithin: time.Hour, FactorWithin: time.Minute}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, auth.CurrentUser(r.Context()).Email)
	}))
	c := s.Client()
	want := func(status int, body string) {
		t.Helper()
		if w := serve(guarded, c); w.Code != status || w.Body.String() != body {
			t.Errorf("%d %s, want %d %s", w.Code, w.Body, status, body)
		}
	}
	want(401, `{"message":"Unauthorized","code":"UNAUTHORIZED"}`)
	c.SignUp("ada@example.com")
	want(403, `{"message":"Prove your second factor to perform this action","code":"SECOND_FACTOR_REQUIRED"}`)
	f.proved[c.Get("/get-session").Text("session.id")] = s.Now()
	want(200, "ada@example.com")
	f.err = errors.New("down")
	want(503, `{"message":"The service is not available now. Please try again later.","code":"SERVICE_UNAVAILABLE"}`)
	f.err = nil
	s.Advance(time.Hour)
	want(403, `{"message":"Session is not fresh","code":"SESSION_NOT_FRESH"}`)
	s.Change("session", store.Record{"expiresAt": s.Now()}, store.Is("userId", c.Get("/get-session").Text("user.id")))
	s.Advance(time.Second)
	want(401, `{"message":"Unauthorized","code":"UNAUTHORIZED"}`)
	if !s.KnowsFactors() || authtest.New(t, auth.Options{}).KnowsFactors() {
		t.Error("KnowsFactors")
	}
}
