package base_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// renewing makes the provider return these tokens from now on.
func renewing(tokens map[string]any) func(w *world) { return func(w *world) { w.idp.Tokens = tokens } }

// due moves the clock to just before the access token expires.
func due(w *world) { w.Advance(time.Hour - 4*time.Second) }

// change edits the account row of a provider.
func change(provider string, row store.Record) func(w *world) {
	return func(w *world) { w.Change("account", row, store.Is("providerId", provider)) }
}

// inCookie enables the account cookie.
func inCookie(o *auth.Options) { o.Account.StoreAccountCookie = on() }

// anothers switches to the browser of another user.
func anothers(w *world) {
	w.c = w.Client()
	w.c.SignUp("bob@example.com")
}

// gone renames the provider of an account, so that it is no longer configured.
func gone(provider string) func(w *world) {
	return change(provider, store.Record{"providerId": "gone"})
}

// selections returns the rows about selecting an account, which the three
// endpoints share. selector writes a selection into a row.
func selections(selector func(c *call, selection string)) []call {
	var calls []call
	for _, row := range []struct {
		call
		selection string
	}{
		{call{name: "not signed in", by: nobody, status: 401}, "accountId=x"},
		{call{name: "unknown account", status: 400, code: "ACCOUNT_NOT_FOUND"}, "accountId=x"},
		{call{name: "account of another user", given: before(linkedWith("github"), anothers), status: 400, code: "ACCOUNT_NOT_FOUND"}, "accountId=<github>"},
		{call{name: "both selections", status: 400, code: "VALIDATION_ERROR"}, "accountId=x&useAccountCookie=true"},
		{call{name: "neither selection", status: 400, code: "VALIDATION_ERROR"}, "x=y"},
	} {
		selector(&row.call, row.selection)
		calls = append(calls, row.call)
	}
	return calls
}

func byBody(c *call, selection string) {
	var members []string
	for pair := range strings.SplitSeq(selection, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if value != "true" {
			value = `"` + value + `"`
		}
		members = append(members, `"`+name+`":`+value)
	}
	c.body = "{" + strings.Join(members, ",") + "}"
}

func byQuery(c *call, selection string) { c.query = "?" + selection }

func TestGetAccessToken(t *testing.T) {
	const github = `{"accountId":"<github>"}`
	hour := authtest.Start().Add(time.Hour)
	endpoint{method: "POST", path: "/get-access-token", body: `{"accountId":"x"}`}.test(t, append(selections(byBody), []call{
		{name: "account cookie not enabled", given: linkedWith("github"), body: `{"useAccountCookie":true}`, status: 400, code: "ACCOUNT_NOT_FOUND"},
		{name: "account cookie missing", options: inCookie, body: `{"useAccountCookie":true}`, status: 400, code: "ACCOUNT_NOT_FOUND"},
		{name: "account cookie of another user", options: inCookie, given: before(linkedWith("github"), func(w *world) { w.c.SignUp("bob@example.com") }), body: `{"useAccountCookie":true}`, status: 400, code: "ACCOUNT_NOT_FOUND"},
		{name: "returns the stored token", given: linkedWith("github"), body: github, status: 200, want: want{"accessToken", "access-1", "accessTokenExpiresAt", hour, "scopes", []string{"one", "two"}, "idToken", authtest.Any}},
		{name: "account in the cookie", options: inCookie, given: linkedWith("github"), body: `{"useAccountCookie":true}`, status: 200, want: want{"accessToken", "access-1"}},
		{name: "refreshes a token about to expire", given: before(linkedWith("github"), due, renewing(map[string]any{"access_token": "access-2", "refresh_token": "refresh-2"})), body: github, status: 200, want: want{
			"accessToken", "access-2", "accessTokenExpiresAt", hour.Add(time.Hour - 4*time.Second), "scopes", []string{"one", "two"},
		}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "account", store.Is("accessToken", "access-2"), store.Is("refreshToken", "refresh-2"))
		}},
		{name: "refreshed token is kept in the account cookie", options: inCookie, given: before(renewing(map[string]any{"expires_in": 4}), linkedWith("github"), renewing(map[string]any{"access_token": "access-2"})), body: `{"useAccountCookie":true}`, status: 200, want: want{"accessToken", "access-2"}, then: func(_ *world, got *authtest.Answer) {
			got.WantCookie("better-auth.account_data")
		}},
		{name: "tokens stored encrypted", options: func(o *auth.Options) { o.Account.EncryptOAuthTokens = true }, given: before(linkedWith("github"), due, renewing(map[string]any{"access_token": "access-2"})), body: github, status: 200, want: want{"accessToken", "access-2"}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(0, "account", store.Is("accessToken", "access-2"))
		}},
		{name: "not refreshed without a refresh token", given: before(linkedWith("github"), due, change("github", store.Record{"refreshToken": nil})), body: github, status: 200, want: want{"accessToken", "access-1"}},
		{name: "not refreshed when the provider cannot", given: before(linkedWith("corp"), due, func(w *world) { w.corp.info.Refreshes = false }), body: `{"accountId":"<corp>"}`, status: 200, want: want{"accessToken", "access-1"}},
		{name: "provider refuses the refresh token", given: before(linkedWith("github"), due, func(w *world) { w.idp.Refuse = true }), body: github, status: 400, code: "FAILED_TO_GET_ACCESS_TOKEN"},
		{name: "provider returns no tokens", given: before(linkedWith("corp"), due, func(w *world) { w.corp.refresh = func() (*oauth.Tokens, error) { return nil, nil } }), body: `{"accountId":"<corp>"}`, status: 200, want: want{"accessToken", "access-1"}},
		{name: "provider no longer configured", given: before(linkedWith("github"), gone("github")), body: `{"accountId":"<gone>"}`, status: 400, code: "PROVIDER_NOT_SUPPORTED"},
		{name: "password account", body: `{"accountId":"<credential>"}`, status: 400, code: "PROVIDER_NOT_SUPPORTED", message: "Provider credential is not supported."},
	}...))
}

func TestRefreshToken(t *testing.T) {
	const github, atCorp = `{"accountId":"<github>"}`, `{"accountId":"<corp>"}`
	gives := func(tokens *oauth.Tokens, err error) func(w *world) {
		return func(w *world) { w.corp.refresh = func() (*oauth.Tokens, error) { return tokens, err } }
	}
	endpoint{method: "POST", path: "/refresh-token", body: `{"accountId":"x"}`}.test(t, append(selections(byBody), []call{
		{name: "account cookie not enabled", given: linkedWith("github"), body: `{"useAccountCookie":true}`, status: 400, code: "ACCOUNT_NOT_FOUND"},
		{name: "account cookie missing", options: inCookie, body: `{"useAccountCookie":true}`, status: 400, code: "ACCOUNT_NOT_FOUND"},
		{name: "account cookie of another user", options: inCookie, given: before(linkedWith("github"), func(w *world) { w.c.SignUp("bob@example.com") }), body: `{"useAccountCookie":true}`, status: 400, code: "ACCOUNT_NOT_FOUND"},
		{name: "refreshes the tokens", given: before(linkedWith("github"), renewing(map[string]any{"access_token": "access-2", "refresh_token": "refresh-2", "refresh_token_expires_in": 7200})), body: github, status: 200, want: want{
			"accessToken", "access-2", "refreshToken", "refresh-2", "accessTokenExpiresAt", authtest.Start().Add(time.Hour),
			"refreshTokenExpiresAt", authtest.Start().Add(2 * time.Hour), "scope", "one,two", "idToken", authtest.Any, "providerId", "github", "accountId", "<github>",
		}, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "account", store.Is("accessToken", "access-2"), store.Is("refreshToken", "refresh-2"), store.Is("scope", "one,two"))
		}},
		{name: "keeps what the provider does not return", given: before(linkedWith("corp"), gives(&oauth.Tokens{AccessToken: "access-2"}, nil)), body: atCorp, status: 200, want: want{
			"accessToken", "access-2", "refreshToken", "refresh-1", "accessTokenExpiresAt", authtest.Absent, "scope", "one,two",
		}},
		{name: "account in the cookie", options: inCookie, given: before(linkedWith("github"), renewing(map[string]any{"access_token": "access-2"})), body: `{"useAccountCookie":true}`, status: 200, want: want{"accessToken", "access-2"}, then: func(w *world, got *authtest.Answer) {
			got.WantCookie("better-auth.account_data")
			w.c.Post("/get-access-token", `{"useAccountCookie":true}`).Want(200, "accessToken", "access-2")
		}},
		{name: "tokens stored encrypted", options: func(o *auth.Options) { o.Account.EncryptOAuthTokens = true }, given: before(linkedWith("github"), renewing(map[string]any{"refresh_token": ""})), body: github, status: 200, want: want{"refreshToken", "refresh-1"}},
		{name: "provider refuses the refresh token", given: before(linkedWith("github"), func(w *world) { w.idp.Refuse = true }), body: github, status: 400, code: "FAILED_TO_REFRESH_ACCESS_TOKEN"},
		{name: "provider returns no tokens", given: before(linkedWith("corp"), gives(nil, nil)), body: atCorp, status: 400, code: "FAILED_TO_REFRESH_ACCESS_TOKEN"},
		{name: "provider fails", given: before(linkedWith("corp"), gives(nil, errors.New("broken"))), body: atCorp, status: 400, code: "FAILED_TO_REFRESH_ACCESS_TOKEN"},
		{name: "provider does not support refreshing", given: before(linkedWith("corp"), func(w *world) { w.corp.info.Refreshes = false }), body: atCorp, status: 400, code: "TOKEN_REFRESH_NOT_SUPPORTED"},
		{name: "refresh token missing", given: before(linkedWith("github"), change("github", store.Record{"refreshToken": nil})), body: github, status: 400, code: "REFRESH_TOKEN_NOT_FOUND"},
		{name: "provider no longer configured", given: before(linkedWith("github"), gone("github")), body: `{"accountId":"<gone>"}`, status: 400, code: "PROVIDER_NOT_SUPPORTED"},
	}...))
}

func TestAccountInfo(t *testing.T) {
	const github, atCorp = "?accountId=<github>", "?accountId=<corp>"
	says := func(id *oauth.Identity, err error) func(w *world) {
		return func(w *world) { w.corp.userInfo = func() (*oauth.Identity, error) { return id, err } }
	}
	endpoint{method: "GET", path: "/account-info"}.test(t, append(selections(byQuery), []call{
		{name: "returns the provider's profile", given: linkedWith("github"), query: github, status: 200, want: want{
			"user.email", annEmail, "user.name", "Octo", "data.login", "octo",
			"account.id", "<github>", "account.providerId", "github", "account.accountId", "7",
		}},
		{name: "useAccountCookie cannot be sent in a query", options: inCookie, given: linkedWith("github"), query: "?useAccountCookie=true", status: 400, code: "VALIDATION_ERROR"},
		{name: "refreshes an expiring access token", given: before(linkedWith("github"), due, renewing(map[string]any{"access_token": "access-2"})), query: github, status: 200, then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "account", store.Is("accessToken", "access-2"))
		}},
		{name: "provider refuses to refresh the access token", given: before(linkedWith("github"), due, func(w *world) { w.idp.Refuse = true }), query: github, status: 400, code: "FAILED_TO_GET_ACCESS_TOKEN"},
		{name: "token missing", given: before(linkedWith("github"), change("github", store.Record{"accessToken": nil})), query: github, status: 400, code: "ACCESS_TOKEN_NOT_FOUND"},
		{name: "provider returns no user info", given: before(linkedWith("corp"), says(nil, nil)), query: atCorp, status: 401, code: "FAILED_TO_GET_USER_INFO"},
		{name: "provider returns an API error", given: before(linkedWith("corp"), says(nil, refusal())), query: atCorp, status: 403, code: "NOT_YOU"},
		{name: "provider fails", given: before(linkedWith("corp"), says(nil, errors.New("broken"))), query: atCorp, status: 500},
		{name: "provider returns a profile without a user", given: before(linkedWith("corp"), says(&oauth.Identity{Profile: js.Obj("a", 1.0)}, nil)), query: atCorp, status: 200, want: want{"data.a", 1}},
		{name: "provider no longer configured", given: before(linkedWith("github"), gone("github")), query: "?accountId=<gone>", status: 400, code: "PROVIDER_NOT_CONFIGURED"},
	}...))
}

// TestTokensFromGo calls the endpoints from Go, where the body names the user or
// the headers carry a session.
func TestTokensFromGo(t *testing.T) {
	w := newWorld(t, newIDP(t), nil)
	linkedWith("github")(w)
	account, user := w.value("github"), w.value("user")
	for name, tc := range map[string]struct {
		body    map[string]any
		headers http.Header
		code    string
	}{
		"nobody":           {map[string]any{"accountId": account}, nil, "400 USER_ID_OR_SESSION_REQUIRED"},
		"a user":           {map[string]any{"accountId": account, "userId": user}, nil, ""},
		"another user":     {map[string]any{"accountId": account, "userId": "x"}, nil, "400 ACCOUNT_NOT_FOUND"},
		"who is signed in": {map[string]any{"accountId": account}, http.Header{"Cookie": {sessionCookie + "=" + w.c.Jar[sessionCookie]}}, ""},
	} {
		for _, id := range []string{"getAccessToken", "refreshToken"} {
			_, err := w.Call(t.Context(), id, auth.Input{Body: tc.body, Header: tc.headers})
			if code := codeOf(err); code != tc.code {
				t.Errorf("%s of %s: %q, want %q", id, name, code, tc.code)
			}
		}
	}
}
