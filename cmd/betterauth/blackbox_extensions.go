//go:build blackbox

package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/mcp"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Extensions of the plugin oauth-provider, described as test/parity/host/extensions.mjs
// says. Webhooks decide; what is done then is the same in both programs.

// takeExtensions removes the described extensions from a config.
func takeExtensions(cfg *js.Object) (described []any, path string) {
	plugins, _ := object(cfg, "plugins")
	for _, id := range []string{"oauth-provider", "mcp"} {
		if own, ok := object(plugins, id); ok && own.Has("extensions") {
			list, _ := own.Get("extensions")
			own.Delete("extensions")
			described, _ = list.([]any)
			return described, "plugins." + id + ".extensions."
		}
	}
	return nil, ""
}

// addExtensions registers described extensions with the plugin of the options.
func addExtensions(o *auth.Options, described []any, path string) error {
	for i, d := range described {
		own, ok := d.(*js.Object)
		if !ok {
			return fmt.Errorf("extension %d is not an object", i)
		}
		for _, p := range o.Plugins {
			provider, ok := p.(*oauthprovider.Plugin)
			if m, is := p.(*mcp.Plugin); is {
				provider, ok = m.Plugin, true
			}
			if !ok {
				continue
			}
			e := (&describedExtension{path + strconv.Itoa(i), own, provider}).extension()
			if companion, _ := own.Get("companion"); companion == true {
				o.Plugins = append(o.Plugins, companionPlugin{"companion-" + strconv.Itoa(i), e})
			} else if err := provider.Extend(e); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// companionPlugin is a plugin that registers an extension when the server starts.
type companionPlugin struct {
	id        string
	extension oauthprovider.Extension
}

// Manifest implements [auth.Plugin].
func (p companionPlugin) Manifest() auth.Manifest {
	return auth.Manifest{ID: p.id, Init: func(a *auth.Auth) error {
		provider, ok := oauthprovider.Of(a)
		if !ok {
			return errors.New("the plugin oauth-provider is needed")
		}
		return provider.Extend(p.extension)
	}}
}

// describedExtension is one extension.
type describedExtension struct {
	path     string
	own      *js.Object
	provider *oauthprovider.Plugin
}

func (d *describedExtension) extension() oauthprovider.Extension {
	e := oauthprovider.Extension{}
	if grants, ok := object(d.own, "grants"); ok {
		e.Grants = map[string]oauthprovider.GrantHandler{}
		for name, hook := range grants.All() {
			e.Grants[name] = func(in *oauthprovider.Grant) (*js.Object, error) {
				plan, err := d.ask(in.Call, hook, "grants."+name, js.Obj("grantType", in.Type, "body", in.Call.Body))
				if err != nil {
					return nil, err
				}
				return perform(in, plan)
			}
		}
	}
	if methods, ok := object(d.own, "clientAuthentication"); ok {
		for name, v := range methods.All() {
			e.Authentication = append(e.Authentication, d.authentication(name, v.(*js.Object)))
		}
	}
	if members, ok := object(d.own, "metadata"); ok {
		e.Metadata = func(in oauthprovider.MetadataInput) *js.Object { return metadataOf(members, in) }
	}
	if claims, ok := object(d.own, "claims"); ok {
		e.Claims = d.claims(claims)
	}
	for i, v := range list(d.own, "clientDiscovery") {
		e.Discoveries = append(e.Discoveries, d.discovery(i, v.(*js.Object)))
	}
	return e
}

// ask calls a webhook and returns the object that it answers, or nil.
func (d *describedExtension) ask(c *auth.Context, hook any, event string, in *js.Object) (*js.Object, error) {
	spec, _ := hook.(*js.Object)
	url, _ := spec.Get("webhook")
	caller := &callback.Caller{Now: func(context.Context) time.Time { return c.Now() }}
	answer, err := caller.Call(c, &callback.Webhook{URL: js.String(url)}, d.path+"."+event, []any{in})
	if err != nil {
		return nil, auth.FromCallback(err)
	}
	out, _ := answer.Result.(*js.Object)
	return out, nil
}

// perform does what the webhook of a grant has decided.
func perform(in *oauthprovider.Grant, plan *js.Object) (*js.Object, error) {
	c := in.Call
	proof := &oauthprovider.ClientProof{}
	var err error
	if how, ok := object(plan, "authenticate"); ok {
		needed, has := how.Get("requireCredentials")
		if proof, err = in.Authenticate(!has || needed != false, texts(how, "scopes")); err != nil {
			return nil, err
		}
	}
	client := proof.Client
	if id := text(plan, "client"); id != "" {
		client, err = in.Provider.Client(c, id)
		if errors.Is(err, store.ErrNotFound) {
			err = &auth.Error{Status: 400, Body: js.Obj("error", "invalid_client", "error_description", "no such client")}
		}
		if err != nil {
			return nil, err
		}
	}
	var seen, active *js.Object
	if token := text(plan, "validate"); token != "" {
		if seen, err = in.Provider.Introspect(c, token, text(plan, "asking")); err != nil {
			return nil, err
		}
	}
	var user *auth.User
	if token := text(plan, "token"); token != "" {
		if active, err = in.Provider.AccessToken(c, token); err != nil {
			return nil, err
		}
		if user, err = c.Users.Find(c, text(active, "sub")); err != nil {
			return nil, err
		}
	}
	if email := text(plan, "user"); email != "" {
		if user, err = c.Users.FindByEmail(c, email); err != nil {
			return nil, err
		}
	}
	issue, ok := object(plan, "issue")
	if !ok {
		return report(in, plan, proof, client, seen, active)
	}
	asked := oauthprovider.Issuance{
		Client: client, User: user, Scopes: texts(issue, "scopes"), Resources: texts(issue, "resources"), Granted: texts(issue, "originalResources"),
		ReferenceID: text(issue, "referenceId"), SessionID: text(issue, "sessionId"), Nonce: text(issue, "nonce"),
		UserInfo: texts(issue, "requestedUserInfoClaims"), Confirmation: proof.Confirmation,
	}
	if at, ok := issue.Get("authTime"); ok {
		if t, ok := at.(time.Time); ok {
			asked.AuthTime = &t
		}
	}
	if cnf, ok := object(issue, "confirmation"); ok {
		asked.Confirmation = cnf
	}
	asked.AccessClaims, _ = object(issue, "accessTokenClaims")
	asked.IDClaims, _ = object(issue, "idTokenClaims")
	asked.Response, _ = object(issue, "tokenResponse")
	return in.Issue(asked)
}

// report is the answer of a grant that issues nothing.
func report(in *oauthprovider.Grant, plan *js.Object, proof *oauthprovider.ClientProof, client *oauthprovider.Client, seen, active *js.Object) (*js.Object, error) {
	out := js.NewObject()
	if client != nil {
		out.Set("client", client.ClientID)
	}
	setText(out, "method", proof.Method)
	if proof.Confirmation != nil {
		out.Set("confirmation", proof.Confirmation)
	}
	if seen != nil {
		out.Set("seen", seen)
	}
	if active != nil {
		out.Set("active", active)
	}
	if token := text(plan, "hash"); token != "" {
		stored, err := in.Provider.StoredToken(in.Call, token, "access_token")
		if err != nil {
			return nil, err
		}
		out.Set("stored", stored)
	}
	return out, nil
}

func (d *describedExtension) authentication(name string, own *js.Object) oauthprovider.Authentication {
	hook, _ := own.Get("authenticate")
	return oauthprovider.Authentication{
		Method: name, AssertionTypes: texts(own, "assertionTypes"),
		Authenticate: func(in oauthprovider.AssertionInput) (*oauthprovider.Authenticated, error) {
			asked := js.Obj("assertion", in.Assertion, "assertionType", in.AssertionType)
			setText(asked, "clientId", in.ClientID)
			asked.Set("expectedAudience", in.Audience)
			said, err := d.ask(in.Call, hook, "clientAuthentication."+name+".authenticate", asked)
			if err != nil {
				return nil, err
			}
			if use, ok := object(said, "consume"); ok {
				payload, _ := object(use, "payload")
				if err := d.provider.UseAssertion(in.Call, text(use, "namespace"), in.Audience, payload); err != nil {
					return nil, err
				}
			}
			out := &oauthprovider.Authenticated{ClientID: text(said, "clientId")}
			out.Confirmation, _ = object(said, "confirmation")
			return out, nil
		},
	}
}

func metadataOf(members *js.Object, in oauthprovider.MetadataInput) *js.Object {
	out := js.NewObject()
	for _, part := range []string{"*", in.Kind} {
		if own, ok := object(members, part); ok {
			for name, v := range own.All() {
				out.Set(name, v)
			}
		}
	}
	if name := text(members, "seen"); name != "" {
		issuer, _ := in.Document.Get("issuer")
		out.Set(name, []any{in.Kind, issuer, float64(in.Document.Len())})
	}
	return out
}

func (d *describedExtension) claims(own *js.Object) oauthprovider.ExtensionClaims {
	of := func(kind string) func(oauthprovider.ClaimInput) (*js.Object, error) {
		hook, ok := own.Get(kind)
		if !ok {
			return nil
		}
		return func(in oauthprovider.ClaimInput) (*js.Object, error) {
			asked := js.NewObject()
			if in.User != nil {
				asked.Set("user", in.User.Email)
			}
			asked.Set("client", in.Client.ClientID)
			asked.Set("scopes", in.Scopes)
			setText(asked, "grantType", in.GrantType)
			setText(asked, "referenceId", in.ReferenceID)
			asked.Set("session", in.SessionID != "")
			if in.Resources != nil {
				asked.Set("resources", in.Resources)
			}
			if in.Metadata != nil {
				asked.Set("metadata", in.Metadata)
			}
			return d.ask(in.Call, hook, "claims."+kind, asked)
		}
	}
	out := oauthprovider.ExtensionClaims{AccessToken: of("accessToken"), IDToken: of("idToken")}
	if hook, ok := own.Get("userInfo"); ok {
		out.UserInfo = func(in oauthprovider.UserInfoInput) (*js.Object, error) {
			asked := js.Obj("user", in.User.Email)
			if in.Client != nil {
				asked.Set("client", in.Client.ClientID)
			}
			asked.Set("scopes", in.Scopes)
			asked.Set("token", js.Obj("client_id", text(in.JWT, "client_id"), "scope", text(in.JWT, "scope")))
			asked.Set("requestedClaims", in.RequestedClaims)
			return d.ask(in.Call, hook, "claims.userInfo", asked)
		}
	}
	return out
}

func (d *describedExtension) discovery(i int, own *js.Object) *oauthprovider.Discovery {
	id, prefix := text(own, "id"), text(own, "matches")
	hook, _ := own.Get("resolve")
	more, _ := object(own, "discoveryMetadata")
	return &oauthprovider.Discovery{
		ID: id, Metadata: more, Matches: func(clientID string) bool { return strings.HasPrefix(clientID, prefix) },
		Resolve: func(c *auth.Context, clientID string, existing *oauthprovider.Client) (*oauthprovider.Client, error) {
			asked := js.Obj("clientId", clientID)
			if existing != nil && existing.Name != nil {
				asked.Set("existing", *existing.Name)
			}
			columns, err := d.ask(c, hook, "clientDiscovery."+strconv.Itoa(i)+".resolve", asked)
			if err != nil || columns == nil {
				return nil, err
			}
			row := store.Record{}
			for name, v := range columns.All() {
				row[name] = v
			}
			table := store.TableOf[oauthprovider.Client](c.Store, "oauthClient")
			if existing != nil {
				return table.Update(c, []store.Where{store.Is("clientId", clientID)}, row)
			}
			row["clientId"], row["clientDiscoveryId"] = clientID, id
			made, err := c.Store.Create(c, "oauthClient", row)
			if err != nil {
				return nil, err
			}
			return table.Of(made)
		},
	}
}

func object(o *js.Object, name string) (*js.Object, bool) {
	if o == nil {
		return nil, false
	}
	v, _ := o.Get(name)
	out, ok := v.(*js.Object)
	return out, ok
}

func list(o *js.Object, name string) []any {
	v, _ := o.Get(name)
	out, _ := v.([]any)
	return out
}

// texts returns a list of texts, nil if there is none.
func texts(o *js.Object, name string) []string {
	v, _ := o.Get(name)
	items, ok := v.([]any)
	if !ok {
		return nil
	}
	out := []string{}
	for _, item := range items {
		out = append(out, js.String(item))
	}
	return out
}

func text(o *js.Object, name string) string {
	if o == nil {
		return ""
	}
	v, _ := o.Get(name)
	s, _ := v.(string)
	return s
}

func setText(o *js.Object, name, value string) {
	if value != "" {
		o.Set(name, value)
	}
}
