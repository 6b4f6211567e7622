package base_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// wantAddress checks the authorization URL, the state cookie and the stored state.
func wantAddress(start string, params ...string) func(w *world, got *authtest.Answer) {
	return func(w *world, got *authtest.Answer) {
		w.T.Helper()
		u, err := url.Parse(got.Text("url"))
		if err != nil || !strings.HasPrefix(got.Text("url"), start) {
			w.T.Fatalf("url %s, want one that starts with %s", got.Text("url"), start)
		}
		for i := 0; i < len(params); i += 2 {
			if v := u.Query().Get(params[i]); v != params[i+1] {
				w.T.Errorf("%s=%q, want %q", params[i], v, params[i+1])
			}
		}
		got.WantCookie("better-auth.state", "Max-Age=300", "HttpOnly")
		w.WantRows(1, "verification", store.Is("identifier", "auth-state:"+u.Query().Get("state")))
	}
}

// corpSays makes corp accept every ID token and return this user or error.
func corpSays(user *js.Object, err error) func(w *world) {
	return func(w *world) {
		w.corp.info.IDTokenSignIn, w.corp.verified = true, true
		w.corp.userInfo = func() (*oauth.Identity, error) {
			if user == nil {
				return nil, err
			}
			return &oauth.Identity{User: user, Profile: js.Obj("id", oauth.Or(oauth.Member(user, "id"), 7.0))}, nil
		}
	}
}

func TestSignInSocial(t *testing.T) {
	const github = "https://github.com/login/oauth/authorize?"
	const byToken = `{"provider":"google","idToken":{"token":"<idtoken>"}}`
	const atCorp = `{"provider":"corp","idToken":{"token":"x"}}`
	bob := func(w *world) {
		w.idp.Claims["email"], w.idp.Claims["sub"], w.idp.Claims["name"] = "bob@example.com", "g-2", "Bob"
	}
	trait := func(change func(i *oauth.Info)) func(w *world) { return func(w *world) { change(&w.corp.info) } }
	someone := func() *js.Object {
		return js.Obj("id", 9.0, "name", "Bob", "email", "bob@example.com", "emailVerified", true)
	}
	endpoint{method: "POST", path: "/sign-in/social", body: `{"provider":"github","callbackURL":"/dash"}`}.test(t, []call{
		{name: "returns the authorization URL", by: nobody, status: 200, want: want{"redirect", true, "url", authtest.Any}, then: func(w *world, got *authtest.Answer) {
			wantAddress(github, "client_id", "client", "response_type", "code", "scope", "read:user user:email", "code_challenge_method", "S256",
				"redirect_uri", authtest.Origin+"/api/auth/callback/github")(w, got)
			location(got.Text("url"))(w, got)
		}},
		{name: "disableRedirect", by: nobody, body: `{"provider":"github","disableRedirect":true}`, status: 200, want: want{"redirect", false}, then: func(w *world, got *authtest.Answer) {
			wantAddress(github)(w, got)
			location("")(w, got)
		}},
		{name: "scopes, login hint and additional parameters", by: nobody, body: `{"provider":"google","scopes":["calendar"],"loginHint":"ann","additionalParams":{"hd":"x.test"}}`, status: 200,
			then: wantAddress("https://accounts.google.com/", "scope", "email profile openid calendar", "login_hint", "ann", "hd", "x.test")},
		{name: "unknown provider", by: nobody, body: `{"provider":"nowhere"}`, status: 404, code: "PROVIDER_NOT_FOUND"},
		{name: "provider missing", by: nobody, body: `{}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "reserved authorization parameter", by: nobody, body: `{"provider":"github","additionalParams":{"state":"x"}}`, status: 400, code: "VALIDATION_ERROR"},
		{name: "untrusted callbackURL", by: nobody, body: `{"provider":"github","callbackURL":"https://evil.test"}`, status: 403, code: "INVALID_CALLBACK_URL"},
		{name: "untrusted errorCallbackURL", by: nobody, body: `{"provider":"github","errorCallbackURL":"https://evil.test"}`, status: 403, code: "INVALID_ERROR_CALLBACK_URL"},
		{name: "untrusted newUserCallbackURL", by: nobody, body: `{"provider":"github","newUserCallbackURL":"https://evil.test"}`, status: 403, code: "INVALID_NEW_USER_CALLBACK_URL"},
		{name: "database hook drops the state", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.Verification.Create.Before = drops }, status: 500},

		{name: "ID token: signs up", by: nobody, given: bob, body: byToken, status: 200, cookie: begun, want: want{
			"redirect", false, "token", authtest.Like(`^\w{32}$`), "user.email", "bob@example.com", "user.name", "Bob", "user.emailVerified", true,
		}, then: func(w *world, got *authtest.Answer) {
			w.WantRows(1, "account", store.Is("providerId", "google"), store.Is("accountId", "g-2"), store.Is("userId", got.Text("user.id")))
		}},
		{name: "ID token: signs in", by: nobody, given: before(linkedWith("google"), away), body: byToken, status: 200, cookie: begun, want: want{"user.id", "<user>"}},
		{name: "ID token: links to a verified user", by: nobody, given: verified, body: byToken, status: 200, cookie: begun, want: want{"user.id", "<user>"}, then: func(w *world, _ *authtest.Answer) { w.WantRows(2, "account") }},
		{name: "ID token: does not link to an unverified user", by: nobody, body: byToken, status: 401, code: "OAUTH_LINK_ERROR", message: "account not linked"},
		{name: "ID token: signature invalid", by: nobody, body: `{"provider":"google","idToken":{"token":"x.y.z"}}`, status: 401, code: "INVALID_TOKEN"},
		{name: "ID token: nonce mismatch", by: nobody, given: func(w *world) { w.idp.Claims["nonce"] = "one" }, body: `{"provider":"google","idToken":{"token":"<idtoken>","nonce":"two"}}`, status: 401, code: "INVALID_TOKEN"},
		{name: "ID token: provider does not support it", by: nobody, body: `{"provider":"github","idToken":{"token":"x"}}`, status: 404, code: "ID_TOKEN_NOT_SUPPORTED"},
		{name: "ID token: provider returns no user", by: nobody, given: corpSays(nil, nil), body: atCorp, status: 401, code: "FAILED_TO_GET_USER_INFO"},
		{name: "ID token: provider fails", by: nobody, given: corpSays(nil, errors.New("broken")), body: atCorp, status: 500},
		{name: "ID token: provider returns an API error", by: nobody, given: corpSays(nil, refusal()), body: atCorp, status: 403, code: "NOT_YOU"},
		{name: "ID token: provider returns no email", by: nobody, given: corpSays(js.Obj("name", "Bob"), nil), body: atCorp, status: 401, code: "USER_EMAIL_NOT_FOUND"},
		{name: "ID token: provider returns a blank account id", by: nobody, given: corpSays(js.Obj("id", " ", "email", "bob@example.com"), nil), body: atCorp, status: 401, code: "FAILED_TO_GET_USER_INFO"},
		{name: "ID token: provider has sign-up disabled", by: nobody, given: before(corpSays(someone(), nil), trait(func(i *oauth.Info) { i.DisableSignUp = true })), body: atCorp, status: 401, code: "OAUTH_LINK_ERROR", message: "signup disabled"},
		{name: "ID token: implicit sign-up disabled", by: nobody, given: before(corpSays(someone(), nil), trait(func(i *oauth.Info) { i.DisableImplicitSignUp = true })), body: atCorp, status: 401, code: "OAUTH_LINK_ERROR"},
		{name: "ID token: implicit sign-up disabled, requestSignUp set", by: nobody, given: before(corpSays(someone(), nil), trait(func(i *oauth.Info) { i.DisableImplicitSignUp = true })), body: `{"provider":"corp","idToken":{"token":"x"},"requestSignUp":true}`, status: 200, cookie: begun},
		{name: "ID token: provider requires a verified email", by: nobody, given: before(corpSays(js.Obj("id", 9.0, "email", "bob@example.com"), nil), trait(func(i *oauth.Info) { i.RequireEmailVerification = true })), body: atCorp, status: 403, code: "EMAIL_NOT_VERIFIED", then: func(w *world, _ *authtest.Answer) { w.wantTold("verify") }},
		{name: "ID token: database hook drops the user", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.User.Create.Before = afterAnn(drops) }, given: bob, body: byToken, status: 401, code: "OAUTH_LINK_ERROR", message: "unable to create user"},
		{name: "ID token: database hook drops the session", by: nobody, options: func(o *auth.Options) { o.DatabaseHooks.Session.Create.Before = afterAnn(drops) }, given: bob, body: byToken, status: 401, code: "OAUTH_LINK_ERROR", message: "unable to create session"},
		{name: "ID token: token missing", by: nobody, body: `{"provider":"google","idToken":{}}`, status: 400, code: "VALIDATION_ERROR"},
	})
}
