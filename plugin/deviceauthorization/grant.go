package deviceauthorization

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/schema"
	"github.com/seed-32bd42cb/betterauth/secret"
	"github.com/seed-32bd42cb/betterauth/store"
)

// Grant makes device codes a grant of an OAuth server. Its clients exchange them at the server's token endpoint for
// tokens of their own, in place of a session.
type Grant struct {
	// Authorize checks a request for codes. It returns nil for a client that is not the server's: such a client is
	// allowed by the option validateClient, or not at all.
	Authorize func(c *auth.Context, in *CodeRequest) (*Authorized, error)
	// Resource describes the parameter resource of a request for codes.
	Resource *schema.Schema
	// Init runs when the server starts.
	Init func(a *auth.Auth) error
}

// CodeRequest is a request for codes.
type CodeRequest struct {
	ClientID string   // "" if only the authentication of the client names it
	Scope    *string  // Authorize may change it
	Resource []string // nil for none
}

// Authorized is the client that may have codes.
type Authorized struct {
	ClientID  string
	Resources []string // that the tokens are for; nil for none
}

// NewGrant returns the plugin with a grant.
func NewGrant(o Options, g Grant) *Plugin {
	option.Defaults(&o)
	return &Plugin{opts: o, grant: &g}
}

// clientFields are the parameters of a request by which an OAuth client authenticates.
func (p *Plugin) requestSchema() *schema.Schema {
	text := func(doc string) *schema.Schema { return schema.String().Doc(doc).Optional() }
	return schema.Object(
		schema.Field("client_id", schema.String().Optional()),
		schema.Field("user_id", text("The user ID to which the device code should be pre-bound.")),
		schema.Field("scope", text("Space-separated list of scopes")),
		schema.Field("client_secret", text("OAuth client secret")),
		schema.Field("client_assertion", text("OAuth client assertion")),
		schema.Field("client_assertion_type", text("OAuth client assertion type")),
		schema.Field("resource", p.grant.Resource.Doc("RFC 8707 resource indicator(s) to bind to this authorization request").Optional()),
	)
}

// invalidResource reports whether the only thing wrong with a request is the parameter resource.
func (p *Plugin) invalidResource(issues []schema.Issue) bool {
	for _, issue := range issues {
		if len(issue.Path) == 0 || issue.Path[0] != "resource" {
			return false
		}
	}
	return p.grant != nil && len(issues) > 0
}

// authorize asks the grant about a request. It returns nil if there is no grant, or if the client is not the grant's.
func (p *Plugin) authorize(c *auth.Context, in *codeRequest) (*Authorized, error) {
	if p.grant == nil {
		return nil, nil
	}
	ask := &CodeRequest{ClientID: in.ClientID, Scope: in.Scope, Resource: resourcesOf(c)}
	client, err := p.grant.Authorize(c, ask)
	in.Scope = ask.Scope
	return client, err
}

// resourcesOf returns the resources that a body names. A form may repeat the parameter.
func resourcesOf(c *auth.Context) []string {
	var list []string
	for _, v := range c.Form["resource"] {
		if v != "" {
			list = append(list, v)
		}
	}
	body, _ := c.Body.(*js.Object)
	v, _ := body.Get("resource")
	switch v := v.(type) {
	case string:
		if c.Form == nil && v != "" {
			list = []string{v}
		}
	case []any:
		for _, one := range v {
			s, _ := one.(string)
			list = append(list, s)
		}
	}
	return list
}

// Code is an approved device code of an OAuth client.
type Code struct {
	ClientID  string // "" if the code is for a session
	Scope     string
	Resources []string // nil for none
}

func (d *deviceCode) code() *Code {
	code := &Code{Resources: d.Resources}
	if d.OAuthClientID != nil {
		code.ClientID = *d.OAuthClientID
	}
	if d.Scope != nil {
		code.Scope = *d.Scope
	}
	return code
}

// Redeem uses a device code up and returns it with the user who approved it. check is called first and says whether the
// caller may ask for the code at all; prepare is called for an approved code, before it is used up. Of several
// simultaneous callers one gets the code.
func (p *Plugin) Redeem(c *auth.Context, deviceCode string, check, prepare func(*Code) error) (*Code, *auth.User, error) {
	row, err := p.find(c, deviceCode)
	if err != nil {
		return nil, nil, err
	}
	code := row.code()
	if err := check(code); err != nil {
		return nil, nil, err
	}
	if err := p.poll(c, row); err != nil {
		return nil, nil, err
	}
	user, err := p.approvedBy(c, row, func() error { return prepare(code) })
	if err != nil {
		return nil, nil, err
	}
	_, err = p.codes.Take(c, store.Is("id", row.ID), store.Is("oauthClientId", code.ClientID), store.Is("status", approved))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, bad(invalidGrant, InvalidDeviceCode.Message)
	}
	return code, user, err
}

// find returns the row of a device code.
func (p *Plugin) find(c *auth.Context, deviceCode string) (*deviceCode, error) {
	row, err := p.codes.Get(c, store.Given("deviceCode", deviceCode))
	// The database may compare without regard to case.
	if errors.Is(err, store.ErrNotFound) || err == nil && !secret.Equal(row.DeviceCode, deviceCode) {
		return nil, bad(invalidGrant, InvalidDeviceCode.Message)
	}
	return row, err
}

// approvedBy returns the user who approved a code, after prepare.
func (p *Plugin) approvedBy(c *auth.Context, row *deviceCode, prepare func() error) (*auth.User, error) {
	if row.Status != approved || row.unclaimed() {
		return nil, broken(InvalidStatus)
	}
	if err := prepare(); err != nil {
		return nil, err
	}
	user, err := c.Users.Get(c, *row.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, broken(auth.UserNotFound)
	}
	return user, err
}

// shown returns what a user sees of the resources of a code: one text, a list, or nothing.
func (d *deviceCode) shown() any {
	if d.OAuthClientID == nil || len(d.Resources) == 0 {
		return nil
	}
	if len(d.Resources) == 1 {
		return d.Resources[0]
	}
	return d.Resources
}
