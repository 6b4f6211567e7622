package oauth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
)

// The methods of client authentication at a token endpoint.
const (
	SecretBasic = "client_secret_basic"
	SecretPost  = "client_secret_post"
	PrivateKey  = "private_key_jwt"
	Custom      = "custom"
	NoSecret    = "none"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// TokenEndpointAuth says how a client authenticates at a token endpoint. The zero value depends on whether there is a
// secret.
type TokenEndpointAuth struct {
	// How the client authenticates at the token endpoint.
	Method string `json:"method" unset:"by whether there is a secret" enum:"client_secret_basic,client_secret_post,private_key_jwt,none,custom"`
	// Makes a signed client assertion, for `private_key_jwt`.
	GetClientAssertion callback.Func[AssertionRequest, string]          `json:"getClientAssertion"`
	CustomizeRequest   func(ctx context.Context, r *TokenRequest) error `json:"-"` // only from Go: it changes the request
	// Changes the request, for `custom`.
	CustomizeFunc callback.Func[*TokenRequest, *js.Object] `json:"customizeRequest" gofunc:"it changes the request itself"`
}

func (a *TokenEndpointAuth) customize(ctx context.Context, r *TokenRequest) error {
	switch {
	case a.CustomizeRequest != nil:
		return a.CustomizeRequest(ctx, r)
	case a.CustomizeFunc == nil:
		return errors.New("oauth: tokenEndpointAuth custom needs customizeRequest")
	}
	answer, err := a.CustomizeFunc(ctx, r)
	if err != nil {
		return err
	}
	for part, to := range map[string]*Params{"body": &r.Body, "headers": &r.Header} {
		o, _ := Member(answer, part).(*js.Object)
		if o == nil {
			continue
		}
		for name, v := range o.All() {
			if part == "headers" {
				name = strings.ToLower(name)
			}
			if text, ok := v.(string); ok {
				to.Set(name, text)
			} else {
				*to = slices.DeleteFunc(*to, func(p Param) bool { return p.Name == name })
			}
		}
	}
	return nil
}

// AssertionRequest is the argument of the callback that returns a signed client assertion.
type AssertionRequest struct {
	ClientID      string `json:"clientId"`
	TokenEndpoint string `json:"tokenEndpoint"`
	GrantType     string `json:"grantType"`
}

// TokenRequest is a request to a token endpoint before it is sent.
type TokenRequest struct {
	GrantType, Endpoint    string
	ClientID, ClientSecret string
	Body                   Params
	Header                 Params // names in lower case
}

// Arguments implements [callback.Arguer].
func (r *TokenRequest) Arguments() []any {
	members := func(p Params) *js.Object {
		o := js.NewObject()
		for _, q := range p {
			o.Set(q.Name, q.Value)
		}
		return o
	}
	return []any{js.Obj("grantType", r.GrantType, "tokenEndpoint", r.Endpoint, "body", members(r.Body), "headers", members(r.Header))}
}

// Client sends requests to a token endpoint.
type Client struct {
	Endpoint     string
	ID, Secret   string
	Key          string // sent as client_key with a code
	Basic        bool   // send the secret in the Authorization header
	Auth         *TokenEndpointAuth
	Header       [][2]string // additional headers
	CodeParams   Params      // additional parameters of a code request
	RefreshParam Params      // additional parameters of a refresh request
}

// ErrNoAnswer is returned, wrapped, if a token endpoint returns no tokens.
var ErrNoAnswer = errors.New("oauth: the token endpoint refused")

func (cl *Client) request(grant string) *TokenRequest {
	r := &TokenRequest{GrantType: grant, Endpoint: cl.Endpoint, ClientID: cl.ID, ClientSecret: cl.Secret}
	r.Header = Params{{"content-type", "application/x-www-form-urlencoded"}, {"accept", "application/json"}}
	for _, h := range cl.Header {
		r.Header.Set(strings.ToLower(h[0]), h[1])
	}
	r.Body.Set("grant_type", grant)
	return r
}

// Exchange exchanges a code for tokens.
func (cl *Client) Exchange(c *Call, code CodeRequest) (*Tokens, error) {
	data, err := cl.ExchangeRaw(c, code)
	if err != nil {
		return nil, err
	}
	return tokensOf(data, c.Now), nil
}

// ExchangeRaw is Exchange for providers whose answer must be checked before it is converted.
func (cl *Client) ExchangeRaw(c *Call, code CodeRequest) (any, error) {
	r := cl.request("authorization_code")
	r.Body.Set("code", code.Code)
	r.Body.SetIf("code_verifier", code.CodeVerifier)
	r.Body.SetIf("client_key", cl.Key)
	r.Body.SetIf("device_id", code.DeviceID)
	r.Body.Set("redirect_uri", code.RedirectURI)
	for _, p := range cl.CodeParams {
		if !r.Body.Has(p.Name) {
			r.Body.Add(p.Name, p.Value)
		}
	}
	data, err := cl.send(c, r)
	if err == nil && data == nil {
		err = fmt.Errorf("%w: the answer is null", ErrNoAnswer)
	}
	return data, err
}

// TokensOf converts an answer of ExchangeRaw to tokens.
func (c *Call) TokensOf(data any) *Tokens { return tokensOf(data, c.Now) }

// Refresh gets new tokens from the token endpoint.
func (cl *Client) Refresh(c *Call, refreshToken string) (*Tokens, error) {
	r := cl.request("refresh_token")
	r.Body.Set("refresh_token", refreshToken)
	for _, p := range cl.RefreshParam {
		if !slices.Contains([]string{"grant_type", "refresh_token", "__proto__", "constructor", "prototype"}, p.Name) {
			r.Body.Set(p.Name, p.Value)
		}
	}
	data, err := cl.send(c, r)
	if err != nil {
		return nil, err
	}
	if token, ok := Member(data, "access_token").(string); !ok || token == "" {
		return nil, fmt.Errorf("%w: the answer has no access token", ErrNoAnswer)
	}
	t := tokensOf(data, c.Now)
	t.Raw = nil
	return t, nil
}

func (cl *Client) send(c *Call, r *TokenRequest) (any, error) {
	if err := cl.authenticate(c, r); err != nil {
		return nil, err
	}
	header := make([][2]string, len(r.Header))
	for i, h := range r.Header {
		header[i] = [2]string{h.Name, h.Value}
	}
	res, err := c.Fetch(Request{Method: "POST", URL: cl.Endpoint, Header: header, Body: r.Body.Encode(), Final: true})
	if err != nil {
		return nil, err
	}
	if !res.OK() {
		return nil, fmt.Errorf("%w: status %d, %s", ErrNoAnswer, res.Status, js.String(Member(res.Data, "error")))
	}
	return res.Data, nil
}

// authenticate adds the client authentication to the request. It returns an error for contradictory settings, because
// a secret must not be sent to an endpoint that needs none.
func (cl *Client) authenticate(c *Call, r *TokenRequest) error {
	if err := r.assertionWhole(); err != nil {
		return err
	}
	if r.Body.Has("client_assertion") {
		if cl.Auth != nil && cl.Auth.Method != "" {
			return errors.New("oauth: client_assertion parameters cannot be combined with tokenEndpointAuth")
		}
		return cl.withoutSecret(PrivateKey, r)
	}
	switch method := cl.method(); method {
	case Custom:
		if err := cl.Auth.customize(c, r); err != nil {
			return err
		}
		return r.assertionWhole()
	case PrivateKey:
		return cl.assert(c, r)
	case NoSecret:
		if cl.ID == "" {
			return ErrNoClientID
		}
		return cl.withoutSecret(method, r)
	case SecretBasic:
		return cl.basic(r)
	case SecretPost:
		return cl.post(r)
	default:
		return fmt.Errorf("oauth: unknown method %q of token endpoint authentication", method)
	}
}

func (r *TokenRequest) assertionWhole() error {
	if r.Body.Has("client_assertion") != r.Body.Has("client_assertion_type") {
		return errors.New("oauth: client_assertion and client_assertion_type must both be provided")
	}
	return nil
}

func (cl *Client) method() string {
	switch {
	case cl.Auth != nil && cl.Auth.Method != "":
		return cl.Auth.Method
	case cl.Basic:
		return SecretBasic
	case cl.Secret != "":
		return SecretPost
	}
	return NoSecret
}

func (cl *Client) withoutSecret(method string, r *TokenRequest) error {
	if cl.Secret != "" || r.Body.Has("client_secret") {
		return fmt.Errorf("oauth: %s token endpoint authentication cannot be combined with clientSecret", method)
	}
	r.Body.SetIf("client_id", cl.ID)
	return nil
}

func (cl *Client) assert(c *Call, r *TokenRequest) error {
	if cl.ID == "" {
		return ErrNoClientID
	}
	if cl.Auth.GetClientAssertion == nil {
		return errors.New("oauth: private_key_jwt token endpoint authentication needs getClientAssertion")
	}
	if err := cl.withoutSecret(PrivateKey, r); err != nil {
		return err
	}
	assertion, err := cl.Auth.GetClientAssertion(c, AssertionRequest{ClientID: cl.ID, TokenEndpoint: cl.Endpoint, GrantType: r.GrantType})
	if err != nil {
		return err
	}
	r.Body.Set("client_assertion", assertion)
	r.Body.Set("client_assertion_type", assertionType)
	return nil
}

func (cl *Client) basic(r *TokenRequest) error {
	if r.Body.Has("client_secret") {
		return errors.New("oauth: client_secret_basic cannot be combined with client_secret body parameters")
	}
	if cl.Secret == "" {
		return errors.New("oauth: client_secret_basic token endpoint authentication requires clientSecret")
	}
	if cl.ID == "" {
		return ErrNoClientID
	}
	r.Header.Set("authorization", BasicCredentials(cl.ID, cl.Secret))
	return nil
}

func (cl *Client) post(r *TokenRequest) error {
	if cl.Secret == "" {
		return errors.New("oauth: client_secret_post token endpoint authentication requires clientSecret")
	}
	if cl.ID == "" {
		return ErrNoClientID
	}
	r.Body.Set("client_id", cl.ID)
	r.Body.Set("client_secret", cl.Secret)
	return nil
}

// BasicCredentials returns the value of the Authorization header of a client (RFC 6749, 2.3.1): both parts are
// form-encoded first.
func BasicCredentials(id, secret string) string {
	escape := func(s string) string { return strings.TrimPrefix(Params{{"v", s}}.Encode(), "v=") }
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(escape(id)+":"+escape(secret)))
}
