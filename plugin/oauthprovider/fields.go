package oauthprovider

import (
	"slices"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/store"
)

// clientField is a member of client metadata (RFC 7591) with the column that stores it.
type clientField struct{ wire, column string }

// clientFields returns the members that are stored as they are, in the order of answers.
func clientFields() []clientField {
	return []clientField{
		{"client_name", "name"}, {"client_uri", "uri"}, {"logo_uri", "icon"}, {"contacts", "contacts"}, {"tos_uri", "tos"},
		{"policy_uri", "policy"}, {"jwks_uri", "jwksUri"}, {"software_id", "softwareId"}, {"software_version", "softwareVersion"},
		{"software_statement", "softwareStatement"}, {"redirect_uris", "redirectUris"},
		{"post_logout_redirect_uris", "postLogoutRedirectUris"}, {"backchannel_logout_uri", "backchannelLogoutUri"},
		{"backchannel_logout_session_required", "backchannelLogoutSessionRequired"},
		{"token_endpoint_auth_method", "tokenEndpointAuthMethod"}, {"grant_types", "grantTypes"}, {"response_types", "responseTypes"},
		{"application_type", "applicationType"}, {"disabled", "disabled"}, {"skip_consent", "skipConsent"},
		{"enable_end_session", "enableEndSession"}, {"require_pkce", "requirePKCE"},
		{"dpop_bound_access_tokens", "dpopBoundAccessTokens"}, {"subject_type", "subjectType"}, {"reference_id", "referenceId"},
	}
}

// reservedMembers returns the names that the free metadata of a client cannot have.
func reservedMembers() map[string]bool {
	out := map[string]bool{
		"client_id": true, "client_secret": true, "client_secret_expires_at": true, "scope": true, "user_id": true,
		"client_id_issued_at": true, "jwks": true, "public": true, "type": true, "resources": true, "client_credentials_scopes": true,
		"clientId": true, "clientSecret": true, "clientDiscoveryId": true, "scopes": true, "clientCredentialsScopes": true,
		"userId": true, "createdAt": true, "updatedAt": true, "expiresAt": true, "metadata": true,
	}
	for _, f := range clientFields() {
		out[f.wire], out[f.column] = true, true
	}
	return out
}

// freeMetadata returns the members of metadata that the server gives no meaning, or nil if there are none.
func freeMetadata(metadata *js.Object) *js.Object {
	if metadata == nil {
		return nil
	}
	out, reserved := js.NewObject(), reservedMembers()
	for name, v := range metadata.All() {
		if !reserved[name] {
			out.Set(name, v)
		}
	}
	if out.Len() == 0 {
		return nil
	}
	return out
}

// columns returns the columns that client metadata sets.
func columns(metadata *js.Object) store.Record {
	out := store.Record{}
	for _, f := range clientFields() {
		if v, ok := metadata.Get(f.wire); ok {
			if v, ok = columnValue(v); ok {
				out[f.column] = v
			}
		}
	}
	if v, ok := metadata.Get("scope"); ok {
		if scope, ok := v.(string); ok {
			out["scopes"] = strings.Split(scope, " ")
		}
	}
	if v, _ := metadata.Get("jwks"); js.Truthy(v) {
		out["jwks"] = string(js.Marshal(v))
	}
	if v, _ := metadata.Get("metadata"); v != nil {
		if o, ok := v.(*js.Object); ok {
			if free := freeMetadata(o); free != nil {
				out["metadata"] = free
			}
		}
	}
	return out
}

// columnValue returns a value of package js as a column stores it. ok is false for undefined.
func columnValue(v any) (out any, ok bool) {
	switch v := v.(type) {
	case js.Undefined:
		return nil, false
	case []any:
		texts := make([]string, len(v))
		for i, item := range v {
			texts[i], _ = item.(string)
		}
		return texts, true
	}
	return v, true
}

// shown returns client metadata as answers have it. plain is the secret in plain text, "" to leave it out.
func (cl *Client) shown(plain string) *js.Object {
	out := js.NewObject()
	if free := freeMetadata(cl.metadata()); free != nil {
		for name, v := range free.All() {
			out.Set(name, v)
		}
	}
	set := func(name string, v any) {
		switch v := v.(type) {
		case *string:
			if v != nil {
				out.Set(name, *v)
			}
		case *bool:
			if v != nil {
				out.Set(name, *v)
			}
		case *time.Time:
			if v != nil {
				out.Set(name, float64(v.Unix()))
			}
		case []string:
			if v != nil {
				out.Set(name, list(v))
			}
		}
	}
	out.Set("client_id", cl.ClientID)
	if plain != "" {
		out.Set("client_secret", plain)
	}
	if plain != "" || text(cl.ClientSecret) != "" {
		out.Set("client_secret_expires_at", float64(0))
	}
	if cl.Scopes != nil {
		out.Set("scope", strings.Join(cl.Scopes, " "))
	}
	set("user_id", cl.UserID)
	set("client_id_issued_at", cl.CreatedAt)
	set("client_name", cl.Name)
	set("client_uri", cl.URI)
	set("logo_uri", cl.Icon)
	set("contacts", cl.Contacts)
	set("tos_uri", cl.TOS)
	set("policy_uri", cl.Policy)
	if cl.JWKS != nil && *cl.JWKS != "" {
		if keys, err := js.Parse([]byte(*cl.JWKS)); err == nil {
			out.Set("jwks", keys)
		}
	}
	set("jwks_uri", cl.JWKSURI)
	set("software_id", cl.SoftwareID)
	set("software_version", cl.SoftwareVersion)
	set("software_statement", cl.SoftwareStatement)
	set("redirect_uris", append([]string{}, cl.RedirectURIs...))
	set("post_logout_redirect_uris", cl.PostLogoutRedirectURIs)
	set("backchannel_logout_uri", cl.BackchannelLogoutURI)
	set("backchannel_logout_session_required", cl.BackchannelLogoutSessionRequired)
	set("token_endpoint_auth_method", cl.TokenEndpointAuthMethod)
	set("grant_types", cl.GrantTypes)
	set("response_types", cl.ResponseTypes)
	set("application_type", cl.ApplicationType)
	set("disabled", cl.Disabled)
	set("skip_consent", cl.SkipConsent)
	set("enable_end_session", cl.EnableEndSession)
	set("require_pkce", cl.RequirePKCE)
	set("dpop_bound_access_tokens", cl.DPoPBoundAccessTokens)
	set("subject_type", cl.SubjectType)
	set("reference_id", cl.ReferenceID)
	return out
}

// presented returns what any user may see of a client, as pages of the flow show it.
func (cl *Client) presented() *js.Object {
	shown := Client{ClientID: cl.ClientID, Name: cl.Name, URI: cl.URI, Contacts: cl.Contacts, Icon: cl.Icon, TOS: cl.TOS, Policy: cl.Policy}
	return shown.shown("")
}

// texts returns the list of texts in client metadata, or nil.
func texts(metadata *js.Object, name string) []string {
	v, _ := metadata.Get(name)
	return slices.Clone(textsOf(v))
}
