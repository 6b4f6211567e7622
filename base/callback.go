package base

import (
	"net/http"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/oauth"
	"github.com/seed-32bd42cb/betterauth/oauth/flow"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// callbackRequest is the answer of a provider that the browser delivers: in the query, or as a POST, which is then
// redirected to a GET so that the browser sends its cookies.
type callbackRequest struct{}

// BodySchema returns the schema of a posted answer.
func (callbackRequest) BodySchema() *schema.Schema { return callbackSchema() }

// QuerySchema returns the schema of an answer in the query.
func (callbackRequest) QuerySchema() *schema.Schema { return callbackSchema() }

func callbackSchema() *schema.Schema {
	var fields []schema.NamedSchema
	for _, name := range callbackNames() {
		fields = append(fields, schema.Field(name, schema.String().Optional()))
	}
	return schema.Object(fields...).Optional()
}

func callbackNames() []string {
	return []string{"code", "error", "device_id", "error_description", "state", "user", "iss"}
}

var callbackOAuth = auth.Handle(auth.Route{
	ID: "callbackOAuth", Methods: []string{http.MethodGet, http.MethodPost}, Path: "/callback/:id", Session: auth.Public, Hidden: true,
	MediaTypes: formOrJSON, Summary: "Where providers send the browser back to",
}, func(c *auth.Context, _ *callbackRequest) (*auth.Nothing, error) {
	if c.Method == http.MethodPost {
		return nil, resendAsGet(c)
	}
	return nil, endFlow(c)
})

func resendAsGet(c *auth.Context) error {
	var p oauth.Params
	for _, name := range callbackNames() {
		for _, from := range []any{c.Body, c.Query} {
			if text, ok := oauth.Member(from, name).(string); ok {
				p.Set(name, text)
			}
		}
	}
	return auth.Redirect(c.BaseURL + "/callback/" + c.Params["id"] + "?" + p.Encode())
}

// endFlow handles the answer of a provider. It always ends in a redirect.
func endFlow(c *auth.Context) error {
	get := func(name string) string { return oauth.Text(oauth.Member(c.Query, name)) }
	p := flow.FindProvider(c, c.Params["id"])
	if c.Query != nil && !c.Query.Has("state") && get("code") != "" && p != nil && p.Info().IDPInitiated {
		return beginAtProvider(c, p)
	}
	if get("state") == "" {
		c.Log.ErrorContext(c, "an OAuth callback has no state", "error", get("error"))
		return flow.Fail(flow.ErrorURL(c), flow.StateNotFound, "")
	}
	state, err := flow.ReadOrFail(c, get("state"))
	if err != nil {
		return err
	}
	fail := func(code, description string) error { return flow.Fail(state.ErrorURL, code, description) }
	if e := get("error"); e != "" {
		return fail(e, get("error_description"))
	}
	if get("code") == "" {
		return fail(flow.NoCode, "")
	}
	if p == nil {
		c.Log.WarnContext(c, "an OAuth callback names a provider that is not configured", "provider", c.Params["id"])
		return fail(flow.ProviderNotFound, "")
	}
	proof, problem, err := flow.Exchange(c, p, flow.Callback{
		Code: get("code"), Issuer: get("iss"), DeviceID: get("device_id"), User: get("user"), CodeVerifier: state.CodeVerifier, Nonce: state.Nonce,
	})
	if err != nil {
		return err
	}
	if problem != "" {
		return fail(problem, "")
	}
	if state.CallbackURL == "" {
		return fail(flow.NoCallbackURL, "")
	}
	account := flow.Account{ProviderID: p.Info().ID, AccountID: proof.AccountID, Tokens: *proof.Tokens, Scope: strings.Join(proof.Tokens.Scopes, ",")}
	return finishFlow(c, p, state, &account, proof.Identity)
}

// beginAtProvider handles a sign-in that the provider started. The code proves nothing about this browser, so a new
// flow with a state is started.
func beginAtProvider(c *auth.Context, p oauth.Provider) error {
	state := &flow.State{Provider: p.Info().ID, Nonce: flow.Nonce(p)}
	if err := state.FromBody(c); err != nil {
		return err
	}
	if err := state.Begin(c); err != nil {
		return err
	}
	address, err := p.AuthorizationURL(flow.Call(c), oauth.AuthorizationRequest{
		State: state.Value, CodeVerifier: state.CodeVerifier, Nonce: state.Nonce, RedirectURI: flow.RedirectURI(c, p),
	})
	if err != nil {
		return err
	}
	return auth.Redirect(address)
}

// finishFlow links the account or signs the user in, and redirects the browser.
func finishFlow(c *auth.Context, p oauth.Provider, state *flow.State, account *flow.Account, id *oauth.Identity) error {
	info := p.Info()
	end := flow.Ending{CallbackURL: state.CallbackURL, NewUserURL: state.NewUserURL, ErrorURL: state.ErrorURL, Link: state.Link}
	who := flow.SignIn{User: id.User, Account: *account, CallbackURL: state.CallbackURL, Profile: id.Profile}
	if end.Link == nil {
		if !js.Truthy(oauth.Member(id.User, "email")) {
			c.Log.ErrorContext(c, "the provider returned no e-mail address; request the scope for it, or set one in mapProfileToUser", "provider", info.ID)
			return flow.Fail(state.ErrorURL, flow.EmailNotFound, "")
		}
		who.User = oauth.Spread(id.User, js.Obj("name", oauth.Or(oauth.Member(id.User, "name"), "")))
		who.DisableSignUp = info.DisableImplicitSignUp && !state.WantsSignUp() || info.DisableSignUp
		who.OverrideUserInfo = info.OverrideUserInfo
	}
	return end.Finish(c, &who)
}
