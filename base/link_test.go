package base_test

import (
	"errors"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

func TestLinkSocial(t *testing.T) {
	const byToken = `{"provider":"google","idToken":{"token":"<idtoken>","accessToken":"at","refreshToken":"rt"}}`
	const atCorp = `{"provider":"corp","idToken":{"token":"x"}}`
	linked := want{"", map[string]any{"url": "", "status": true, "redirect": false}}
	accounts := func(n int, where ...store.Where) func(w *world, got *authtest.Answer) {
		return func(w *world, _ *authtest.Answer) {
			w.T.Helper()
			w.WantRows(n, "account", append(where, store.Is("providerId", "google"))...)
		}
	}
	none := accounts(0)
	claim := func(name string, v any) func(w *world) { return func(w *world) { w.idp.Claims[name] = v } }
	bobs := claim("email", "bob@example.com")
	linking := func(change func(o *auth.AccountLinking)) func(o *auth.Options) {
		return func(o *auth.Options) { change(&o.Account.AccountLinking) }
	}
	endpoint{method: "POST", path: "/link-social", body: `{"provider":"github","callbackURL":"/dash"}`, session: stored}.test(t, []call{
		{name: "returns the authorization URL", status: 200, want: want{"redirect", true}, then: func(w *world, got *authtest.Answer) {
			wantAddress("https://github.com/login/oauth/authorize?", "client_id", "client")(w, got)
			location(got.Text("url"))(w, got)
		}},
		{name: "disableRedirect", body: `{"provider":"github","disableRedirect":true,"scopes":["repo"]}`, status: 200, want: want{"redirect", false}, then: func(w *world, got *authtest.Answer) {
			wantAddress("https://github.com/", "scope", "read:user user:email repo")(w, got)
			location("")(w, got)
		}},
		{name: "unknown provider", body: `{"provider":"nowhere"}`, status: 404, code: "PROVIDER_NOT_FOUND"},
		{name: "provider missing", body: `{}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "reserved authorization parameter", body: `{"provider":"github","additionalParams":{"client_id":"x"}}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "untrusted callbackURL", body: `{"provider":"github","callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL"},
		{name: "untrusted errorCallbackURL", body: `{"provider":"github","errorCallbackURL":"https://evil.test"}`, status: 403, code: "INVALID_ERROR_CALLBACK_URL"},

		{name: "ID token: links", body: byToken, status: 200, want: linked, then: accounts(1, store.Is("accountId", "g-1"), store.Is("accessToken", "at"), store.Is("refreshToken", "rt"))},
		{name: "ID token: linked before, tokens are updated", given: before(linkedWith("google")), body: byToken, status: 200, want: linked, then: accounts(1, store.Is("accessToken", "at"))},
		{name: "ID token: stores tokens encrypted", options: func(o *auth.Options) { o.Account.EncryptOAuthTokens = true }, body: byToken, status: 200, want: linked, then: func(w *world, got *authtest.Answer) {
			accounts(0, store.Is("accessToken", "at"))(w, got)
			accounts(1)(w, got)
			w.c.Post("/get-access-token", w.fill(`{"accountId":"<google>"}`)).Want(200, "accessToken", "at")
		}},
		{name: "ID token: account linked to another user", given: func(w *world) {
			other := w.Client()
			w.idp.Claims["email"] = "bob@example.com"
			end(other, "google", begin(w.T, other, "google"))
		}, body: byToken, status: 409, code: "SOCIAL_ACCOUNT_ALREADY_LINKED", then: accounts(1)},
		{name: "ID token: different email", given: bobs, body: byToken, status: 401, code: "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED", then: none},
		{name: "ID token: different email with allowDifferentEmails", options: linking(func(o *auth.AccountLinking) { o.AllowDifferentEmails = true }), given: bobs, body: byToken, status: 200, want: linked, then: accounts(1)},
		{name: "ID token: email not verified by the provider", given: claim("email_verified", false), body: byToken, status: 401, code: "LINKING_NOT_ALLOWED", then: none},
		{name: "ID token: email not verified by a trusted provider", options: linking(func(o *auth.AccountLinking) { o.TrustedProviders.List = []string{"google"} }), given: claim("email_verified", false), body: byToken, status: 200, want: linked, then: accounts(1)},
		{name: "ID token: account linking disabled", options: linking(func(o *auth.AccountLinking) { o.Enabled = off() }), body: byToken, status: 401, code: "LINKING_NOT_ALLOWED", then: none},
		{name: "ID token: updateUserInfoOnLink", options: linking(func(o *auth.AccountLinking) { o.UpdateUserInfoOnLink = true }), body: byToken, status: 200, want: linked, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user", store.Is("name", "Ann G")) }},
		{name: "ID token: database hook fails", options: func(o *auth.Options) { o.DatabaseHooks.Account.Create.Before = afterAnn(breaks) }, body: byToken, status: 417, code: "LINKING_FAILED", then: none},
		{name: "ID token: signature invalid", body: `{"provider":"google","idToken":{"token":"x.y.z"}}`, status: 401, code: "INVALID_TOKEN"},
		{name: "ID token: provider does not support it", body: `{"provider":"github","idToken":{"token":"x"}}`, status: 404, code: "ID_TOKEN_NOT_SUPPORTED"},
		{name: "ID token: provider returns no user", given: corpSays(nil, nil), body: atCorp, status: 401, code: "FAILED_TO_GET_USER_INFO"},
		{name: "ID token: provider fails", given: corpSays(nil, errors.New("broken")), body: atCorp, status: 500},
		{name: "ID token: provider returns no email", given: corpSays(js.Obj("name", "Ann"), nil), body: atCorp, status: 401, code: "USER_EMAIL_NOT_FOUND"},
		{name: "ID token: provider returns a blank account id", given: corpSays(js.Obj("id", " ", "email", annEmail, "emailVerified", true), nil), body: atCorp, status: 401, code: "FAILED_TO_GET_USER_INFO"},
		{name: "ID token: token missing", body: `{"provider":"google","idToken":{}}`, status: 400, code: "VALIDATION_ERROR"},
	})
}
