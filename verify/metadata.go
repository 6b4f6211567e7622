package verify

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// wellKnown is the path of the metadata, before the path of the resource.
const wellKnown = "/.well-known/oauth-protected-resource"

// metadataCache is the Cache-Control of the metadata.
const metadataCache = "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400"

// MetadataPaths returns the paths at which clients look for the metadata of the
// resource: /.well-known/oauth-protected-resource, also followed by the path of the
// resource.
func (r *Resource) MetadataPaths() []string { return slices.Clone(r.paths) }

// Metadata returns a handler for the metadata of the resource (RFC 9728). Pages of all
// origins may read them.
func (r *Resource) Metadata() http.Handler {
	document := struct {
		Resource   string   `json:"resource"`
		Servers    []string `json:"authorization_servers"`
		Methods    []string `json:"bearer_methods_supported"`
		Algorithms []string `json:"dpop_signing_alg_values_supported"`
		Required   bool     `json:"dpop_bound_access_tokens_required,omitempty"`
		Scopes     []string `json:"scopes_supported,omitempty"`
	}{r.p.Resource, r.p.AuthorizationServers, []string{"header"}, r.algorithms(), r.p.RequirePossession, r.p.Supported}
	body, _ := json.Marshal(document)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		switch {
		case isPreflight(q):
			allowOrigin(w, q)
		case q.Method == http.MethodGet, q.Method == http.MethodHead:
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Cache-Control", metadataCache)
			w.Header().Set("Content-Type", "application/json")
			if q.Method == http.MethodGet {
				_, _ = w.Write(body)
			}
		default:
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	})
}

// algorithms returns the signature algorithms of proofs, sorted without regard to case.
func (r *Resource) algorithms() []string {
	out := make([]string, len(r.verifier.algorithms))
	for i, a := range r.verifier.algorithms {
		out[i] = string(a)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return out
}

// allowOrigin allows a page of another origin to send a request with a token and to
// read the answer. It answers preflights, and reports that.
func allowOrigin(w http.ResponseWriter, q *http.Request) bool {
	if q.Header.Get("Origin") == "" {
		return false
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "WWW-Authenticate, Mcp-Session-Id")
	if !isPreflight(q) {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP, Last-Event-ID, Mcp-Protocol-Version, Mcp-Session-Id")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}
