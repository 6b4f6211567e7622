package oauthprovider

import (
	"regexp"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
)

// source says how a client comes to be registered.
type source int

const (
	managed  source = iota // by a user or the program
	dynamic                // by itself (RFC 7591)
	document               // by a document at the URL that is its id
)

func badMetadata(description string) *auth.Error { return bad(invalidClientMetadata, description) }

// withClientDefaults returns metadata with the defaults of what it leaves out. The application type has one only for
// clients without a document.
func withClientDefaults(metadata *js.Object, from source) (*js.Object, error) {
	out := metadata.Clone()
	setDefault := func(name string, v any) {
		if have, _ := out.Get(name); have == nil || have == (js.Undefined{}) {
			out.Set(name, v)
		}
	}
	setDefault("grant_types", []any{authorizationCode})
	grants := texts(out, "grant_types")
	if len(grants) == 0 {
		return nil, badMetadata("grant_types must contain at least one grant type")
	}
	setDefault("token_endpoint_auth_method", clientSecretBasic)
	if from != document {
		setDefault("application_type", "web")
	}
	if slices.Contains(grants, authorizationCode) {
		setDefault("response_types", []any{"code"})
	}
	return out, nil
}

// registrationScopes returns the scopes that clients that registered themselves may use.
func (p *Plugin) registrationScopes() []string {
	base := p.opts.ClientRegistrationDefaultScopes
	if base == nil {
		base = p.opts.Scopes
	}
	return unique(append(slices.Clone(base), p.opts.ClientRegistrationAllowedScopes...))
}

// checkMetadata refuses client metadata that the server cannot or must not accept.
func (p *Plugin) checkMetadata(c *auth.Context, metadata *js.Object, from source) error {
	m, err := withClientDefaults(metadata, from)
	if err != nil {
		return err
	}
	method := member(m, "token_endpoint_auth_method")
	if !slices.Contains(p.authMethods(true), method) {
		return badMetadata("unsupported token_endpoint_auth_method " + method)
	}
	if v, ok := m.Get("dpop_bound_access_tokens"); ok {
		if _, ok := v.(bool); !ok {
			return badMetadata("dpop_bound_access_tokens must be a boolean")
		}
	}
	for _, check := range []func(*auth.Context, *js.Object, source) error{
		p.checkGrants, p.checkSubjectType, p.checkMetadataScopes, p.checkKeys, p.checkLogoutURL,
	} {
		if err := check(c, m, from); err != nil {
			return err
		}
	}
	return nil
}

// checkGrants checks redirect URIs, grants and response types against each other.
func (p *Plugin) checkGrants(_ *auth.Context, m *js.Object, from source) error {
	grants, responses, uris := texts(m, "grant_types"), texts(m, "response_types"), texts(m, "redirect_uris")
	application := member(m, "application_type")
	if m.Has("application_type") && application != "web" && application != "native" {
		return badMetadata("application_type must be web or native")
	}
	withCode := slices.Contains(grants, authorizationCode)
	if withCode && len(uris) == 0 {
		return bad(invalidRedirectURI, "Redirect URIs are required for authorization_code and implicit grant types")
	}
	if application == "" {
		application = "web"
		if from == document {
			application = "native"
		}
	}
	for _, uri := range uris {
		if flaw := redirectFlaw(uri, application); flaw != "" {
			return bad(invalidRedirectURI, flaw+": "+uri)
		}
	}
	supported := p.grantTypes()
	if from == document {
		if !slices.ContainsFunc(grants, func(g string) bool { return slices.Contains(supported, g) }) {
			return badMetadata("no mutually supported grant_type among " + strings.Join(grants, ", "))
		}
	} else {
		for _, grant := range grants {
			if !slices.Contains(supported, grant) {
				return badMetadata("unsupported grant_type " + grant)
			}
		}
	}
	answersCode := slices.Contains(responses, "code")
	switch {
	case withCode && !answersCode:
		return badMetadata("When 'authorization_code' grant type is used, 'code' response type must be included")
	case !withCode && answersCode:
		return badMetadata("When 'code' response type is used, 'authorization_code' grant type must be included")
	}
	return nil
}

func (p *Plugin) checkSubjectType(_ *auth.Context, m *js.Object, _ source) error {
	if !m.Has("subject_type") {
		return nil
	}
	kind := member(m, "subject_type")
	if kind != "public" && kind != "pairwise" {
		return badMetadata(`subject_type must be "public" or "pairwise"`)
	}
	if kind == "public" {
		return nil
	}
	if p.opts.PairwiseSecret == "" {
		return badMetadata("pairwise subject_type requires server pairwiseSecret configuration")
	}
	var hosts []string
	for _, uri := range texts(m, "redirect_uris") {
		u, ok := parseURL(uri)
		if !ok {
			return bad(invalidRedirectURI, "redirect URI must be an absolute URI: "+uri)
		}
		hosts = append(hosts, u.Host)
	}
	if len(unique(hosts)) > 1 {
		return badMetadata("pairwise clients with redirect_uris on different hosts require a sector_identifier_uri, which is not yet supported. " +
			"All redirect_uris must share the same host.")
	}
	return nil
}

func (p *Plugin) checkMetadataScopes(_ *auth.Context, m *js.Object, from source) error {
	allowed := p.opts.Scopes
	if from != managed {
		allowed = p.registrationScopes()
	}
	for scope := range strings.SplitSeq(member(m, "scope"), " ") {
		if scope != "" && !slices.Contains(allowed, scope) {
			return bad(invalidScope, "cannot request scope "+scope)
		}
	}
	if pkce, _ := m.Get("require_pkce"); from != managed && pkce == false {
		return badMetadata("pkce is required for registered clients.")
	}
	return nil
}

// checkKeys checks the key set of a client, or its address.
func (p *Plugin) checkKeys(c *auth.Context, m *js.Object, from source) error {
	keys, _ := m.Get("jwks")
	uri := member(m, "jwks_uri")
	hasKeys := js.Truthy(keys)
	if hasKeys && uri != "" {
		return badMetadata("jwks and jwks_uri are mutually exclusive")
	}
	if uri != "" {
		u, flaw := keySetFlaw(uri)
		if flaw != "" {
			return badMetadata(flaw)
		}
		if !c.TrustsURL(u.Href) && !(from == document && originOf(member(m, "client_id")) == u.Origin) {
			return badMetadata("jwks_uri must belong to a trusted origin or the Client ID Metadata Document origin")
		}
	}
	if hasKeys {
		if problem := checkKeySet(keys); problem != "" {
			return badMetadata(problem)
		}
	}
	if member(m, "token_endpoint_auth_method") == privateKeyJWT && !hasKeys && uri == "" {
		return badMetadata("private_key_jwt requires either jwks or jwks_uri")
	}
	return nil
}

func originOf(raw string) string {
	u, ok := parseURL(raw)
	if !ok {
		return ""
	}
	return u.Origin
}

// checkLogoutURL checks the address to which logout tokens are sent.
func (p *Plugin) checkLogoutURL(_ *auth.Context, m *js.Object, _ source) error {
	if !m.Has("backchannel_logout_uri") {
		return nil
	}
	if p.opts.DisableJWTPlugin {
		return badMetadata("backchannel_logout_uri requires the jwt plugin (disableJwtPlugin must be false)")
	}
	raw := member(m, "backchannel_logout_uri")
	u, ok := parseURL(raw)
	switch {
	case !ok:
		return badMetadata("backchannel_logout_uri must be an absolute URL")
	case strings.Contains(raw, "#"):
		return badMetadata("backchannel_logout_uri must not include a fragment component")
	case u.Protocol != "https:":
		return badMetadata("backchannel_logout_uri must use https")
	case u.Username != "" || u.Password != "":
		return badMetadata("backchannel_logout_uri must not contain credentials")
	case isPrivateHost(u.Hostname):
		return badMetadata("backchannel_logout_uri must not point to a private or reserved address")
	}
	return nil
}

// redirectFlaw says what is wrong with a redirect URI of a client of this application type. "" means nothing.
func redirectFlaw(raw, application string) string {
	u, ok := parseURL(raw)
	if !ok {
		return "redirect URI must be an absolute URI"
	}
	if strings.Contains(raw, "#") || u.Username != "" || u.Password != "" {
		return "redirect URI must not include credentials or a fragment"
	}
	if name := strings.TrimRight(strings.ToLower(u.Hostname), "."); name == "localhost" && name != strings.ToLower(u.Hostname) {
		return "redirect URI localhost must not include trailing dots"
	}
	loopback := isLoopbackIP(u.Hostname) || u.Hostname == "localhost"
	secure := u.Protocol == "https:"
	switch {
	case application == "web" && (!secure || loopback):
		return "web clients require https redirect URIs on non-loopback hosts"
	case application == "web":
		return ""
	case secure && loopback:
		return "native clients must not use https loopback redirect URIs"
	case secure:
		return ""
	case u.Protocol == "http:":
		switch writtenHost(raw) {
		case "localhost", "127.0.0.1", "[::1]":
			return ""
		}
		return "native clients may use http only on the exact loopback hosts localhost, 127.0.0.1, or [::1]"
	case isReserved(u.Protocol) || !isReverseDomain(u):
		return "native private-use redirect URI schemes must be well-formed reverse-domain names, omit the naming authority, and must not use a reserved scheme"
	}
	return ""
}

var httpAuthority = regexp.MustCompile(`(?i)^http://([^/?#]*)`)

// writtenHost returns the host of an http URL as it is written, before a parser changes its spelling.
func writtenHost(raw string) string {
	m := httpAuthority.FindStringSubmatch(raw)
	if m == nil {
		return ""
	}
	host := m[1][strings.LastIndexByte(m[1], '@')+1:]
	if strings.HasPrefix(host, "[") {
		end := strings.IndexByte(host, ']')
		if end < 0 {
			return ""
		}
		return strings.ToLower(host[:end+1])
	}
	host, _, _ = strings.Cut(host, ":")
	return strings.ToLower(host)
}

func isReserved(protocol string) bool {
	return slices.Contains([]string{"file:", "ftp:", "mailto:", "javascript:", "data:", "vbscript:"}, protocol)
}

var reverseDomain = regexp.MustCompile(`(?i)^[a-z](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$`)

// IsReverseDomain reports whether uri is a redirect URI of an app: its scheme is a domain name in reverse, without an
// authority after it.
func IsReverseDomain(uri string) bool {
	u, ok := parseURL(uri)
	return ok && isReverseDomain(u)
}

// isReverseDomain reports whether the scheme of the URL is a domain name in reverse, without an authority after it, as
// RFC 8252 recommends for apps.
func isReverseDomain(u *origin.URL) bool {
	rest := strings.TrimPrefix(u.Href, u.Protocol)
	return u.Protocol != "http:" && u.Protocol != "https:" && u.Host == "" && strings.HasPrefix(rest, "/") && !strings.HasPrefix(rest, "//") &&
		reverseDomain.MatchString(strings.TrimSuffix(u.Protocol, ":"))
}

// checkCredentialScopes refuses scopes that a client cannot get for itself.
func (p *Plugin) checkCredentialScopes(scopes, grants []string, method string) error {
	if len(scopes) == 0 {
		return nil
	}
	if !slices.Contains(grants, clientCredentials) {
		return badMetadata("client_credentials_scopes requires the client_credentials grant")
	}
	if method == noAuth {
		return badMetadata("public clients cannot be assigned client_credentials scopes")
	}
	var wrong []string
	for _, scope := range scopes {
		if !slices.Contains(p.opts.Scopes, scope) || isUserScope(scope) {
			wrong = append(wrong, scope)
		}
	}
	if len(wrong) > 0 {
		return bad(invalidScope, "The following client_credentials scopes are invalid: "+strings.Join(wrong, ", "))
	}
	return nil
}

// trimmedScopes returns scopes without blanks, empty ones and repetitions.
func trimmedScopes(scopes []string) []string {
	out := []string{}
	for _, s := range scopes {
		if s = js.Trim(s); s != "" {
			out = append(out, s)
		}
	}
	return unique(out)
}
