package auth_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/kv"
	"github.com/seed-32bd42cb/betterauth/plugin/bearer"
	"github.com/seed-32bd42cb/betterauth/store"
	"github.com/seed-32bd42cb/betterauth/store/memstore"
)

// halves is a server whose database and secondary storage can fail separately.
type halves struct {
	*authtest.Server
	database, storage authtest.Outage
	log               bytes.Buffer
}

func openHalves(t *testing.T, storage bool, o auth.Options) *halves {
	t.Helper()
	h := &halves{}
	o.Database = h.database.Driver(memstore.New())
	o.Logger = slog.New(slog.NewTextHandler(&h.log, nil))
	if storage {
		o.SecondaryStorage = h.storage.KV(kv.NewMemory(func(context.Context) time.Time { return h.Options.Now() }, 0))
	}
	h.Server = authtest.New(t, authtest.PlainPasswords(o))
	return h
}

// TestHalfOutage: what works while one of the two stores is down, for each way to store sessions. docs/operations.md
// has the same table.
func TestHalfOutage(t *testing.T) {
	yes := true
	both := func(o *auth.Options) { o.Session.StoreSessionInDatabase = true }
	cached := func(o *auth.Options) { o.Session.CookieCache.Enabled = &yes }
	for _, tt := range []struct {
		name            string
		storage         bool
		change          func(o *auth.Options)
		database, redis [3]int // get-session, list-accounts, sign-in while the store is down
	}{
		{"in the database", false, func(*auth.Options) {}, [3]int{503, 503, 503}, [3]int{200, 200, 200}},
		{"in secondary storage", true, func(*auth.Options) {}, [3]int{200, 503, 503}, [3]int{503, 503, 503}},
		{"in both", true, both, [3]int{200, 503, 503}, [3]int{503, 503, 503}},
		{"in the database, cached", false, cached, [3]int{200, 503, 503}, [3]int{200, 200, 200}},
		{"in secondary storage, cached", true, cached, [3]int{200, 503, 503}, [3]int{200, 200, 503}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var o auth.Options
			tt.change(&o)
			h := openHalves(t, tt.storage, o)
			c := h.Client()
			c.SignUp("ann@example.com")
			for name, down := range map[string]struct {
				outage *authtest.Outage
				want   [3]int
			}{"database": {&h.database, tt.database}, "storage": {&h.storage, tt.redis}} {
				down.outage.Begin(errors.New("gone"))
				got := [3]*authtest.Answer{c.Get("/get-session"), c.Get("/list-accounts"), h.Client().Post("/sign-in/email", `{"email":"ann@example.com","password":"password1234"}`)}
				for i, a := range got {
					if a.Status != down.want[i] || a.Status == http.StatusOK && a.Body == "null" {
						t.Errorf("%s down, request %d: %d %s", name, i, a.Status, a.Body)
					}
				}
				down.outage.End()
				if a := c.Get("/get-session"); a.Status != http.StatusOK || a.Body == "null" {
					t.Errorf("%s up again: %d %s", name, a.Status, a.Body)
				}
			}
		})
	}
}

// TestUnwritableDatabase: with a full disk or a read-only database everybody stays signed in, even when the session
// should be extended.
func TestUnwritableDatabase(t *testing.T) {
	h := &halves{}
	h.Server = authtest.New(t, auth.Options{Database: unwritable{memstore.New(), &h.database}, Logger: slog.New(slog.NewTextHandler(&h.log, nil))})
	c := h.Client()
	c.SignUp("ann@example.com")
	h.Advance(25 * time.Hour) // the session should now be extended
	h.database.Begin(fmt.Errorf("%w: database or disk is full (13)", store.ErrUnavailable))
	if got := c.Get("/get-session"); got.Status != http.StatusOK || !strings.Contains(got.Body, "ann@example.com") || got.Header["Set-Cookie"] != nil {
		t.Errorf("%d %s %v", got.Status, got.Body, got.Header["Set-Cookie"])
	}
	if got := c.Post("/sign-out", `{}`); got.Status != http.StatusServiceUnavailable || got.Header["Set-Cookie"] != nil {
		t.Errorf("signed out: %d %s %v", got.Status, got.Body, got.Header["Set-Cookie"])
	}
	if got := c.Post("/change-password", `{"currentPassword":"wrong","newPassword":"password5678"}`); got.Status != http.StatusBadRequest {
		t.Errorf("a wrong password: %d %s", got.Status, got.Body)
	}
	if !strings.Contains(h.log.String(), "the end of a session could not be moved") {
		t.Errorf("logged %s", h.log.String())
	}
	h.database.End()
	if got := c.Get("/get-session"); got.Status != http.StatusOK || got.Header["Set-Cookie"] == nil {
		t.Errorf("afterwards: %d %v", got.Status, got.Header["Set-Cookie"])
	}
}

// unwritable is a driver whose writes fail.
type unwritable struct {
	store.Driver
	outage *authtest.Outage
}

func (u unwritable) Insert(ctx context.Context, t *store.TableSchema, row store.Record) (store.Record, error) {
	return u.outage.Driver(u.Driver).Insert(ctx, t, row)
}

func (u unwritable) UpdateOne(ctx context.Context, t *store.TableSchema, where []store.Where, c store.Change) (store.Record, error) {
	return u.outage.Driver(u.Driver).UpdateOne(ctx, t, where, c)
}

func (u unwritable) DeleteOne(ctx context.Context, t *store.TableSchema, where []store.Where) (store.Record, error) {
	return u.outage.Driver(u.Driver).DeleteOne(ctx, t, where)
}

// TestRequireInOutage: handlers of Go programs get the same results.
func TestRequireInOutage(t *testing.T) {
	h := openHalves(t, false, auth.Options{Plugins: []auth.Plugin{bearer.New(bearer.Options{})}})
	c := h.Client()
	up := c.SignUp("ann@example.com")
	h.database.Begin(store.ErrUnavailable)
	for name, value := range map[string]string{
		"Cookie": "better-auth.session_token=" + c.Jar["better-auth.session_token"], "Authorization": "Bearer " + up.Header.Get("Set-Auth-Token"),
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set(name, value)
		w := httptest.NewRecorder()
		h.Require(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("let through") })).ServeHTTP(w, r)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "SERVICE_UNAVAILABLE") || w.Header()["Set-Cookie"] != nil {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
		var failed *auth.Error
		if _, _, err := h.Session(r); !errors.As(err, &failed) || failed.Status != http.StatusServiceUnavailable || !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDataIsNoOutage: an error about the data from a working store is reported as the client's error, not as an
// outage.
func TestDataIsNoOutage(t *testing.T) {
	for name, err := range map[string]error{"unfit": store.ErrUnfit, "conflict": store.ErrConflict, "required": store.ErrRequired} {
		t.Run(name, func(t *testing.T) {
			h := &halves{}
			h.Server = authtest.New(t, auth.Options{Database: unwritable{memstore.New(), &h.database}})
			h.database.Begin(fmt.Errorf("%w: a value", err))
			if got := h.Client().Post("/sign-up/email", `{"name":"A","email":"a@example.com","password":"password1234"}`); got.Status != http.StatusUnprocessableEntity || got.Code() != "FAILED_TO_CREATE_USER" {
				t.Errorf("%d %s", got.Status, got.Body)
			}
		})
	}
}

// TestHooksInOutage: after hooks see the answer that the client gets, and onAPIError.onError is called as for any
// other error.
func TestHooksInOutage(t *testing.T) {
	var seen, heard []int
	o := auth.Options{}
	o.Hooks.After = func(_ context.Context, c *auth.Context) (callback.Answer, error) {
		if e, ok := c.Returned.(*auth.Error); ok {
			seen = append(seen, e.Status)
		}
		return callback.Answer{}, nil
	}
	o.OnAPIError.OnError = func(_ context.Context, in auth.ErrorEvent) (callback.Nothing, error) {
		var e *auth.Error
		if errors.As(in.Err, &e) {
			heard = append(heard, e.Status)
		}
		return callback.Nothing{}, nil
	}
	h := openHalves(t, false, o)
	c := h.Client()
	h.database.Begin(store.ErrUnavailable)
	c.Post("/sign-up/email", `{"name":"A","email":"a@example.com","password":"password1234"}`) // a 422 in the reference
	c.Post("/sign-in/email", `{"email":"a@example.com","password":"password1234"}`)            // an unknown error
	if fmt.Sprint(seen, heard) != "[503] [503]" {
		t.Errorf("hooks saw %v, onError heard %v", seen, heard)
	}
}

// TestLimiterInOutage: limited calls are refused if they cannot be counted, and /ok does not need the limiter's
// storage.
func TestLimiterInOutage(t *testing.T) {
	yes := true
	for _, storage := range []string{"database", "secondary-storage"} {
		t.Run(storage, func(t *testing.T) {
			o := auth.Options{}
			o.RateLimit.Enabled, o.RateLimit.Storage, o.RateLimit.Max, o.RateLimit.Window = &yes, storage, 3, 10
			h := openHalves(t, true, o)
			c := h.Client()
			h.database.Begin(store.ErrUnavailable)
			h.storage.Begin(kv.ErrUnavailable)
			for _, path := range []string{"/get-session", "/nowhere"} {
				if got := c.Get(path); got.Status != http.StatusServiceUnavailable {
					t.Errorf("%s: %d %s", path, got.Status, got.Body)
				}
			}
			if c.Get("/reset-password/hushhush?callbackURL=/x"); strings.Contains(h.log.String(), "hushhush") {
				t.Errorf("the log has a token: %s", h.log.String())
			}
			h.log.Reset()
			var statuses []int
			for range 4 {
				statuses = append(statuses, c.Get("/ok").Status)
			}
			if fmt.Sprint(statuses) != "[200 200 200 429]" || strings.Count(h.log.String(), "\n") != 1 {
				t.Errorf("%v, logged %s", statuses, h.log.String())
			}
			h.database.End()
			h.storage.End()
			h.Advance(11 * time.Second)
			if got := c.Get("/ok"); got.Status != http.StatusOK {
				t.Errorf("afterwards: %d", got.Status)
			}
		})
	}
}

// TestSchemaCheckInOutage: calls that wait for a failing schema check do not each run another one.
func TestSchemaCheckInOutage(t *testing.T) {
	looks := 0
	o := auth.Options{CheckSchema: func(*auth.Auth) error { looks++; return store.ErrUnavailable }}
	s := authtest.New(t, o)
	for range 3 {
		if got := s.Client().Get("/get-session"); got.Status != http.StatusServiceUnavailable {
			t.Errorf("%d %s", got.Status, got.Body)
		}
	}
	if got := s.Client().Get("/ok"); got.Status != http.StatusOK || looks != 1 {
		t.Errorf("%d %s after %d looks", got.Status, got.Body, looks)
	}
	s.Advance(2 * time.Second)
	if s.Client().Get("/get-session"); looks != 2 {
		t.Errorf("%d looks", looks)
	}
}

// TestUnavailableAcrossOrigins: a script of a trusted foreign origin can read how long to wait.
func TestUnavailableAcrossOrigins(t *testing.T) {
	o := auth.Options{}
	o.TrustedOrigins.List = []string{"https://app.example.com"}
	h := openHalves(t, false, o)
	c := h.Client()
	c.SignUp("ann@example.com")
	c.Origin = "https://app.example.com"
	h.database.Begin(store.ErrUnavailable)
	if got := c.Get("/get-session"); got.Status != http.StatusServiceUnavailable || got.Header.Get("Access-Control-Allow-Origin") != c.Origin || got.Header.Get("Access-Control-Expose-Headers") != "Retry-After" {
		t.Errorf("%d %v", got.Status, got.Header)
	}
}
