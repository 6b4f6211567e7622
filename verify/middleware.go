package verify

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

type contextKey struct{}

// FromContext returns the claims of a request that a Require let through. It
// returns false in a handler without Require, and for a CORS preflight.
func FromContext(ctx context.Context) (*Claims, bool) {
	claims, ok := ctx.Value(contextKey{}).(*Claims)
	return claims, ok
}

func withClaims(ctx context.Context, claims *Claims) context.Context {
	return context.WithValue(ctx, contextKey{}, claims)
}

// Require returns a handler that passes requests with a valid bearer token to
// next, or with a token that is bound to a key and a proof that the sender has the
// key (DPoP, RFC 9449). Others get 401 with a WWW-Authenticate header and the reason as JSON, or
// 503 if the keys are not available. CORS preflights pass, because browsers send
// no token with them.
func (v *Verifier) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isPreflight(r) {
			next.ServeHTTP(w, r)
			return
		}
		scheme, token, err := bearer(r)
		if err != nil {
			refuse(w, err)
			return
		}
		claims, err := v.Verify(r.Context(), token)
		if err == nil {
			err = v.checkPossession(r, scheme, token, claims)
		}
		if err != nil {
			refuse(w, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(withClaims(r.Context(), claims)))
	})
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

func bearer(r *http.Request) (scheme, token string, err error) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return "", "", ErrMissing
	}
	scheme, token, _ = strings.Cut(values[0], " ")
	token = strings.Trim(token, " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"):
		scheme = "Bearer"
	case strings.EqualFold(scheme, "DPoP"):
		scheme = "DPoP"
	default:
		return "", "", ErrMissing
	}
	// If there are two headers, a proxy may have checked the other one.
	if token == "" || len(values) > 1 {
		return "", "", ErrMalformed
	}
	return scheme, token, nil
}

// reasons are the fixed texts for clients, so that no part of the token gets into
// a header.
var reasons = []struct {
	err  error
	text string
}{
	{ErrMissing, "a bearer token is required"},
	{ErrExpired, "the token has expired"},
	{ErrNotYetValid, "the token is not valid yet"},
	{ErrIssuer, "the token is from another issuer"},
	{ErrAudience, "the token is meant for another audience"},
	{ErrUnknownKey, "the token is signed with an unknown key"},
	{ErrAlgorithm, "the signature algorithm is not accepted"},
	{ErrSignature, "the signature is wrong"},
	{ErrInactive, "the token is not active"},
	{ErrMalformed, "the token is malformed"},
	{ErrPossession, "the token needs a proof of possession"},
}

func refuse(w http.ResponseWriter, err error) {
	for _, reason := range reasons {
		if !errors.Is(err, reason.err) {
			continue
		}
		challenge := "Bearer"
		// RFC 6750, section 3.1: no error code for a request without a token.
		code := "invalid_token"
		if reason.err == ErrPossession {
			challenge, code = "DPoP", "invalid_dpop_proof"
		}
		if reason.err != ErrMissing {
			challenge += ` error="` + code + `", error_description="` + reason.text + `"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
		answer(w, http.StatusUnauthorized, code, reason.text)
		return
	}
	w.Header().Set("Retry-After", "5")
	answer(w, http.StatusServiceUnavailable, "temporarily_unavailable", "the token can't be checked at the moment")
}

func answer(w http.ResponseWriter, status int, code, text string) {
	body, err := json.Marshal(map[string]string{"error": code, "error_description": text})
	if err != nil {
		body = nil
	}
	write(w, status, body)
}

func write(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
