package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Protection describes a protected resource: an API or an MCP server that takes access tokens of OAuth.
type Protection struct {
	// Options say whose tokens are accepted; see [ResourceOptions]. Audience defaults to
	// Resource, and Origin to the origin of Resource. JWKS may be empty with
	// Introspection.
	Options
	// Resource is the address of the resource, which tokens must be meant for. It needs
	// https, except on this machine, and has no credentials, query or fragment.
	Resource string
	// AuthorizationServers are the issuers that the metadata name, by default Issuer.
	AuthorizationServers []string
	// Scopes are the scopes that every token needs.
	Scopes []string
	// ChallengeScopes are the scopes that a request without a token is told to ask for,
	// by default Scopes.
	ChallengeScopes []string
	// Supported are the scopes that the metadata name, by default Scopes.
	Supported []string
	// Satisfied reports whether the scopes of a token include a needed one. By default
	// they must include its name.
	Satisfied func(needed string, granted []string) bool
	// Introspection asks the server about tokens, which opaque tokens need.
	Introspection *Introspection
	// RequirePossession refuses tokens that are not bound to a key (DPoP, RFC 9449).
	RequirePossession bool
	// JSONRPC writes refusals as errors of JSON-RPC, which MCP clients expect.
	JSONRPC bool
	// AnyOrigin lets pages of all origins send requests with a token, without cookies.
	// Otherwise CORS is left to the program.
	AnyOrigin bool
}

// Resource is a protected resource. It is safe for concurrent use.
type Resource struct {
	p            Protection
	verifier     *Verifier
	introspector *introspector
	metadataURL  string
	paths        []string
}

// ForMCP returns the protection of an MCP server at the address resource, whose
// authorization server is the Better Auth server at baseURL with the plugin mcp, or
// oauth-provider. Every token needs the scopes.
func ForMCP(baseURL, resource string, scopes ...string) (*Resource, error) {
	o, err := ResourceOptions(baseURL, resource)
	if err != nil {
		return nil, err
	}
	return NewResource(Protection{Options: o, Resource: resource, Scopes: scopes, JSONRPC: true, AnyOrigin: true})
}

// NewResource returns a protected resource. It fetches nothing yet. It returns an
// error if an address or a scope is malformed, or an option is missing.
func NewResource(p Protection) (*Resource, error) {
	u, err := parseResource(p.Resource)
	if err != nil {
		return nil, err
	}
	for _, list := range [][]string{p.Scopes, p.ChallengeScopes, p.Supported} {
		if err := checkScopes(list); err != nil {
			return nil, err
		}
	}
	if len(p.Audience) == 0 {
		p.Audience = []string{p.Resource}
	}
	origin := u.Scheme + "://" + u.Host
	if p.Origin == "" {
		p.Origin = origin
	}
	if p.ChallengeScopes == nil {
		p.ChallengeScopes = p.Scopes
	}
	if p.Supported == nil {
		p.Supported = p.Scopes
	}
	if p.AuthorizationServers == nil {
		p.AuthorizationServers = p.Issuer
	}
	if p.Satisfied == nil {
		p.Satisfied = func(needed string, granted []string) bool { return slices.Contains(granted, needed) }
	}
	p.OnError = oneAtATime(p.OnError)
	r := &Resource{p: p}
	if p.Introspection != nil {
		if r.introspector, err = newIntrospector(*p.Introspection, p.Options); err != nil {
			return nil, err
		}
	}
	if r.verifier, err = newVerifierOf(p.Options, r.introspector != nil); err != nil {
		return nil, err
	}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	r.metadataURL = origin + wellKnown + path
	r.paths = []string{wellKnown}
	if path != "" {
		r.paths = append(r.paths, wellKnown+path)
	}
	return r, nil
}

// parseResource returns the address of a resource, or why it is not usable.
func parseResource(resource string) (*url.URL, error) {
	u, err := url.Parse(resource)
	switch {
	case err != nil || u.Host == "":
		return nil, fmt.Errorf("verify: the resource %q is not an absolute URL", resource)
	case u.User != nil:
		return nil, errors.New("verify: the resource must not contain credentials")
	case strings.ContainsAny(resource, "?#"):
		return nil, errors.New("verify: the resource must not contain a query or a fragment")
	case u.Scheme == "https", u.Scheme == "http" && isThisMachine(u.Hostname()):
		return u, nil
	}
	return nil, errors.New("verify: the resource must use https, except on this machine")
}

func isThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkScopes returns an error if one is not a scope (RFC 6749, section 3.3), so that
// none breaks a header.
func checkScopes(scopes []string) error {
	for _, s := range scopes {
		if s == "" || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == '"' || c == '\\' || c > '~' }) {
			return fmt.Errorf("verify: %q is not a scope", s)
		}
	}
	return nil
}

// oneAtATime keeps the promise of [Options.OnError] for several callers.
func oneAtATime(call func(error)) func(error) {
	if call == nil {
		return nil
	}
	var mu sync.Mutex
	return func(err error) {
		mu.Lock()
		defer mu.Unlock()
		call(err)
	}
}

// Verify checks a token and its scopes, and returns its claims. It does not check that
// the sender has the key of a bound token; use [Resource.Require] for that. With
// Introspection, the server is asked after the token itself was checked. The error
// matches one of this package's errors with errors.Is, or is that of ctx.
func (r *Resource) Verify(ctx context.Context, token string) (*Claims, error) {
	claims, err := r.open(ctx, token)
	if err != nil {
		return nil, err
	}
	granted, err := claims.scopes()
	if err != nil {
		return nil, err
	}
	if missing := r.missing(r.p.Scopes, granted); len(missing) > 0 {
		return nil, &lacking{missing}
	}
	return claims, nil
}

func (r *Resource) open(ctx context.Context, token string) (*Claims, error) {
	ask := r.introspector
	opaque := strings.Count(token, ".") != 2
	if ask == nil || r.verifier.keys != nil && !opaque {
		claims, err := r.verifier.Verify(ctx, token)
		if err != nil || ask == nil || ask.OpaqueOnly {
			return claims, err
		}
	}
	payload, err := ask.ask(ctx, token)
	if err != nil {
		return nil, err
	}
	claims, err := parseClaims(payload)
	if err != nil {
		return nil, err
	}
	err = r.verifier.check(claims)
	if errors.Is(err, ErrAudience) && ask.AllowMissingAudience && claims.Raw["aud"] == nil {
		err = r.verifier.checkTimes(claims)
	}
	if err != nil {
		return nil, err
	}
	return claims, nil
}

// missing returns the scopes that are not granted.
func (r *Resource) missing(scopes, granted []string) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return r.p.Satisfied(s, granted) })
}

// lacking is the error of a token without some scopes.
type lacking struct{ scopes []string }

func (l *lacking) Error() string { return ErrScope.Error() + ": " + strings.Join(l.scopes, " ") }
func (l *lacking) Unwrap() error { return ErrScope }
