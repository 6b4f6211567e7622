package base_test

import (
	"context"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestUpdateUser(t *testing.T) {
	field := func(f auth.AdditionalField) func(o *auth.Options) {
		f.Name, f.Type, f.Required = "plan", auth.FieldType{Type: "string"}, off()
		return func(o *auth.Options) { o.User.AdditionalFields = auth.AdditionalFields{f} }
	}
	endpoint{method: "POST", path: "/update-user", body: `{"name":"Anna"}`, session: cached}.test(t, []call{
		{name: "changes the name", status: 200, cookie: begun, want: want{"", map[string]any{"status": true}}, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.name", "Anna", "user.email", annEmail)
		}},
		{name: "changes the image", body: `{"image":"https://x.test/a.png"}`, status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.name", "Ann", "user.image", "https://x.test/a.png")
		}},
		{name: "removes the image", body: `{"image":null}`, status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) { w.c.Get("/get-session").Want(200, "user.image", nil) }},
		{name: "additional field", options: field(auth.AdditionalField{}), body: `{"plan":"pro"}`, status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.plan", "pro")
		}},
		{name: "updates the cookie cache", options: func(o *auth.Options) { o.Session.CookieCache.Enabled = on() }, status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.name", "Anna")
		}},
		{name: "additional field with input: false", options: field(auth.AdditionalField{Input: off()}), body: `{"plan":"pro"}`, status: 400, code: "FIELD_NOT_ALLOWED"},
		{name: "email cannot be changed here", body: `{"name":"Anna","email":"b@example.com"}`, status: 400, code: "EMAIL_CAN_NOT_BE_UPDATED", then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user", store.Is("name", "Ann")) }},
		{name: "empty body", body: `{}`, status: 400, message: "No fields to update"},
		{name: "unknown fields only", body: `{"plan":"pro","id":"x"}`, status: 400, message: "No fields to update"},
		{name: "body is an array", body: `[]`, status: 400, code: "VALIDATION_ERROR"},
		{name: "database hook drops the write", options: func(o *auth.Options) { o.DatabaseHooks.User.Update.Before = drops }, status: 200, cookie: begun, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user", store.Is("name", "Ann")) }},
		{name: "database hook returns an API error", options: func(o *auth.Options) { o.DatabaseHooks.User.Update.Before = refuses }, status: 403, code: "NOT_YOU"},
	})
}

// asksForDeletion requests the mail with the link that deletes the account.
func asksForDeletion(w *world) {
	w.T.Helper()
	w.Options.User.DeleteUser.SendDeleteAccountVerification = w.mails("deletion")
	posts("/delete-user", `{}`)(w)
}

func goneIs(gone bool) func(w *world, got *authtest.Answer) {
	return func(w *world, _ *authtest.Answer) {
		w.T.Helper()
		left := 1
		if gone {
			left = 0
		}
		for _, model := range []string{"user", "account", "session"} {
			w.WantRows(left, model)
		}
	}
}

// tells returns a callback that records its call and returns err.
func (w *world) tells(what string, err error) callback.Func[auth.UserRequest, callback.Nothing] {
	return func(_ context.Context, r auth.UserRequest) (callback.Nothing, error) {
		w.told = append(w.told, what+" "+r.User.Email)
		return callback.Nothing{}, err
	}
}

func TestDeleteUser(t *testing.T) {
	deleted := want{"", map[string]any{"success": true, "message": "User deleted"}}
	gone, there := goneIs(true), goneIs(false)
	hear := func(before error) func(w *world) {
		return func(w *world) {
			o := &w.Options.User.DeleteUser
			o.BeforeDelete, o.AfterDelete = w.tells("before", before), w.tells("after", nil)
		}
	}
	endpoint{method: "POST", path: "/delete-user", body: `{"password":"wrong password"}`, session: stored}.test(t, []call{
		{name: "deletes", body: `{}`, status: 200, cookie: ended, want: deleted, then: gone},
		{name: "with the password", body: `{"password":"password1234"}`, status: 200, cookie: ended, want: deleted, then: gone},
		{name: "session not fresh, with the password", given: later(25 * time.Hour), body: `{"password":"password1234"}`, status: 200, cookie: ended, want: deleted, then: gone},
		{name: "session not fresh, no password", given: later(25 * time.Hour), body: `{}`, status: 400, code: "SESSION_EXPIRED", cookie: either, then: there},
		{name: "wrong password", status: 400, code: "INVALID_PASSWORD", then: there},
		{name: "password too long", body: `{"password":"<long>"}`, status: 400, code: "PASSWORD_TOO_LONG", then: there},
		{name: "password given, user has none", given: withoutPassword, status: 400, code: "CREDENTIAL_ACCOUNT_NOT_FOUND"},
		{name: "feature disabled", options: func(o *auth.Options) { o.User.DeleteUser.Enabled = false }, status: 404, then: there},
		{name: "callbacks are called", given: hear(nil), body: `{}`, status: 200, cookie: ended, want: deleted, then: func(w *world, got *authtest.Answer) {
			w.wantTold("before "+annEmail, "after "+annEmail)
			gone(w, got)
		}},
		{name: "callback returns an API error", given: hear(refusal()), body: `{}`, status: 403, code: "NOT_YOU", then: func(w *world, got *authtest.Answer) {
			w.wantTold("before " + annEmail)
			there(w, got)
		}},
		{name: "with database delete hooks", options: func(o *auth.Options) {
			o.DatabaseHooks.User.Delete.After = func(context.Context, auth.RowEvent) (callback.Answer, error) { return callback.Answer{}, nil }
		}, body: `{}`, status: 200, cookie: ended, want: deleted, then: gone},

		{name: "sends a mail first", given: func(w *world) { w.Options.User.DeleteUser.SendDeleteAccountVerification = w.mails("deletion") }, body: `{"callbackURL":"/bye"}`, status: 200, want: want{"", map[string]any{"success": true, "message": "Verification email sent"}}, then: func(w *world, got *authtest.Answer) {
			w.wantTold("deletion")
			if link, want := w.mail["deletion"].URL, w.fill(authtest.Origin+"/api/auth/delete-user/callback?token=<deletion>&callbackURL=%2Fbye"); link != want {
				w.T.Errorf("link %s, want %s", link, want)
			}
			there(w, got)
		}},
		{name: "token from the mail", given: asksForDeletion, body: `{"token":"<deletion>"}`, status: 200, cookie: ended, want: deleted, then: gone},
		{name: "unknown token", given: asksForDeletion, body: `{"token":"x"}`, status: 404, code: "INVALID_TOKEN", then: there},
		{name: "token older than a day", given: before(asksForDeletion, later(25*time.Hour)), body: `{"token":"<deletion>"}`, status: 404, code: "INVALID_TOKEN", cookie: either, then: there},
		{name: "body is an array", body: `[]`, status: 400, code: "VALIDATION_ERROR", then: there},
		{name: "untrusted callbackURL", body: `{"callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL", then: there},
	})
}

// TestDeleteUserCallback tests the link in the mail.
func TestDeleteUserCallback(t *testing.T) {
	gone, there := goneIs(true), goneIs(false)
	endpoint{method: "GET", path: "/delete-user/callback"}.test(t, []call{
		{name: "deletes", given: asksForDeletion, query: "?token=<deletion>", status: 200, cookie: ended, want: want{"", map[string]any{"success": true, "message": "User deleted"}}, then: gone},
		{name: "redirects to callbackURL", given: asksForDeletion, query: "?token=<deletion>&callbackURL=/bye", to: "/bye", cookie: ended, then: gone},
		{name: "unknown token", given: asksForDeletion, query: "?token=x", status: 404, code: "INVALID_TOKEN", then: there},
		{name: "unknown token with callbackURL", given: asksForDeletion, query: "?token=x&callbackURL=/bye", status: 404, code: "INVALID_TOKEN", then: there},
		{name: "token older than the configured lifetime", given: before(asksForDeletion, later(61*time.Second)), options: func(o *auth.Options) { o.User.DeleteUser.DeleteTokenExpiresIn = 60 }, query: "?token=<deletion>", status: 404, code: "INVALID_TOKEN", then: there},
		{name: "not signed in", given: before(asksForDeletion, func(w *world) { w.c = w.Client() }), query: "?token=<deletion>", status: 404, code: "FAILED_TO_GET_USER_INFO", then: there},
		{name: "session of another user", given: before(asksForDeletion, func(w *world) {
			w.c = w.Client()
			w.c.SignUp("bob@example.com")
		}), query: "?token=<deletion>", status: 404, code: "INVALID_TOKEN", then: func(w *world, _ *authtest.Answer) { w.WantRows(2, "user") }},
		{name: "feature disabled after the mail", given: before(asksForDeletion, func(w *world) { w.Options.User.DeleteUser.Enabled = false }), query: "?token=<deletion>", status: 404, code: "NOT_FOUND", then: there},
		{name: "token missing", status: 400, code: "VALIDATION_ERROR", then: there},
		{name: "untrusted callbackURL", given: asksForDeletion, query: "?token=<deletion>&callbackURL=https://evil.test", status: 403, code: "INVALID_CALLBACK_URL", then: there},
	})
}
