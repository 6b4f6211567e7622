package base_test

import (
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestListAccounts(t *testing.T) {
	endpoint{method: "GET", path: "/list-accounts", session: cached}.test(t, []call{
		{name: "password account", status: 200, want: want{
			"", authtest.Len(1), "0.id", "<credential>", "0.providerId", "credential", "0.accountId", "<user>", "0.userId", "<user>",
			"0.scopes", []string{}, "0.password", authtest.Absent, "0.createdAt", authtest.Start(),
		}},
		{name: "provider account without its tokens", given: linkedWith("github"), status: 200, want: want{
			"", authtest.Len(2), "1.id", "<github>", "1.providerId", "github", "1.accountId", "7", "1.scopes", []string{"one", "two"},
			"1.accessToken", authtest.Absent, "1.refreshToken", authtest.Absent, "1.idToken", authtest.Absent, "1.scope", authtest.Absent,
		}},
		{name: "no accounts", given: withoutPassword, status: 200, want: want{"", []any{}}},
	})
}

func TestUnlinkAccount(t *testing.T) {
	endpoint{method: "POST", path: "/unlink-account", body: `{"accountId":"x"}`, session: fresh}.test(t, []call{
		{name: "one of two accounts", given: linkedWith("github"), body: `{"accountId":"<github>"}`, status: 200, want: want{"", map[string]any{"status": true}}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(0, "account", store.Is("providerId", "github"))
			w.WantRows(1, "account")
		}},
		{name: "last account", body: `{"accountId":"<credential>"}`, status: 400, code: "FAILED_TO_UNLINK_LAST_ACCOUNT", then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "account") }},
		{name: "last account with allowUnlinkingAll", options: func(o *auth.Options) { o.Account.AccountLinking.AllowUnlinkingAll = true }, body: `{"accountId":"<credential>"}`, status: 200, then: func(w *world, _ *authtest.Answer) { w.WantRows(0, "account") }},
		{name: "unknown account", given: linkedWith("github"), status: 400, code: "ACCOUNT_NOT_FOUND"},
		{name: "another user's account", given: before(linkedWith("github"), func(w *world) {
			w.c = w.Client()
			w.c.SignUp("bob@example.com")
		}), options: func(o *auth.Options) { o.Account.AccountLinking.AllowUnlinkingAll = true }, body: `{"accountId":"<github>"}`, status: 400, code: "ACCOUNT_NOT_FOUND", then: func(w *world, _ *authtest.Answer) { w.WantRows(3, "account") }},
		{name: "empty body", body: `{}`, status: 400, code: "VALIDATION_ERROR"},
	})
}
