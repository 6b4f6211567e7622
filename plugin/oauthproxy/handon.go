package oauthproxy

import (
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
)

// handOn runs on the production server. It gets the identity from the provider and sends it back with the
// browser. Here nobody is signed in and nothing is stored.
func (p *Plugin) handOn(c *auth.Context) error {
	state, kept, ok := p.unpack(c)
	if !ok {
		return nil
	}
	get := func(name string) string {
		return oauth.Text(oauth.Either(oauth.Member(c.Query, name), oauth.Member(c.Body, name)))
	}
	errorURL := oauth.Text(oauth.Member(kept, "errorURL"))
	if errorURL == "" {
		errorURL = flow.ErrorURL(c)
	}
	if bound := oauth.Member(kept, "oauthState"); oauth.IsSet(bound) && bound != any(state) {
		return flow.Fail(errorURL, flow.StateMismatch, "")
	}
	if e := get("error"); e != "" {
		return flow.Fail(errorURL, e, "")
	}
	if get("code") == "" {
		return flow.Fail(errorURL, flow.NoCode, "")
	}
	provider := flow.FindProvider(c, c.Params["id"])
	if provider == nil {
		return flow.Fail(errorURL, flow.ProviderNotFound, "")
	}
	proof, problem, err := flow.Exchange(c, provider, flow.Callback{
		Code: get("code"), Issuer: get("iss"), DeviceID: get("device_id"), User: get("user"),
		CodeVerifier: oauth.Text(oauth.Member(kept, "codeVerifier")), Nonce: oauth.Text(oauth.Member(kept, "idTokenNonce")),
	})
	if err != nil {
		return err
	}
	if problem != "" {
		return flow.Fail(errorURL, problem, "")
	}
	if !js.Truthy(oauth.Member(proof.Identity.User, "email")) {
		return flow.Fail(errorURL, flow.EmailNotFound, "")
	}
	return p.sendBack(c, provider, state, kept, proof)
}

// unpack decrypts a state parameter that another server has packed.
func (p *Plugin) unpack(c *auth.Context) (state string, kept *js.Object, ok bool) {
	packed := oauth.Text(oauth.Either(oauth.Member(c.Query, "state"), oauth.Member(c.Body, "state")))
	if packed == "" {
		return "", nil, false
	}
	pack, err := p.open("oauth-proxy-package", packed)
	if err != nil {
		return "", nil, false // a callback of this server's own flow
	}
	state = oauth.Text(oauth.Member(pack, "state"))
	sealed := oauth.Text(oauth.Member(pack, "stateCookie"))
	if !js.Truthy(oauth.Member(pack, "isOAuthProxy")) || state == "" || sealed == "" {
		return "", nil, false
	}
	kept, err = p.open("oauth-proxy-state", sealed)
	if err != nil || kept == nil {
		c.Log.ErrorContext(c, "oauth-proxy: the packed state could not be decrypted", "error", err)
		return "", nil, false
	}
	return state, kept, true
}

func (p *Plugin) sendBack(c *auth.Context, provider oauth.Provider, state string, kept *js.Object, proof *flow.Exchanged) error {
	callback := oauth.Text(oauth.Member(kept, "callbackURL"))
	base, query := split(callback)
	final := query.Get("callbackURL")
	if final == "" {
		final = callback
	}
	info, user, tokens := provider.Info(), proof.Identity.User, proof.Tokens
	account := oauth.Spread(js.Obj("providerId", info.ID, "accountId", proof.AccountID), tokens.Object())
	for _, name := range []string{"tokenType", "raw", "scopes"} {
		account.Delete(name)
	}
	account.Set("scope", strings.Join(tokens.Scopes, ","))
	payload := js.Obj(
		"userInfo", js.Obj("id", proof.AccountID, "email", oauth.Member(user, "email"), "name", oauth.Or(oauth.Member(user, "name"), ""),
			"image", oauth.Member(user, "image"), "emailVerified", oauth.Member(user, "emailVerified")),
		"profile", proof.Identity.Profile, "scopes", tokens.Scopes, "account", account, "state", state, "callbackURL", final,
	)
	for _, name := range []string{"newUserURL", "errorURL"} {
		if v := oauth.Member(kept, name); oauth.IsSet(v) {
			payload.Set(name, v)
		}
	}
	if noSignUp := info.DisableImplicitSignUp && oauth.Member(kept, "requestSignUp") != any(true) || info.DisableSignUp; noSignUp {
		payload.Set("disableSignUp", true)
	}
	payload.Set("timestamp", c.Now().UnixMilli())
	sealed, err := p.seal("oauth-proxy-profile", string(js.Marshal(payload)))
	if err != nil {
		return err
	}
	query.Set("profile", sealed)
	to, err := query.Append(base)
	if err != nil {
		return err
	}
	return auth.Redirect(to)
}
