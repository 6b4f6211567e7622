package cimd

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/internal/origin"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/plugin/oauthprovider"
)

// mcpProfile is the metadataProfile of the MCP specification of that date.
const mcpProfile = "mcp-2026-07-28"

// refused is the answer to a client id whose document cannot be used.
func refused(description string) *auth.Error {
	return &auth.Error{Status: http.StatusBadRequest, Body: js.Obj("error", "invalid_client", "error_description", description)}
}

// isCandidate reports whether a client id is the URL of a document.
func isCandidate(clientID string) bool {
	u, ok := origin.ParseURL(clientID)
	return ok && u.Protocol == "https:"
}

var (
	dotSegment = regexp.MustCompile(`(?i)/(?:\.|%2e)(?:\.|%2e)?(?:/|$|#|\?)`)
	secure     = regexp.MustCompile(`(?i)^https://`)
)

// urlFlaw says why a client id cannot be the URL of a document. "" means that it can.
func urlFlaw(raw string) string {
	if dotSegment.MatchString(raw) {
		return "client_id URL MUST NOT contain dot segments"
	}
	if strings.Contains(raw, "#") {
		return "client_id URL MUST NOT contain a fragment"
	}
	u, ok := origin.ParseURL(raw)
	if !ok {
		return "client_id is not a valid URL"
	}
	if u.Protocol != "https:" {
		return "client_id URL must use HTTPS"
	}
	scheme := secure.FindString(raw)
	if scheme == "" || strings.Contains(raw, `\`) {
		return "client_id URL MUST use an explicit HTTPS authority form"
	}
	switch at := strings.IndexAny(raw[len(scheme):], "/?#"); {
	case at == 0:
		return "client_id URL MUST use an explicit HTTPS authority form"
	case at < 0 || raw[len(scheme)+at] != '/':
		return "client_id URL MUST contain an explicit path component"
	case u.Username != "" || u.Password != "":
		return "client_id URL MUST NOT contain credentials"
	case oauthprovider.IsPrivateHost(u.Hostname):
		return "client_id URL must not target a private or reserved address"
	}
	return ""
}

// member returns a text in an object, or "".
func member(o *js.Object, name string) string {
	v, _ := o.Get(name)
	s, _ := v.(string)
	return s
}

// metadataOf checks a document and returns the metadata in it, or what is wrong.
func (p *Plugin) metadataOf(clientID string, document any) (metadata *js.Object, flaw string) {
	switch document := document.(type) {
	case *js.Object:
		for name := range document.All() {
			if oauthprovider.IsServerMember(name) {
				return nil, fmt.Sprintf("metadata document MUST NOT contain %q", name)
			}
		}
	case []any:
	default:
		return nil, "metadata document is not a JSON object"
	}
	v, issues := oauthprovider.DocumentSchema().Check(document)
	if len(issues) > 0 {
		var path []string
		for _, step := range issues[0].Path {
			path = append(path, fmt.Sprint(step))
		}
		name := strings.Join(path, ".")
		if name == "" {
			name = "metadata document"
		}
		return nil, name + ": " + issues[0].Message
	}
	m := v.(*js.Object)
	for _, check := range []func(string, *js.Object) string{p.nameFlaw, authFlaw, p.redirectFlaw, pageFlaw, p.originFlaw} {
		if flaw := check(clientID, m); flaw != "" {
			return nil, flaw
		}
	}
	if !m.Has("token_endpoint_auth_method") {
		m.Set("token_endpoint_auth_method", "none")
	}
	return m, ""
}

func (p *Plugin) nameFlaw(clientID string, m *js.Object) string {
	if id := member(m, "client_id"); id != clientID {
		return fmt.Sprintf(`client_id "%s" does not match the metadata document URL`, id)
	}
	if p.opts.MetadataProfile == mcpProfile && js.Trim(member(m, "client_name")) == "" {
		return "client_name must be a non-empty string"
	}
	for _, name := range []string{"backchannel_logout_uri", "backchannel_logout_session_required"} {
		if m.Has(name) {
			return fmt.Sprintf("metadata document MUST NOT contain %q", name)
		}
	}
	return ""
}

// authFlaw checks how the client authenticates: not at all, or with a key.
func authFlaw(_ string, m *js.Object) string {
	keys, _ := m.Get("jwks")
	uri := member(m, "jwks_uri")
	switch method := member(m, "token_endpoint_auth_method"); method {
	case "", "none":
	case "private_key_jwt":
		if keys == nil && uri == "" {
			return "private_key_jwt requires either jwks or jwks_uri in the metadata document"
		}
	case "client_secret_post", "client_secret_basic", "client_secret_jwt":
		return fmt.Sprintf(`symmetric auth method "%s" is prohibited for Client ID Metadata Document clients`, method)
	default:
		return `token_endpoint_auth_method must be "none" or "private_key_jwt" for Client ID Metadata Document clients`
	}
	if keys != nil && oauthprovider.CheckKeySet(keys) != "" {
		return "jwks must contain only structurally valid public keys"
	}
	if uri == "" {
		return ""
	}
	u, ok := origin.ParseURL(uri)
	switch {
	case !ok:
		return "jwks_uri must be a valid URL"
	case u.Username != "" || u.Password != "":
		return "jwks_uri must not contain credentials"
	case strings.Contains(uri, "#"):
		return "jwks_uri must not contain a fragment"
	}
	return ""
}

func (p *Plugin) redirectFlaw(_ string, m *js.Object) string {
	const flaw = "redirect_uris must be a non-empty array of absolute HTTP(S) or private-use URIs"
	v, ok := m.Get("redirect_uris")
	if !ok {
		if p.opts.MetadataProfile == mcpProfile {
			return flaw
		}
		return ""
	}
	uris, _ := v.([]any)
	for _, uri := range uris {
		text, _ := uri.(string)
		u, ok := origin.ParseURL(text)
		if !ok || u.Protocol != "http:" && u.Protocol != "https:" && !oauthprovider.IsReverseDomain(text) {
			return flaw
		}
	}
	return ""
}

// pageFlaw checks the pages of the client that users may be shown.
func pageFlaw(_ string, m *js.Object) string {
	for _, name := range []string{"client_uri", "logo_uri", "tos_uri", "policy_uri"} {
		if !m.Has(name) {
			continue
		}
		u, ok := origin.ParseURL(member(m, name))
		switch {
		case !ok:
			return name + " is not a valid URL"
		case u.Protocol != "https:" && u.Protocol != "http:":
			return name + " must use HTTP(S)"
		case u.Username != "" || u.Password != "":
			return name + " must not contain credentials"
		case oauthprovider.IsPrivateHost(u.Hostname):
			return name + " must not point to a private or reserved address"
		}
	}
	return ""
}

// originFlaw checks the members that must have the origin of the document.
func (p *Plugin) originFlaw(clientID string, m *js.Object) string {
	own, ok := origin.ParseURL(clientID)
	if !ok {
		return "client_id is not a valid URL"
	}
	for _, name := range p.opts.OriginBoundFields {
		v, ok := m.Get(name)
		if !ok {
			continue
		}
		var values []any
		switch v := v.(type) {
		case string:
			values = []any{v}
		case []any:
			values = v
		}
		if len(values) == 0 && v != nil {
			if _, list := v.([]any); !list {
				return name + " must be a string or an array of strings"
			}
		}
		if slices.ContainsFunc(values, func(v any) bool { _, text := v.(string); return !text }) {
			return name + " must be a string or an array of strings"
		}
		for _, value := range values {
			if flaw := boundFlaw(name, value.(string), own.Origin); flaw != "" {
				return flaw
			}
		}
	}
	return ""
}

func boundFlaw(name, value, own string) string {
	u, ok := origin.ParseURL(value)
	if !ok {
		return fmt.Sprintf(`%s contains an invalid URL: "%s"`, name, value)
	}
	redirect := name == "redirect_uris" || name == "post_logout_redirect_uris"
	if redirect && oauthprovider.IsReverseDomain(value) {
		return ""
	}
	if u.Protocol != "https:" && u.Protocol != "http:" {
		return "all values for " + name + " must use HTTP(S) or an authority-free private-use scheme"
	}
	if u.Origin != own && !(redirect && origin.IsLoopbackHost(u.Hostname)) {
		return fmt.Sprintf(`%s value "%s" must have the same origin as client_id (%s)`, name, value, own)
	}
	return ""
}
