package base_test

import (
	"net/http"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

// wantPassword checks that Ann can sign in with a password.
func wantPassword(password string) func(w *world, got *authtest.Answer) {
	return func(w *world, _ *authtest.Answer) {
		w.T.Helper()
		w.Client().TrySignIn(annEmail, password).Want(200)
	}
}

func TestChangePassword(t *testing.T) {
	unchanged := wantPassword(authtest.Password)
	endpoint{method: "POST", path: "/change-password", body: `{"currentPassword":"password1234","newPassword":"password5678"}`, session: stored}.test(t, []call{
		{name: "changes the password", given: elsewhere, status: 200, want: want{"token", nil, "user.id", "<user>", "user.password", authtest.Absent}, then: func(w *world, got *authtest.Answer) {
			w.WantRows(2, "session")
			wantPassword("password5678")(w, got)
			w.Client().TrySignIn(annEmail, authtest.Password).Want(401)
		}},
		{name: "revokeOtherSessions", given: elsewhere, body: `{"currentPassword":"password1234","newPassword":"password5678","revokeOtherSessions":true}`, status: 200, cookie: begun, want: want{"token", authtest.Like(`^\w{32}$`)}, then: func(w *world, got *authtest.Answer) {
			w.WantRows(1, "session", store.Is("token", got.Text("token")))
			w.WantRows(1, "session")
			w.c.Get("/get-session").Want(200, "session.token", got.Text("token"))
		}},
		{name: "wrong password", body: `{"currentPassword":"password9999","newPassword":"password5678"}`, status: 400, code: "INVALID_PASSWORD", then: unchanged},
		{name: "new password too short", body: `{"currentPassword":"password1234","newPassword":"1234567"}`, status: 400, code: "PASSWORD_TOO_SHORT", then: unchanged},
		{name: "new password too long", body: `{"currentPassword":"password1234","newPassword":"<long>"}`, status: 400, code: "PASSWORD_TOO_LONG", then: unchanged},
		{name: "current password too long", body: `{"currentPassword":"<long>","newPassword":"password5678"}`, status: 400, code: "PASSWORD_TOO_LONG"},
		{name: "user has no password", given: withoutPassword, status: 400, code: "CREDENTIAL_ACCOUNT_NOT_FOUND"},
		{name: "empty body", body: `{}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "database hook drops the new session", options: func(o *auth.Options) { o.DatabaseHooks.Session.Create.Before = afterAnn(dropsOnce()) }, body: `{"currentPassword":"password1234","newPassword":"password5678","revokeOtherSessions":true}`, status: 500, code: "FAILED_TO_GET_SESSION", then: func(w *world, got *authtest.Answer) {
			w.WantRows(1, "session", store.Is("token", w.token))
			unchanged(w, got)
		}},
	})
}

func TestVerifyPassword(t *testing.T) {
	endpoint{method: "POST", path: "/verify-password", body: `{"password":"password1234"}`, session: stored}.test(t, []call{
		{name: "right password", status: 200, want: want{"", map[string]any{"status": true}}},
		{name: "wrong password", body: `{"password":"password5678"}`, status: 400, code: "INVALID_PASSWORD"},
		{name: "new password too long", body: `{"password":"<long>"}`, status: 400, code: "PASSWORD_TOO_LONG"},
		{name: "user has no password", given: withoutPassword, status: 400, code: "INVALID_PASSWORD"},
		{name: "empty body", body: `{}`, status: 400, code: "VALIDATION_ERROR"},
	})
}

// TestSetPassword calls setPassword from Go: the endpoint has no URL.
func TestSetPassword(t *testing.T) {
	idp := newIDP(t)
	for _, tc := range []struct {
		name, password, code string
		given                func(w *world)
	}{
		{"the first one", "password5678", "", withoutPassword},
		{"of an account that has none", "password5678", "", func(w *world) {
			w.Change("account", store.Record{"password": nil}, store.Is("providerId", "credential"))
		}},
		{"there is one", "password5678", "400 PASSWORD_ALREADY_SET", nil},
		{"too short", "1234567", "400 PASSWORD_TOO_SHORT", withoutPassword},
		{"too long", "<long>", "400 PASSWORD_TOO_LONG", withoutPassword},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, idp, nil)
			if tc.given != nil {
				tc.given(w)
			}
			w.c.Post("/set-password", `{"newPassword":"password5678"}`).Want(404, "", authtest.Absent)
			out, err := w.Call(t.Context(), "setPassword", auth.Input{
				Body: map[string]any{"newPassword": w.fill(tc.password)}, Header: http.Header{"Cookie": {sessionCookie + "=" + w.c.Jar[sessionCookie]}},
			})
			if code := codeOf(err); code != tc.code {
				t.Fatalf("%q, want %q", code, tc.code)
			}
			if tc.code != "" {
				return
			}
			if string(out.JSON()) != `{"status":true}` {
				t.Errorf("answered %s", out.JSON())
			}
			wantPassword(tc.password)(w, nil)
		})
	}
}
