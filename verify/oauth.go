package verify

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// ForResource returns a Verifier of the access tokens that the plugin oauth-provider
// of the Better Auth server at baseURL issues for a resource. resource is the
// identifier of the resource, such as the address of this API.
func ForResource(baseURL, resource string) (*Verifier, error) {
	o, err := ResourceOptions(baseURL, resource)
	if err != nil {
		return nil, err
	}
	return New(o)
}

// ResourceOptions returns the Options of [ForResource], for changes before New.
func ResourceOptions(baseURL, resource string) (Options, error) {
	o, err := ServerOptions(baseURL)
	if err != nil {
		return o, err
	}
	o.Issuer = []string{strings.TrimSuffix(o.JWKS, "/jwks")}
	o.Audience, o.Type = []string{resource}, "at+jwt"
	return o, nil
}

// Scopes are the scopes of an access token.
func (c *Claims) Scopes() []string {
	scope, _ := c.Raw["scope"].(string)
	return strings.Fields(scope)
}

// scopes returns the scopes of an access token, or an error if the claim is malformed.
func (c *Claims) scopes() ([]string, error) {
	claim, found := c.Raw["scope"]
	if !found {
		return nil, nil
	}
	text, ok := claim.(string)
	list := strings.Split(text, " ")
	if !ok || checkScopes(list) != nil {
		return nil, fmt.Errorf("%w: the claim scope is not valid", ErrMalformed)
	}
	return list, nil
}

// RequireScopes is like Require, and demands scopes. A token without one of them is
// answered with 403 and a challenge that names them (RFC 6750, section 3.1).
func (v *Verifier) RequireScopes(next http.Handler, scopes ...string) http.Handler {
	return v.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, ok := FromContext(r.Context())
		if ok && slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(claims.Scopes(), s) }) {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+strings.Join(scopes, " ")+`"`)
			answer(w, http.StatusForbidden, "insufficient_scope", "the token lacks a scope")
			return
		}
		next.ServeHTTP(w, r)
	}))
}
