package oauthprovider

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// Extension is what another plugin adds to this one. It registers it with [Plugin.Extend]. All members are optional.
type Extension struct {
	// Grants are further grants of the token endpoint, by grant_type, which must be an absolute URI. The metadata list them
	// in alphabetical order.
	Grants map[string]GrantHandler
	// Authentication lists ways to authenticate a client with an assertion.
	Authentication []Authentication
	// Metadata returns further members of the metadata. It cannot replace any.
	Metadata func(in MetadataInput) *js.Object
	// Claims returns further claims. They cannot replace those of the server.
	Claims ExtensionClaims
	// Discoveries find clients that are not registered.
	Discoveries []*Discovery
}

// GrantHandler answers a call of the token endpoint with its grant.
type GrantHandler func(in *Grant) (*js.Object, error)

// Grant is a call of the token endpoint with the grant of an extension.
type Grant struct {
	Call     *auth.Context // its Body has the parameters; resource is a list if the client sent several
	Type     string
	Provider *Plugin
}

// Authentication is a way to authenticate a client with an assertion.
type Authentication struct {
	// Method is its name as a token_endpoint_auth_method.
	Method string
	// AssertionTypes are the values of client_assertion_type, absolute URIs. Default: Method.
	AssertionTypes []string
	// Authenticate verifies the assertion. It must bind it to the audience, and accept it once.
	Authenticate func(in AssertionInput) (*Authenticated, error)
}

// AssertionInput is an assertion that a client sent.
type AssertionInput struct {
	Call          *auth.Context
	Assertion     string
	AssertionType string
	ClientID      string // from the body; "" if it names none
	Audience      string // address of the endpoint that the assertion was sent to
}

// Authenticated is the client that an assertion proves.
type Authenticated struct {
	ClientID     string
	Confirmation *js.Object // a key that the client proved to have (cnf), or nil
}

// MetadataInput is the argument of [Extension.Metadata].
type MetadataInput struct {
	Call     *auth.Context
	Kind     string     // "oauth-authorization-server" or "openid-configuration"
	Document *js.Object // without the members of extensions; it must not be changed
}

// ExtensionClaims are funcs that return further claims.
type ExtensionClaims struct {
	AccessToken func(in ClaimInput) (*js.Object, error)
	IDToken     func(in ClaimInput) (*js.Object, error)
	UserInfo    func(in UserInfoInput) (*js.Object, error)
}

// ClaimInput says for which token claims are asked.
type ClaimInput struct {
	Call        *auth.Context
	User        *auth.User // nil if the token belongs to no user
	Client      *Client
	Scopes      []string
	GrantType   string // "" at introspection
	ReferenceID string
	SessionID   string
	Resources   []string
	Metadata    *js.Object
}

// UserInfoInput says for which answer of /oauth2/userinfo claims are asked.
type UserInfoInput struct {
	Call            *auth.Context
	User            *auth.User
	Scopes          []string
	JWT             *js.Object
	Client          *Client
	RequestedClaims []string
}

// Discovery finds clients that are not registered, such as by a document at the URL that is their id.
type Discovery struct {
	// ID is stored with the clients that it found. It must not change.
	ID string
	// Matches reports whether the discovery is responsible for this client id.
	Matches func(clientID string) bool
	// Resolve returns the client, or nil if there is none. existing is its row, or nil.
	Resolve func(c *auth.Context, clientID string, existing *Client) (*Client, error)
	// Fetch requests a document of such a client. Default: public addresses only.
	Fetch func(r *http.Request) (*http.Response, error)
	// Metadata are further members of the server's metadata.
	Metadata *js.Object
}

// Extend adds an extension. It is called from the Init of another plugin. What extensions add must not overlap.
func (p *Plugin) Extend(e Extension) error {
	all := append(slices.Clone(p.opts.Extensions), e)
	if err := checkExtensions(all); err != nil {
		return err
	}
	p.opts.Extensions = all
	return nil
}

// builtinAuthMethods returns the ways to authenticate a confidential client that need no extension.
func builtinAuthMethods() []string {
	return []string{clientSecretBasic, clientSecretPost, privateKeyJWT}
}

// The values of token_endpoint_auth_method.
const (
	noAuth            = "none"
	clientSecretBasic = "client_secret_basic"
	clientSecretPost  = "client_secret_post"
	privateKeyJWT     = "private_key_jwt"
)

// clientAssertionType is the client_assertion_type of private_key_jwt.
const clientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

func checkExtensions(list []Extension) error {
	var grants, methods, types, discoveries []string
	var errs []error
	for _, e := range list {
		for grant := range e.Grants {
			errs = append(errs, absolute("grant type", grant))
			grants = append(grants, grant)
		}
		for _, a := range e.Authentication {
			errs = append(errs, filled("token_endpoint_auth_method", a.Method))
			if a.Method == noAuth || slices.Contains(builtinAuthMethods(), a.Method) {
				errs = append(errs, fmt.Errorf("extensions: token_endpoint_auth_method is reserved: %s", a.Method))
			}
			methods = append(methods, a.Method)
			if len(a.types()) == 0 {
				errs = append(errs, fmt.Errorf("extensions: %s has no client_assertion_type", a.Method))
			}
			for _, t := range a.types() {
				errs = append(errs, absolute("client_assertion_type", t))
				if t == clientAssertionType {
					errs = append(errs, fmt.Errorf("extensions: client_assertion_type is reserved: %s", t))
				}
				types = append(types, t)
			}
		}
		for _, d := range e.Discoveries {
			errs = append(errs, filled("client discovery id", d.ID))
			discoveries = append(discoveries, d.ID)
		}
	}
	errs = append(errs, distinct("grant type", grants), distinct("token_endpoint_auth_method", methods),
		distinct("client_assertion_type", types), distinct("client discovery id", discoveries))
	return errors.Join(errs...)
}

func (a Authentication) types() []string {
	if a.AssertionTypes == nil {
		return []string{a.Method}
	}
	return a.AssertionTypes
}

func filled(what, value string) error {
	if strings.TrimSpace(value) == "" {
		return fmt.Errorf("extensions: %s cannot be empty", what)
	}
	return nil
}

func absolute(what, value string) error {
	if err := filled(what, value); err != nil {
		return err
	}
	if _, ok := parseURL(value); !ok {
		return fmt.Errorf("extensions: %s must be an absolute URI: %s", what, value)
	}
	return nil
}

func distinct(what string, values []string) error {
	seen := map[string]bool{}
	for _, v := range values {
		if seen[v] {
			return fmt.Errorf("extensions: %s %q is registered more than once", what, v)
		}
		seen[v] = true
	}
	return nil
}

// grantTypes returns the grants of the token endpoint, in the order of the metadata.
func (p *Plugin) grantTypes() []string {
	out := slices.Clone(p.opts.GrantTypes)
	for _, e := range p.opts.Extensions {
		out = append(out, slices.Sorted(maps.Keys(e.Grants))...)
	}
	return unique(out)
}

// grantHandler returns the handler of an extension's grant, or nil.
func (p *Plugin) grantHandler(grant string) GrantHandler {
	for _, e := range p.opts.Extensions {
		if h := e.Grants[grant]; h != nil {
			return func(in *Grant) (*js.Object, error) {
				showResources(in.Call)
				return h(in)
			}
		}
	}
	return nil
}

// showResources sets the member resource of the body to the list of all, if the form of the request repeats it.
func showResources(c *auth.Context) {
	if body, ok := c.Body.(*js.Object); ok {
		if many := formResources(c); len(many) > 1 {
			body.Set("resource", list(many))
		}
	}
}

// authMethods returns the ways to authenticate a client, and, for the token endpoint and registration, none.
func (p *Plugin) authMethods(public bool) []string {
	var out []string
	if public {
		out = append(out, noAuth)
	}
	out = append(out, builtinAuthMethods()...)
	for _, e := range p.opts.Extensions {
		for _, a := range e.Authentication {
			out = append(out, a.Method)
		}
	}
	return unique(out)
}

// isExtensionMethod reports whether an extension authenticates clients with this token_endpoint_auth_method.
func (p *Plugin) isExtensionMethod(method *string) bool {
	if method == nil {
		return false
	}
	for _, e := range p.opts.Extensions {
		for _, a := range e.Authentication {
			if a.Method == *method {
				return true
			}
		}
	}
	return false
}

// authentication returns the way of an extension to authenticate a client with this client_assertion_type, or nil.
func (p *Plugin) authentication(assertionType string) *Authentication {
	for _, e := range p.opts.Extensions {
		for i := range e.Authentication {
			if slices.Contains(e.Authentication[i].types(), assertionType) {
				return &e.Authentication[i]
			}
		}
	}
	return nil
}

func (p *Plugin) discoveries() []*Discovery {
	var out []*Discovery
	for _, e := range p.opts.Extensions {
		out = append(out, e.Discoveries...)
	}
	return out
}

// extensionClaims merges the claims that extensions add. The first extension that sets a claim wins.
func (p *Plugin) extensionClaims(c *auth.Context, of func(e *Extension) (*js.Object, error)) (*js.Object, error) {
	out := js.NewObject()
	for i := range p.opts.Extensions {
		claims, err := of(&p.opts.Extensions[i])
		if err != nil {
			return nil, err
		}
		if claims == nil {
			continue
		}
		for name, v := range claims.All() {
			if out.Has(name) {
				c.Log.WarnContext(c, "oauth-provider: two extensions add the same claim; the first one counts", "claim", name)
				continue
			}
			out.Set(name, v)
		}
	}
	return out, nil
}

// unique returns the texts without repetitions, in order.
func unique(list []string) []string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
