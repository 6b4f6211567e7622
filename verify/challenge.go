package verify

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Handler returns a handler that serves the metadata of the resource at its addresses,
// and protects next, which gets all other requests.
func (r *Resource) Handler(next http.Handler) http.Handler {
	metadata, protected := r.Metadata(), r.Require(next)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if slices.Contains(r.paths, strings.TrimSuffix(q.URL.EscapedPath(), "/")) {
			metadata.ServeHTTP(w, q)
			return
		}
		protected.ServeHTTP(w, q)
	})
}

// Require returns a handler that passes requests with a valid access token for the
// resource to next, which finds the claims with [FromContext]. Others get a challenge
// (RFC 6750, RFC 9449) that names the metadata of the resource (RFC 9728): 401 without
// a valid token, 403 if it lacks scopes. If the server that decides cannot be asked,
// the answer is 503. CORS preflights pass to next, or are answered with AnyOrigin.
func (r *Resource) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.p.AnyOrigin && allowOrigin(w, q) {
			return
		}
		if isPreflight(q) {
			next.ServeHTTP(w, q)
			return
		}
		claims, err := r.check(q)
		if err != nil {
			r.refuse(w, err)
			return
		}
		next.ServeHTTP(w, q.WithContext(withClaims(q.Context(), claims)))
	})
}

// RequireScopes is like [Resource.Require], and demands scopes beside those of the
// resource.
func (r *Resource) RequireScopes(next http.Handler, scopes ...string) http.Handler {
	return r.Require(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if claims, ok := FromContext(q.Context()); ok {
			if missing := r.missing(scopes, claims.Scopes()); len(missing) > 0 {
				r.RefuseScopes(w, missing...)
				return
			}
		}
		next.ServeHTTP(w, q)
	}))
}

// RefuseScopes answers a request whose token lacks scopes that only the handler knows,
// such as those of one tool of an MCP server: 403 with a challenge that names them, so
// that the client asks the user for more.
func (r *Resource) RefuseScopes(w http.ResponseWriter, scopes ...string) {
	r.refuse(w, &lacking{scopes})
}

// check returns the claims of the token of a request, or why it is refused.
func (r *Resource) check(q *http.Request) (*Claims, error) {
	scheme, token, err := bearer(q)
	if err != nil {
		return nil, err
	}
	claims, err := r.Verify(q.Context(), token)
	if err != nil {
		return nil, err
	}
	if err := r.verifier.checkPossession(q, scheme, token, claims); err != nil {
		return nil, err
	}
	if cnf, _ := claims.Raw["cnf"].(map[string]any); r.p.RequirePossession && cnf["jkt"] == nil {
		return nil, errUnbound
	}
	return claims, nil
}

// refusal returns the status, the challenge and the text for an error.
func (r *Resource) refusal(err error) (status int, challenge, text string) {
	var lacks *lacking
	switch {
	case errors.As(err, &lacks):
		if checkScopes(lacks.scopes) != nil {
			return http.StatusForbidden, "", "the token lacks a scope"
		}
		scope := strings.Join(lacks.scopes, " ")
		text = "access token is missing required scope: " + scope
		return http.StatusForbidden, `Bearer error="insufficient_scope", scope="` + scope + `", ` + r.metadataParam() + `, error_description="` + text + `"`, text
	case errors.Is(err, ErrPossession):
		code, text := "invalid_dpop_proof", "the proof of possession is missing or not valid"
		if errors.Is(err, errUnbound) || errors.Is(err, errScheme) {
			code, text = "invalid_token", "the token and the scheme DPoP must go together"
		}
		return http.StatusUnauthorized, `DPoP error="` + code + `", error_description="` + text + `", algs="` + strings.Join(r.algorithms(), " ") + `", ` + r.metadataParam(), text
	case errors.Is(err, ErrMissing):
		return http.StatusUnauthorized, "Bearer " + r.metadataParam() + r.scopeParam(), "missing authorization header"
	}
	for _, reason := range reasons {
		if errors.Is(err, reason.err) {
			return http.StatusUnauthorized, `Bearer error="invalid_token", error_description="` + reason.text + `", ` + r.metadataParam() + r.scopeParam(), reason.text
		}
	}
	return http.StatusServiceUnavailable, "", "the token can't be checked at the moment"
}

func (r *Resource) metadataParam() string { return `resource_metadata="` + r.metadataURL + `"` }

func (r *Resource) scopeParam() string {
	if len(r.p.ChallengeScopes) == 0 {
		return ""
	}
	return `, scope="` + strings.Join(r.p.ChallengeScopes, " ") + `"`
}

// codes are the error codes of OAuth by status.
func codeFor(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "invalid_token"
	case http.StatusForbidden:
		return "insufficient_scope"
	}
	return "temporarily_unavailable"
}

func (r *Resource) refuse(w http.ResponseWriter, err error) {
	status, challenge, text := r.refusal(err)
	if challenge != "" {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	if !r.p.JSONRPC {
		answer(w, status, codeFor(status), text)
		return
	}
	body, _ := json.Marshal(struct {
		JSONRPC string   `json:"jsonrpc"`
		Error   rpcError `json:"error"`
		ID      any      `json:"id"`
	}{"2.0", rpcError{serverError, text}, nil})
	write(w, status, body)
}

type rpcError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// serverError is the code of JSON-RPC for errors that a server defines itself.
const serverError = -32000
