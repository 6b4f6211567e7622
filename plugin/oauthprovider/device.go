package oauthprovider

import (
	"errors"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/deviceauthorization"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/store"
)

// DeviceCodeGrant is the grant_type with which a client exchanges a device code (RFC 8628).
const DeviceCodeGrant = "urn:ietf:params:oauth:grant-type:device_code"

// deviceGrant makes device codes a grant of the provider.
type deviceGrant struct {
	provider *Plugin
	flow     *deviceauthorization.Plugin
}

// NewDeviceAuthorization returns the plugin device-authorization with device codes as a grant of this provider:
// registered clients without a browser ask for a code at /device/code, and exchange it at /oauth2/token once a user has
// approved it. It takes the place of deviceauthorization.New, whose device codes are for sessions.
func NewDeviceAuthorization(o deviceauthorization.Options) *deviceauthorization.Plugin {
	g := &deviceGrant{}
	g.flow = deviceauthorization.NewGrant(o, deviceauthorization.Grant{
		Authorize: g.authorize, Init: g.init, Resource: schema.Union(oneResource(), schema.Array(oneResource()).Min(1), schema.Literal("")),
	})
	return g.flow
}

func (g *deviceGrant) init(a *auth.Auth) error {
	p, ok := Of(a)
	if !ok {
		return errors.New("oauth-device-authorization needs the plugin oauth-provider or mcp")
	}
	g.provider = p
	return p.Extend(Extension{
		Grants: map[string]GrantHandler{DeviceCodeGrant: g.exchange},
		Metadata: func(in MetadataInput) *js.Object {
			return js.Obj("device_authorization_endpoint", in.Call.BaseURL+"/device/code")
		},
	})
}

// words splits a list of scopes, however it is spaced.
func words(scope *string) []string {
	if scope == nil {
		return []string{}
	}
	return strings.FieldsFunc(*scope, func(r rune) bool { return js.Trim(string(r)) == "" })
}

// authorize checks a request for a device code. Clients that are not registered are left to the option validateClient.
func (g *deviceGrant) authorize(c *auth.Context, in *deviceauthorization.CodeRequest) (*deviceauthorization.Authorized, error) {
	request, err := clientRequestOf(c)
	if err != nil {
		return nil, err
	}
	if _, issues := checkResource(anyOf(in.Resource)); len(issues) > 0 {
		return nil, bad(invalidTarget, "Invalid resource indicator")
	}
	scopes := words(in.Scope)
	if in.Scope != nil {
		joined := strings.Join(scopes, " ")
		in.Scope = &joined
	}
	authenticates := request.authorization != "" || request.secret != "" || request.assertion != "" || request.assertionType != ""
	switch {
	case in.ClientID == "" && !authenticates:
		return nil, bad(invalidRequest, "client_id is required")
	case in.ClientID != "" && !authenticates:
		if _, err := g.provider.client(c, in.ClientID); errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
	}
	proof, err := g.grant(c).Authenticate(false, scopes)
	if err != nil {
		return nil, err
	}
	if in.ClientID != "" && in.ClientID != proof.Client.ClientID {
		return nil, bad(invalidClient, "Client ID mismatch")
	}
	if _, err := g.provider.policy(c, in.Resource, proof.Client.ClientID, scopes); err != nil {
		return nil, err
	}
	return &deviceauthorization.Authorized{ClientID: proof.Client.ClientID, Resources: someOrNil(in.Resource)}, nil
}

func (g *deviceGrant) grant(c *auth.Context) *Grant {
	return &Grant{Call: c, Type: DeviceCodeGrant, Provider: g.provider}
}

// anyOf returns resources as a request has them: undefined, one text, or a list.
func anyOf(resources []string) any {
	switch len(resources) {
	case 0:
		return js.Undefined{}
	case 1:
		return resources[0]
	}
	return list(resources)
}

// exchange answers the grant: tokens for a device code that a user has approved.
func (g *deviceGrant) exchange(in *Grant) (*js.Object, error) {
	c := in.Call
	body, _ := c.Body.(*js.Object)
	code := member(body, "device_code")
	if code == "" {
		return nil, bad(invalidRequest, "device_code is required")
	}
	var client *ClientProof
	var scopes, resources []string
	check := func(row *deviceauthorization.Code) (err error) {
		if row.ClientID == "" {
			return bad(invalidGrant, "invalid device code")
		}
		if id := member(body, "client_id"); id != "" && id != row.ClientID {
			return bad(invalidGrant, "Client ID mismatch")
		}
		scopes = words(&row.Scope)
		if client, err = in.Authenticate(false, nil); err != nil {
			return err
		}
		if client.Client.ClientID != row.ClientID {
			return bad(invalidGrant, "Client ID mismatch")
		}
		return client.Client.checkScopes(scopes)
	}
	prepare := func(row *deviceauthorization.Code) error {
		named, _ := body.Get("resource")
		asked := (&tokenRequest{Resource: named}).resources(c)
		if slices.ContainsFunc(asked, func(r string) bool { return !slices.Contains(row.Resources, r) }) {
			return bad(invalidTarget, "Requested resource was not authorized by the user")
		}
		if resources = asked; resources == nil {
			resources = row.Resources
		}
		_, err := g.provider.policy(c, resources, client.Client.ClientID, scopes)
		return err
	}
	_, user, err := g.flow.Redeem(c, code, check, prepare)
	if err != nil {
		return nil, err
	}
	return in.Issue(Issuance{Client: client.Client, User: user, Scopes: scopes, Resources: resources, Confirmation: client.Confirmation})
}
