package oauth

import (
	"errors"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// ErrNoClientID is returned for a provider that has no client id.
var ErrNoClientID = errors.New("oauth: the provider has no client id")

// Param is a name and a value of a query or a form.
type Param struct{ Name, Value string }

// Params is an ordered list of names and values.
type Params []Param

// Set replaces the value of a name, keeping its position, or adds it at the end.
func (p *Params) Set(name, value string) {
	if i := p.index(name); i >= 0 {
		(*p)[i].Value = value
		return
	}
	*p = append(*p, Param{name, value})
}

// SetIf is Set for a value that is not empty.
func (p *Params) SetIf(name, value string) {
	if value != "" {
		p.Set(name, value)
	}
}

// Add adds a value, even if the name already has one.
func (p *Params) Add(name, value string) { *p = append(*p, Param{name, value}) }

// Delete removes a name.
func (p *Params) Delete(name string) {
	*p = slices.DeleteFunc(*p, func(q Param) bool { return q.Name == name })
}

// Has reports whether the name is present.
func (p Params) Has(name string) bool { return p.index(name) >= 0 }

// Get returns the first value of a name.
func (p Params) Get(name string) string {
	if i := p.index(name); i >= 0 {
		return p[i].Value
	}
	return ""
}

func (p Params) index(name string) int {
	return slices.IndexFunc(p, func(q Param) bool { return q.Name == name })
}

// Encode returns the parameters as a form or a query, encoded as URLSearchParams does.
func (p Params) Encode() string {
	return strings.TrimPrefix(p.appendTo("/"), "/?")
}

func (p Params) appendTo(address string) string {
	out, err := p.Append(address)
	if err != nil {
		return address
	}
	return out
}

// Append adds the parameters to the query of an address, whose text stays unchanged.
func (p Params) Append(address string) (string, error) {
	pairs := make([][2]string, len(p))
	for i, q := range p {
		pairs[i] = [2]string{q.Name, q.Value}
	}
	return origin.AppendQuery(address, pairs)
}

// ParamsOf returns the members of an object that are texts.
func ParamsOf(o *js.Object) Params {
	var p Params
	if o == nil {
		return nil
	}
	for name, v := range o.All() {
		p.Set(name, js.String(v))
	}
	return p
}

// Reserved returns the parameters of an authorization request that only the server may set. Somebody who could change
// one of them could separate the flow from the session.
func Reserved() []string {
	return []string{"state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce", "scope"}
}

// Authorization is an authorization request; empty parts are left out.
type Authorization struct {
	Endpoint     string
	ResponseType string // default: code
	ClientID     string
	State        string
	Scopes       []string
	ScopeJoiner  string // default: a space
	RedirectURI  string
	Duration     string
	Display      string
	LoginHint    string
	Nonce        string
	Prompt       string
	HostedDomain string
	AccessType   string
	ResponseMode string
	CodeVerifier string
	Claims       []string // nil requests none, an empty list requests the address
	Additional   Params   // reserved names are ignored
}

// URL returns the authorization URL.
func (a Authorization) URL() (string, error) {
	p, err := a.params()
	if err != nil {
		return "", err
	}
	return p.Append(withoutParams(a.Endpoint, p))
}

func (a Authorization) params() (Params, error) {
	if a.ClientID == "" {
		return nil, ErrNoClientID
	}
	var p Params
	p.Set("response_type", orText(a.ResponseType, "code"))
	p.Set("client_id", a.ClientID)
	p.Set("state", a.State)
	if len(a.Scopes) > 0 {
		p.Set("scope", strings.Join(a.Scopes, orText(a.ScopeJoiner, " ")))
	}
	p.Set("redirect_uri", a.RedirectURI)
	p.SetIf("duration", a.Duration)
	p.SetIf("display", a.Display)
	p.SetIf("login_hint", a.LoginHint)
	p.SetIf("nonce", a.Nonce)
	p.SetIf("prompt", a.Prompt)
	p.SetIf("hd", a.HostedDomain)
	p.SetIf("access_type", a.AccessType)
	p.SetIf("response_mode", a.ResponseMode)
	if a.CodeVerifier != "" {
		p.Set("code_challenge_method", "S256")
		p.Set("code_challenge", Challenge(a.CodeVerifier))
	}
	if a.Claims != nil {
		p.Set("claims", claimsParam(a.Claims))
	}
	p.setAdditional(a.Additional)
	return p, nil
}

func (p *Params) setAdditional(more Params) {
	for _, q := range more {
		if !slices.Contains(Reserved(), q.Name) {
			p.Set(q.Name, q.Value)
		}
	}
}

func claimsParam(claims []string) string {
	wanted := js.Obj("email", nil, "email_verified", nil)
	for _, claim := range claims {
		wanted.Set(claim, nil)
	}
	return string(js.Marshal(js.Obj("id_token", wanted)))
}

// Challenge returns the S256 code challenge of a verifier.
func Challenge(verifier string) string { return secret.Digest(verifier) }

// withoutParams removes the parameters that p replaces from the query of an endpoint. The rest of the text stays
// unchanged, because some providers sign it.
func withoutParams(endpoint string, p Params) string {
	rest, fragment, hasFragment := strings.Cut(endpoint, "#")
	base, query, hasQuery := strings.Cut(rest, "?")
	if !hasQuery {
		return endpoint
	}
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if pair != "" && !p.Has(name) {
			kept = append(kept, pair)
		}
	}
	if len(kept) > 0 {
		base += "?" + strings.Join(kept, "&")
	}
	if hasFragment {
		base += "#" + fragment
	}
	return base
}

func orText(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Resolve resolves an address against a base, as new URL(address, base) does.
func Resolve(base, address string) (string, error) {
	at, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	ref, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	out := at.ResolveReference(ref)
	if out.Path == "" && out.Host != "" {
		out.Path = "/"
	}
	return out.String(), nil
}

// OptionShape implements [option.Shaper].
func (Params) OptionShape() option.Shape {
	return option.Shape{Map: reflect.TypeFor[map[string]string]()}
}

// UnmarshalJSON reads an object of texts, in its order.
func (p *Params) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	if v == nil {
		*p = nil
		return nil
	}
	o, ok := v.(*js.Object)
	if !ok {
		return errors.New("must be a map of texts")
	}
	*p = nil
	for name, v := range o.All() {
		value, ok := v.(string)
		if !ok {
			return errors.New(name + " must be a text")
		}
		p.Set(name, value)
	}
	return nil
}

// Pairs returns the parameters as headers of a Request.
func (p Params) Pairs() [][2]string {
	out := make([][2]string, len(p))
	for i, q := range p {
		out[i] = [2]string{q.Name, q.Value}
	}
	return out
}
