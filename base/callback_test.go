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

// beginsWith starts a flow by a body of one's own.
func beginsWith(path, body string) func(w *world) {
	return func(w *world) {
		w.T.Helper()
		w.state = stateOf(w.c.Post(path, body).Text("url"))
	}
}

// Where providers send the browser back to: every answer is a redirect.
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
		{name: "signs up, and greets", by: nobody, given: before(stranger, beginsWith("/sign-in/social", `{"provider":"github","callbackURL":"/dash","newUserCallbackURL":"/welcome"}`)), query: back, to: "/welcome", cookie: begun},
		{name: "signs in", by: nobody, given: before(linkedWith("github"), away, beginsWith("/sign-in/social", `{"provider":"github","callbackURL":"/dash","newUserCallbackURL":"/welcome"}`)), query: back, to: "/dash", cookie: begun, then: func(w *world, _ *authtest.Answer) {
			w.c.Get("/get-session").Want(200, "user.id", w.value("user"))
			w.WantRows(2, "account")
		}},
		{name: "links to a proven address", by: nobody, given: before(verified, begins("github")), query: back, to: "/dash", cookie: begun, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user") }},
		{name: "posted: goes on as a GET", by: nobody, method: "POST", path: "/callback/github?state=a", form: true, body: "code=c&state=b&other=x", to: authtest.Origin + "/api/auth/callback/github?code=c&state=a"},

		{name: "no state", by: nobody, query: "?code=c", to: own + "?error=state_not_found"},
		{name: "no state, and a page of one's own", by: nobody, options: func(o *auth.Options) { o.OnAPIError.ErrorURL = "/oops" }, query: "?code=c", to: "/oops?error=state_not_found"},
		{name: "an unknown state", by: nobody, query: "?code=c&state=x", to: own + "?error=state_mismatch"},
		{name: "a state of another browser", by: nobody, given: before(begins("github"), away), query: back, to: "/failed?error=state_mismatch"},
		{name: "a state that was used", by: nobody, given: before(newcomer, func(w *world) { end(w.c, "github", w.state) }), query: back, to: own + "?error=state_mismatch"},
		{name: "a state that is eleven minutes old", by: nobody, given: before(begins("github"), later(11*time.Minute)), query: back, to: "/failed?error=state_mismatch"},
		{name: "the flow of another provider", by: nobody, given: begins("google"), query: back, to: "/failed?error=state_mismatch"},
		{name: "the user said no", by: nobody, given: begins("github"), query: "?error=access_denied&error_description=No%20way&state=<state>", to: "/failed?error=access_denied&error_description=No+way"},
		{name: "no code", by: nobody, given: begins("github"), query: "?state=<state>", to: "/failed?error=no_code"},
		{name: "an unknown provider", by: nobody, given: begins("github"), path: "/callback/nowhere", query: back, to: "/failed?error=oauth_provider_not_found"},
		{name: "the code does not hold", by: nobody, given: before(begins("github"), func(w *world) { w.idp.Refuse = true }), query: back, to: "/failed?error=invalid_code"},
		{name: "the provider tells nothing", by: nobody, given: before(begins("github"), func(w *world) { w.idp.Exact = nil }), query: back, to: "/failed?error=unable_to_get_user_info"},
		{name: "another issuer", by: nobody, given: atCorp(func(p *corp) { p.info.Issuer = "https://corp.test" }), path: "/callback/corp", query: back + "&iss=https://evil.test", to: "/failed?error=issuer_mismatch"},
		{name: "the issuer", by: nobody, given: atCorp(func(p *corp) { p.info.Issuer = "https://corp.test" }), path: "/callback/corp", query: back + "&iss=https://corp.test", to: "/dash", cookie: begun},
		{name: "no nonce", by: nobody, given: before(atCorp(func(*corp) {}), func(w *world) { w.corp.info.NonceRequired = true }), path: "/callback/corp", query: back, to: "/failed?error=nonce_binding_missing"},
		{name: "the provider refuses", by: nobody, given: atCorp(func(p *corp) { p.userInfo = func() (*oauth.Identity, error) { return nil, refusal() } }), path: "/callback/corp", query: back, status: 403, code: "NOT_YOU"},
		{name: "the provider breaks", by: nobody, given: atCorp(func(p *corp) { p.userInfo = func() (*oauth.Identity, error) { return nil, errors.New("broken") } }), path: "/callback/corp", query: back, status: 500},
		{name: "no address", by: nobody, given: before(func(w *world) { w.profile(map[string]any{"id": 8, "login": "bob"}, true) }, begins("github")), query: back, to: "/failed?error=email_not_found"},
		{name: "an address that is not proven here", by: nobody, given: begins("github"), query: back, to: "/failed?error=account_not_linked"},
		{name: "an address that is not proven there", by: nobody, given: before(verified, func(w *world) { w.profile(map[string]any{"id": 8, "email": annEmail}, false) }, begins("github")), query: back, to: "/failed?error=account_not_linked"},
		{name: "no linking", by: nobody, options: func(o *auth.Options) { o.Account.AccountLinking.Enabled = off() }, given: before(verified, begins("github")), query: back, to: "/failed?error=account_not_linked"},
		{name: "no sign-up there", by: nobody, given: atCorp(func(p *corp) { p.info.DisableSignUp = true }), path: "/callback/corp", query: back, to: "/failed?error=signup_disabled"},
		{name: "sign-up only when asked for", by: nobody, given: atCorp(func(p *corp) { p.info.DisableImplicitSignUp = true }), path: "/callback/corp", query: back, to: "/failed?error=signup_disabled"},
		{name: "sign-up asked for", by: nobody, given: before(stranger, func(w *world) { w.corp.info.DisableImplicitSignUp = true }, beginsWith("/sign-in/social", `{"provider":"corp","callbackURL":"/dash","requestSignUp":true}`)), path: "/callback/corp", query: back, to: "/dash", cookie: begun},
		{name: "the address must be proven", by: nobody, given: before(atCorp(func(p *corp) { p.info.RequireEmailVerification = true }), func(w *world) {
			w.profile(map[string]any{"id": 8, "email": "bob@example.com"}, false)
		}), path: "/callback/corp", query: back, to: "/failed?error=email_not_verified", then: func(w *world, _ *authtest.Answer) { w.wantTold("verify") }},
		{name: "what the provider says replaces what was known", by: nobody, given: before(linkedWith("corp"), away, func(w *world) { w.corp.info.OverrideUserInfo = true }, begins("corp")), path: "/callback/corp", query: back, to: "/dash", cookie: begun, then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user", store.Is("name", "Octo")) }},
		{name: "a hook drops the user", by: nobody, options: hook(func(h *auth.DatabaseHooks) { h.User.Create.Before = afterAnn(drops) }), given: newcomer, query: back, to: "/failed?error=unable_to_create_user"},
		{name: "a hook refuses the user", by: nobody, options: hook(func(h *auth.DatabaseHooks) { h.User.Create.Before = afterAnn(refuses) }), given: newcomer, query: back, to: "/failed?error=NOT_YOU&error_description=Not+you"},
		{name: "a hook drops the session", by: nobody, options: hook(func(h *auth.DatabaseHooks) { h.Session.Create.Before = afterAnn(drops) }), given: newcomer, query: back, to: "/failed?error=unable_to_create_session"},
		{name: "a hook drops the account", by: nobody, options: hook(func(h *auth.DatabaseHooks) { h.Account.Create.Before = afterAnn(drops) }), given: before(verified, begins("github")), query: back, to: "/failed?error=unable_to_link_account"},

		{name: "begun by the provider: asks again, with a state", by: nobody, given: before(stranger, func(w *world) { w.corp.info.IDPInitiated = true }), path: "/callback/corp", query: "?code=c", status: 302, then: func(w *world, got *authtest.Answer) {
			got.WantCookie("better-auth.state")
			w.WantRows(1, "verification", store.Is("identifier", "auth-state:"+stateOf(got.Header.Get("Location"))))
		}},
		{name: "begun by the provider, which may not", by: nobody, path: "/callback/corp", query: "?code=c", to: own + "?error=state_not_found"},
	})
}

// The end of a flow that links an account to whoever is signed in.
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
		{name: "links once more: the tokens are new", given: before(links, func(w *world) { end(w.c, "github", w.state) }, links, func(w *world) { w.idp.Tokens = map[string]any{"access_token": "access-2", "scope": "three"} }), query: back, to: "/dash", then: func(w *world, _ *authtest.Answer) {
			w.WantRows(1, "account", store.Is("accessToken", "access-2"), store.Is("scope", "one,two,three"))
		}},
		{name: "an address that is not proven there", given: before(func(w *world) { w.profile(map[string]any{"id": 7, "email": annEmail}, false) }, links), query: back, to: "/failed?error=unable_to_link_account", then: accounts(0)},
		{name: "an address that is not proven there, of a provider that is trusted", options: func(o *auth.Options) { o.Account.AccountLinking.TrustedProviders.List = []string{"github"} }, given: before(func(w *world) { w.profile(map[string]any{"id": 7, "email": annEmail}, false) }, links), query: back, to: "/dash", then: accounts(1)},
		{name: "another address", given: before(bobs, links), query: back, to: "/failed?error=email_does_not_match", then: accounts(0)},
		{name: "another address, where that is allowed", options: different, given: before(bobs, links), query: back, to: "/dash", then: accounts(1)},
		{name: "and takes the profile over", options: func(o *auth.Options) { o.Account.AccountLinking.UpdateUserInfoOnLink = true }, given: links, query: back, to: "/dash", then: func(w *world, _ *authtest.Answer) { w.WantRows(1, "user", store.Is("name", "Octo")) }},
		{name: "an account of somebody else", options: different, given: before(bobs, func(w *world) {
			other := w.Client()
			end(other, "github", begin(w.T, other, "github"))
		}, links), query: back, to: "/failed?error=account_already_linked_to_different_user", then: accounts(1)},
		{name: "after signing out", given: before(links, posts("/sign-out", `{}`)), query: back, to: "/failed?error=unable_to_link_account", then: accounts(0)},
		{name: "a hook drops it", options: func(o *auth.Options) { o.DatabaseHooks.Account.Create.Before = afterAnn(drops) }, given: links, query: back, to: "/failed?error=unable_to_link_account", then: accounts(0)},
		{name: "the user is refused", options: func(o *auth.Options) {
			o.User.ValidateUserInfo = func(_ context.Context, v auth.ValidateUserInfo) (*js.Object, error) {
				if oauth.Text(oauth.Member(v.Source, "action")) != "link-account" {
					return nil, nil
				}
				return js.Obj("error", "not_you", "errorDescription", "Not you"), nil
			}
		}, given: links, query: back, to: "/failed?error=not_you&error_description=Not+you", then: accounts(0)},
	})
}
