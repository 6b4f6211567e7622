package base_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/auth/authtest"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/store"
)

// beginsWith starts an OAuth flow with the given request.
func beginsWith(path, body string) func(w *world) {
	return func(w *world) {
		w.T.Helper()
		w.state = stateOf(w.c.Post(path, body).Text("url"))
	}
}

// TestCallbackOAuth tests the callback of sign-in flows. Nearly all answers are
// redirects.
func TestCallbackOAuth(t *testing.T) {
	const own = authtest.Origin + "/api/auth/error"
	stranger := func(w *world) {
		w.profile(map[string]any{"id": 8, "login": "bob", "name": "Bob", "email": "bob@example.com"}, true)
	}
	atCorp := func(change func(p *corp)) func(w *world) {
		return func(w *world) {
			change(w.corp)
			stranger(w)
			begins("corp")(w)
		}
	}
	hook := func(set func(h *auth.DatabaseHooks)) func(o *auth.Options) {
		return func(o *auth.Options) { set(&o.DatabaseHooks) }
	}
	newcomer := before(stranger, begins("github"))
	back := "?code=c&state=<state>"
	endpoint{method: "GET", path: "/callback/github", body: ""}.test(t, []call{
		{name: "signs up", by: nobody, given: newcomer, query: back, to: "/dash", cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.email", "bob@example.com", "user.name", "Bob", "user.emailVerified", true)
			w.WantRows(1, "account", store.Is("providerId", "github"), store.Is("accountId", "8"), store.Is("accessToken", "access-1"), store.Is("scope", "one,two"))
			w.WantRows(0, "verification")
		}},
		{name: "signs up and redirects to newUserCallbackURL", by: nobody, given: before(stranger, beginsWith("/sign-in/social", `{"provider":"github","callbackURL":"/dash","newUserCallbackURL":"/welcome"}`)), query: back, to: "/welcome", cookie: begun},
		{name: "signs in", by: nobody, given: before(linkedWith("github"), away, beginsWith("/sign-in/social", `{"provider":"github","callbackURL":"/dash","newUserCallbackURL":"/welcome"}`)), query: back, to: "/dash", cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.id", w.value("user"))
			w.WantRows(2, "account")
		}},
		{name: "links to a verified user", by: nobody, given: before(verified, begins("github")), query: back, to: "/dash", cookie: begun, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user") }},
		{name: "POST redirects to GET", by: nobody, method: "POST", path: "/callback/github?state=a", form: true, body: "code=c&state=b&other=x", to: authtest.Origin + "/api/auth/callback/github?code=c&state=a"},

		{name: "state missing", by: nobody, query: "?code=c", to: own + "?error=state_not_found"},
		{name: "state missing, errorURL configured", by: nobody, options: func(o *auth.Options) { o.OnAPIError.ErrorURL = "/oops" }, query: "?code=c", to: "/oops?error=state_not_found"},
		{name: "unknown state", by: nobody, query: "?code=c&state=x", to: own + "?error=state_mismatch"},
		{name: "state of another browser", by: nobody, given: before(begins("github"), away), query: back, to: "/failed?error=state_mismatch"},
		{name: "state used before", by: nobody, given: before(newcomer, func(w *world) { end(w.c, "github", w.state) }), query: back, to: own + "?error=state_mismatch"},
		{name: "state older than ten minutes", by: nobody, given: before(begins("github"), later(11*time.Minute)), query: back, to: "/failed?error=state_mismatch"},
		{name: "state of a flow at another provider", by: nobody, given: begins("google"), query: back, to: "/failed?error=state_mismatch"},
		{name: "provider returns an error", by: nobody, given: begins("github"), query: "?error=access_denied&error_description=No%20way&state=<state>", to: "/failed?error=access_denied&error_description=No+way"},
		{name: "code missing", by: nobody, given: begins("github"), query: "?state=<state>", to: "/failed?error=no_code"},
		{name: "unknown provider", by: nobody, given: begins("github"), path: "/callback/nowhere", query: back, to: "/failed?error=oauth_provider_not_found"},
		{name: "provider refuses the code", by: nobody, given: before(begins("github"), func(w *world) { w.idp.Refuse = true }), query: back, to: "/failed?error=invalid_code"},
		{name: "provider returns no user info", by: nobody, given: before(begins("github"), func(w *world) { w.idp.Exact = nil }), query: back, to: "/failed?error=unable_to_get_user_info"},
		{name: "iss mismatch", by: nobody, given: atCorp(func(p *corp) { p.info.Issuer = "https://corp.test" }), path: "/callback/corp", query: back + "&iss=https://evil.test", to: "/failed?error=issuer_mismatch"},
		{name: "matching iss", by: nobody, given: atCorp(func(p *corp) { p.info.Issuer = "https://corp.test" }), path: "/callback/corp", query: back + "&iss=https://corp.test", to: "/dash", cookie: begun},
		{name: "nonce missing", by: nobody, given: before(atCorp(func(*corp) {}), func(w *world) { w.corp.info.NonceRequired = true }), path: "/callback/corp", query: back, to: "/failed?error=nonce_binding_missing"},
		{name: "provider returns an API error", by: nobody, given: atCorp(func(p *corp) { p.userInfo = func() (*oauth.Identity, error) { return nil, refusal() } }), path: "/callback/corp", query: back, status: 403, code: "NOT_YOU"},
		{name: "provider fails", by: nobody, given: atCorp(func(p *corp) { p.userInfo = func() (*oauth.Identity, error) { return nil, errors.New("broken") } }), path: "/callback/corp", query: back, status: 500},
		{name: "malformed email address", by: nobody, given: before(func(w *world) { w.profile(map[string]any{"id": 8, "login": "bob"}, true) }, begins("github")), query: back, to: "/failed?error=email_not_found"},
		{name: "user with this email is unverified", by: nobody, given: begins("github"), query: back, to: "/failed?error=account_not_linked"},
		{name: "email not verified by the provider", by: nobody, given: before(verified, func(w *world) { w.profile(map[string]any{"id": 8, "email": annEmail}, false) }, begins("github")), query: back, to: "/failed?error=account_not_linked"},
		{name: "account linking disabled", by: nobody, options: func(o *auth.Options) { o.Account.AccountLinking.Enabled = off() }, given: before(verified, begins("github")), query: back, to: "/failed?error=account_not_linked"},
		{name: "provider has sign-up disabled", by: nobody, given: atCorp(func(p *corp) { p.info.DisableSignUp = true }), path: "/callback/corp", query: back, to: "/failed?error=signup_disabled"},
		{name: "implicit sign-up disabled", by: nobody, given: atCorp(func(p *corp) { p.info.DisableImplicitSignUp = true }), path: "/callback/corp", query: back, to: "/failed?error=signup_disabled"},
		{name: "implicit sign-up disabled, requestSignUp set", by: nobody, given: before(stranger, func(w *world) { w.corp.info.DisableImplicitSignUp = true }, beginsWith("/sign-in/social", `{"provider":"corp","callbackURL":"/dash","requestSignUp":true}`)), path: "/callback/corp", query: back, to: "/dash", cookie: begun},
		{name: "provider requires a verified email", by: nobody, given: before(atCorp(func(p *corp) { p.info.RequireEmailVerification = true }), func(w *world) {
			w.profile(map[string]any{"id": 8, "email": "bob@example.com"}, false)
		}), path: "/callback/corp", query: back, to: "/failed?error=email_not_verified", then: func(w *world, _ *authtest.Answer) { w.wantTold("verify") }},
		{name: "overrideUserInfo updates the user", by: nobody, given: before(linkedWith("corp"), away, func(w *world) { w.corp.info.OverrideUserInfo = true }, begins("corp")), path: "/callback/corp", query: back, to: "/dash", cookie: begun, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user", store.Is("name", "Octo")) }},
		{name: "database hook drops the user", by: nobody, options: hook(func(h *auth.DatabaseHooks) { h.User.Create.Before = afterAnn(drops) }), given: newcomer, query: back, to: "/failed?error=unable_to_create_user"},
		{name: "database hook returns an API error", by: nobody, options: hook(func(h *auth.DatabaseHooks) { h.User.Create.Before = afterAnn(refuses) }), given: newcomer, query: back, to: "/failed?error=NOT_YOU&error_description=Not+you"},
		{name: "database hook drops the session", by: nobody, options: hook(func(h *auth.DatabaseHooks) { h.Session.Create.Before = afterAnn(drops) }), given: newcomer, query: back, to: "/failed?error=unable_to_create_session"},
		{name: "database hook drops the account", by: nobody, options: hook(func(h *auth.DatabaseHooks) { h.Account.Create.Before = afterAnn(drops) }), given: before(verified, begins("github")), query: back, to: "/failed?error=unable_to_link_account"},

		{name: "IdP-initiated: restarts the flow with a state", by: nobody, given: before(stranger, func(w *world) { w.corp.info.IDPInitiated = true }), path: "/callback/corp", query: "?code=c", status: 302, then: func(w *world, got *authtest.Answer) {
			got.WantCookie("better-auth.state")
			w.WantRows(1, "verification", store.Is("identifier", "auth-state:"+stateOf(got.Header.Get("Location"))))
		}},
		{name: "IdP-initiated when not allowed", by: nobody, path: "/callback/corp", query: "?code=c", to: own + "?error=state_not_found"},
	})
}

// TestCallbackLink tests the callback of flows that link an account.
func TestCallbackLink(t *testing.T) {
	back := "?code=c&state=<state>"
	links := beginsWith("/link-social", `{"provider":"github","callbackURL":"/dash","errorCallbackURL":"/failed"}`)
	accounts := func(n int) func(w *world, got *authtest.Answer) {
		return func(w *world, _ *authtest.Answer) {
			w.T.Helper()
			w.WantRows(n, "account", store.Is("providerId", "github"))
		}
	}
	bobs := func(w *world) { w.profile(map[string]any{"id": 8, "email": "bob@example.com", "name": "Bob"}, true) }
	different := func(o *auth.Options) { o.Account.AccountLinking.AllowDifferentEmails = true }
	endpoint{method: "GET", path: "/callback/github"}.test(t, []call{
		{name: "links", given: links, query: back, to: "/dash", then: accounts(1)},
		{name: "linked before: updates tokens and scopes", given: before(links, func(w *world) { end(w.c, "github", w.state) }, links, func(w *world) { w.idp.Tokens = map[string]any{"access_token": "access-2", "scope": "three"} }), query: back, to: "/dash", then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "account", store.Is("accessToken", "access-2"), store.Is("scope", "one,two,three"))
		}},
		{name: "email not verified by the provider", given: before(func(w *world) { w.profile(map[string]any{"id": 7, "email": annEmail}, false) }, links), query: back, to: "/failed?error=unable_to_link_account", then: accounts(0)},
		{name: "email not verified by a trusted provider", options: func(o *auth.Options) { o.Account.AccountLinking.TrustedProviders.List = []string{"github"} }, given: before(func(w *world) { w.profile(map[string]any{"id": 7, "email": annEmail}, false) }, links), query: back, to: "/dash", then: accounts(1)},
		{name: "different email", given: before(bobs, links), query: back, to: "/failed?error=email_does_not_match", then: accounts(0)},
		{name: "different email with allowDifferentEmails", options: different, given: before(bobs, links), query: back, to: "/dash", then: accounts(1)},
		{name: "updateUserInfoOnLink", options: func(o *auth.Options) { o.Account.AccountLinking.UpdateUserInfoOnLink = true }, given: links, query: back, to: "/dash", then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user", store.Is("name", "Octo")) }},
		{name: "account linked to another user", options: different, given: before(bobs, func(w *world) {
			other := w.Client()
			end(other, "github", begin(w.T, other, "github"))
		}, links), query: back, to: "/failed?error=account_already_linked_to_different_user", then: accounts(1)},
		{name: "signed out in between", given: before(links, posts("/sign-out", `{}`)), query: back, to: "/failed?error=unable_to_link_account", then: accounts(0)},
		{name: "database hook drops the write", options: func(o *auth.Options) { o.DatabaseHooks.Account.Create.Before = afterAnn(drops) }, given: links, query: back, to: "/failed?error=unable_to_link_account", then: accounts(0)},
		{name: "validateUserInfo refuses", options: func(o *auth.Options) {
			o.User.ValidateUserInfo = func(_ context.Context, v auth.ValidateUserInfo) (*js.Object, error) {
				if oauth.Text(oauth.Member(v.Source, "action")) != "link-account" {
					return nil, nil
				}
				return js.Obj("error", "not_you", "errorDescription", "Not you"), nil
			}
		}, given: links, query: back, to: "/failed?error=not_you&error_description=Not+you", then: accounts(0)},
	})
}
