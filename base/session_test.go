package base_test

import (
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/auth/authtest/everywhere"
	"github.com/seed-32bd42cb/betterauth/store"
)

// elsewhere signs Ann in on another device.
func elsewhere(w *world) { w.Client().SignIn(annEmail) }

// later moves the clock.
func later(d time.Duration) func(w *world) { return func(w *world) { w.Advance(d) } }

func TestGetSession(t *testing.T) {
	week := authtest.Start().Add(7 * 24 * time.Hour)
	deferred := func(o *auth.Options) { o.Session.DeferSessionRefresh = true }
	renewed := want{"session.expiresAt", week.Add(25 * time.Hour)}
	endpoint{method: "GET", path: "/get-session"}.test(t, []call{
		{name: "returns session and user", status: 200, want: want{
			"session.token", "<token>", "session.userId", "<user>", "session.expiresAt", week, "session.createdAt", authtest.Start(),
			"user.id", "<user>", "user.email", annEmail, "user.name", "Ann",
		}, then: func(w *world, got *authtest.Answer) {
			if h := got.Header.Get("Cache-Control"); h != "no-store" {
				w.T.Errorf("Cache-Control %q", h)
			}
		}},
		{name: "alias /session", path: "/session", status: 200, want: want{"user.id", "<user>"}},
		{name: "not signed in", by: nobody, status: 200, want: want{"", nil}},
		{name: "session older than a day is refreshed", given: later(25 * time.Hour), status: 200, cookie: begun, want: renewed},
		{name: "not refreshed with disableRefresh query", given: later(25 * time.Hour), query: "?disableRefresh=true", status: 200, want: want{"session.expiresAt", week}},
		{name: "not refreshed with disableSessionRefresh option", given: later(25 * time.Hour), options: func(o *auth.Options) { o.Session.DisableSessionRefresh = true }, status: 200, want: want{"session.expiresAt", week}},
		{name: "expired session", given: later(8 * 24 * time.Hour), status: 200, cookie: ended, want: want{"", nil}, then: func(w *world, _ *authtest.Answer) { w.WantRows(0, "session") }},
		{name: "session row gone", given: func(w *world) { w.Store.DeleteMany(w.T.Context(), "session") }, status: 200, cookie: ended, want: want{"", nil}},
		{name: "POST", method: "POST", status: 405, code: "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"},
		{name: "deferSessionRefresh: GET reports needsRefresh", options: deferred, given: later(25 * time.Hour), status: 200, want: want{"needsRefresh", true, "session.expiresAt", week}},
		{name: "deferSessionRefresh: GET reports no need", options: deferred, status: 200, want: want{"needsRefresh", false}},
		{name: "deferSessionRefresh: POST refreshes", options: deferred, given: later(25 * time.Hour), method: "POST", status: 200, cookie: begun, want: renewed},
		{name: "from the cookie cache", options: func(o *auth.Options) { o.Session.CookieCache.Enabled = on() }, given: renamed, status: 200, want: want{"user.name", "Ann"}},
		{name: "disableCookieCache reads the database", options: func(o *auth.Options) { o.Session.CookieCache.Enabled = on() }, given: renamed, query: "?disableCookieCache=true", status: 200, want: want{"user.name", "Anna"}, then: func(_ *world, got *authtest.Answer) {
			got.WantCookie("better-auth.session_data", "Max-Age=300")
		}},
	})
}

// renamed changes Ann's name in the database only, not in caches.
func renamed(w *world) { w.Change("user", store.Record{"name": "Anna"}, store.Is("email", annEmail)) }

func TestListSessions(t *testing.T) {
	endpoint{method: "GET", path: "/list-sessions", session: fresh}.test(t, []call{
		{name: "own session", given: before(elsewhere, func(w *world) { w.Client().SignUp("bob@example.com") }), status: 200, want: want{
			"", authtest.Len(2), "0.userId", "<user>", "0.token", "<token>", "1.userId", "<user>", "1.token", authtest.Any,
		}},
		{name: "leaves out expired sessions", given: before(elsewhere, func(w *world) {
			w.Change("session", store.Record{"expiresAt": w.Now()}, store.Where{Field: "token", Op: store.Ne, Value: w.token})
		}), status: 200, want: want{"", authtest.Len(1)}},
	})
}

func TestRevokeSession(t *testing.T) {
	var other string
	another := func(w *world) { other = w.Client().SignIn(annEmail).Text("token") }
	stranger := func(w *world) { other = w.Client().SignUp("bob@example.com").Text("token") }
	revokes := func(w *world, body string) *authtest.Answer { return w.c.Post("/revoke-session", body) }
	endpoint{method: "POST", path: "/revoke-session", body: `{"token":"x"}`, session: stored}.test(t, []call{
		{name: "unknown session, same answer", status: 200, want: want{"", map[string]any{"status": true}}, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "session") }},
		{name: "own session", body: `{"token":"<token>"}`, status: 200, cookie: ended, want: want{"status", true}, then: func(w *world, _ *authtest.Answer) { w.WantRows(0, "session") }},
		{name: "another own session", given: another, status: 200, then: func(w *world, _ *authtest.Answer) {
			revokes(w, `{"token":"`+other+`"}`).Want(200, "status", true).WantNoCookie(sessionCookie)
			w.WantRows(0, "session", store.Is("token", other))
			w.WantRows(1, "session")
		}},
		{name: "another user's session, same answer", given: stranger, status: 200, then: func(w *world, _ *authtest.Answer) {
			revokes(w, `{"token":"`+other+`"}`).Want(200, "status", true)
			w.WantRows(1, "session", store.Is("token", other))
		}},
		{name: "token missing", body: `{}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "database hook fails", options: func(o *auth.Options) { o.DatabaseHooks.Session.Delete.Before = breaks }, body: `{"token":"<token>"}`, status: 500, code: "INTERNAL_SERVER_ERROR", then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "session") }},
	})
}

func TestRevokeSessions(t *testing.T) {
	endpoint{method: "POST", path: "/revoke-sessions", body: `{}`, session: stored}.test(t, []call{
		{name: "all own sessions", given: before(elsewhere, func(w *world) { w.Client().SignUp("bob@example.com") }), status: 200, cookie: ended, want: want{"", map[string]any{"status": true}}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "session")
			w.WantRows(0, "session", store.Is("userId", w.value("user")))
		}},
		{name: "database hook fails", options: func(o *auth.Options) { o.DatabaseHooks.Session.Delete.Before = breaks }, status: 500, code: "INTERNAL_SERVER_ERROR"},
	})
}

func TestRevokeOtherSessions(t *testing.T) {
	endpoint{method: "POST", path: "/revoke-other-sessions", body: `{}`, session: stored}.test(t, []call{
		{name: "all sessions but the current one", given: before(elsewhere, elsewhere), status: 200, want: want{"", map[string]any{"status": true}}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "session", store.Is("token", w.token))
			w.WantRows(1, "session")
		}},
		{name: "no other sessions", status: 200, want: want{"status", true}, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "session") }},
		{name: "database hook keeps them", given: elsewhere, options: func(o *auth.Options) { o.DatabaseHooks.Session.Delete.Before = drops }, status: 200, want: want{"status", true}, then: func(w *world, _ *authtest.Answer) { w.WantRows(2, "session") }},
	})
}

func TestUpdateSession(t *testing.T) {
	theme := func(o *auth.Options) {
		o.Session.AdditionalFields = auth.AdditionalFields{{Name: "theme", Type: auth.FieldType{Type: "string"}, Required: off()}}
	}
	endpoint{method: "POST", path: "/update-session", body: `{"theme":"dark"}`, session: cached}.test(t, []call{
		{name: "additional field", options: theme, status: 200, cookie: begun, want: want{"session.theme", "dark", "session.token", "<token>"}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "session", store.Is("theme", "dark"))
		}},
		{name: "unknown fields only", status: 400, message: "No fields to update"},
		{name: "core fields only", body: `{"userId":"x"}`, status: 400, message: "No fields to update"},
		{name: "body is an array", body: `[]`, status: 400, code: "VALIDATION_ERROR"},
		{name: "session only in the cookie cache", options: func(o *auth.Options) {
			theme(o)
			o.Session.CookieCache.Enabled = on()
		}, given: func(w *world) { w.Store.DeleteMany(w.T.Context(), "session") }, status: 401, code: "FAILED_TO_GET_SESSION", cookie: ended},
	})
}

// TestSessionsEverywhere lists and ends sessions on every kind of storage.
func TestSessionsEverywhere(t *testing.T) {
	everywhere.Run(t, func(t *testing.T, o auth.Options) {
		s := authtest.New(t, authtest.PlainPasswords(o))
		phone, laptop, tablet := s.Client(), s.Client(), s.Client()
		phone.SignUp(annEmail)
		token := laptop.SignIn(annEmail).Text("token")
		tablet.SignIn(annEmail)
		phone.Get("/list-sessions").Want(200, "", authtest.Len(3))
		phone.Post("/revoke-session", `{"token":"`+token+`"}`).Want(200, "status", true)
		if laptop.SignedIn() || !tablet.SignedIn() {
			t.Error("the laptop alone must be signed out")
		}
		phone.Post("/revoke-other-sessions", `{}`).Want(200, "status", true)
		if tablet.SignedIn() || !phone.SignedIn() {
			t.Error("all but the phone must be signed out")
		}
		laptop.SignIn(annEmail)
		phone.Post("/revoke-sessions", `{}`).Want(200, "status", true)
		if laptop.SignedIn() || phone.SignedIn() {
			t.Error("somebody is still signed in")
		}
		phone.SignIn(annEmail)
		cookie := phone.Jar[sessionCookie]
		phone.Post("/sign-out", `{}`).Want(200, "success", true)
		phone.Jar[sessionCookie] = cookie
		if phone.SignedIn() {
			t.Error("the cookie outlives signing out")
		}
	})
}
