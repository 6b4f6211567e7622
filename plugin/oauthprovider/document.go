package oauthprovider

import (
	"errors"
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Document is a client that is described by a document at the URL that is its id.
type Document struct {
	ClientID    string
	DiscoveryID string     // of the extension that found it
	Metadata    *js.Object // checked against DocumentSchema
	Existing    *Client    // the row of the client, or nil
}

// RegisterDocument stores a client that is described by a document, or changes its row after the document. What the
// program decided about the client stays.
func (p *Plugin) RegisterDocument(c *auth.Context, d Document) (cl *Client, created bool, err error) {
	if d.Existing != nil && text(d.Existing.ClientDiscoveryID) != d.DiscoveryID {
		return nil, false, bad(invalidClient, "client_id is already owned by a different registration source")
	}
	if d.Metadata.Has("backchannel_logout_uri") || d.Metadata.Has("backchannel_logout_session_required") {
		return nil, false, badMetadata("Client ID Metadata Documents cannot register a back-channel logout target")
	}
	metadata := d.Metadata.Clone()
	switch member(metadata, "token_endpoint_auth_method") {
	case "":
		metadata.Set("token_endpoint_auth_method", noAuth)
	case noAuth, privateKeyJWT:
	default:
		return nil, false, badMetadata("Client ID Metadata Document clients cannot use a shared secret")
	}
	r := &registration{metadata: metadata, from: document, clientID: d.ClientID, discoveryID: d.DiscoveryID, existing: d.Existing}
	out, err := p.register(c, r)
	if errors.Is(err, store.ErrConflict) { // another call was faster
		current, getErr := p.clients.Get(c, store.Given("clientId", d.ClientID))
		if getErr != nil || text(current.ClientDiscoveryID) != d.DiscoveryID {
			return nil, false, err
		}
		r.existing = current
		out, err = p.register(c, r)
	}
	if err != nil {
		return nil, false, err
	}
	return out.client, r.existing == nil, nil
}

// Row returns a client as a row, for callbacks.
func (p *Plugin) Row(cl *Client) store.Record {
	row, err := p.clients.Record(cl)
	if err != nil {
		return nil
	}
	return row
}

// CheckKeySet returns what is wrong with a client's key set, a value of package js; "" if it is right.
func CheckKeySet(set any) (problem string) { return checkKeySet(set) }

// IsPrivateHost reports whether the host name of a URL is known not to be on the public internet.
func IsPrivateHost(hostname string) bool { return isPrivateHost(hostname) }

// FetchPublic sends a request to an address that a stranger chose: to the public internet only, and without following
// redirects.
func (p *Plugin) FetchPublic(c *auth.Context, r *http.Request) (*http.Response, error) {
	client := &http.Client{Transport: p.strangers(c), CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected }}
	return client.Do(r)
}

// IsServerMember reports whether a member of client metadata belongs to the server, so that no document may have it.
func IsServerMember(name string) bool {
	switch name {
	case "disabled", "client_secret", "client_secret_expires_at", "client_id_issued_at", "skip_consent", "enable_end_session", "require_pkce",
		"reference_id", "user_id", "resources", "clientSecret", "clientDiscoveryId", "skipConsent", "enableEndSession", "requirePKCE", "referenceId",
		"userId", "clientId", "applicationType", "tokenEndpointAuthMethod", "redirectUris", "postLogoutRedirectUris", "grantTypes",
		"responseTypes", "scopes", "expiresAt", "createdAt", "updatedAt", "softwareId", "softwareVersion", "softwareStatement",
		"backchannelLogoutUri", "backchannelLogoutSessionRequired", "jwksUri", "dpopBoundAccessTokens", "subjectType":
		return true
	}
	return false
}

// DocumentSchema describes the metadata in a document.
func DocumentSchema() *schema.Schema {
	named := func(s *schema.Schema, message string) *schema.Schema {
		return s.Refine(func(v any) bool {
			s, ok := v.(string)
			return !ok || js.Trim(s) != ""
		}, message)
	}
	seconds := func() *schema.Schema { return schema.Number().Int().Min(0) }
	fields := append(describedFields(named(schema.String(), "client_name cannot be empty")), methodField())
	fields = append(fields, keysFields()...)
	fields = append(fields, grantsField(), responsesField(), applicationField(), subjectField(), dpopField(),
		optional("resources", schema.Array(resourceURI())),
		schema.Field("client_id", named(schema.String(), "client_id cannot be empty")), optional("client_secret", schema.String()),
		optional("client_secret_expires_at", seconds()), optional("client_id_issued_at", seconds()))
	return schema.Object(fields...)
}
