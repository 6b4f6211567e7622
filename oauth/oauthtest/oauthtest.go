// Package oauthtest provides an authorization server for tests. As the HTTP transport of a server under test it
// answers all outbound requests with prepared tokens, profiles and keys.
//
//	idp := oauthtest.New(t, authtest.Start)
//	idp.Claims = map[string]any{"sub": "1", "email": "ann@example.com"}
//	s := authtest.New(t, auth.Options{HTTP: idp, SocialProviders: …})
package oauthtest

// This package does not know the server under test.

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Server answers requests. It is the HTTP transport of a server under test.
type Server struct {
	T       testing.TB
	Now     func() time.Time
	Refuse  bool           // the token endpoint answers 400
	Tokens  map[string]any // additional members of its answer
	Claims  map[string]any // claims of the ID token; nil for no ID token
	Exact   map[string]any // bodies by the complete URL
	Answers map[string]any // bodies by a part of the URL; an http.Response is returned unchanged

	mu       sync.Mutex
	requests []Request
	key      *secret.JWK
	public   json.RawMessage
}

// Request is a recorded request.
type Request struct {
	Method, URL string
	Header      http.Header
	Form        url.Values
	Body        string
}

// New returns a server with a new key. now is the clock for its tokens.
func New(t testing.TB, now func() time.Time) *Server {
	t.Helper()
	public, private, err := secret.GenerateJWK("RS256", secret.JWKOptions{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := secret.ParseJWK(private)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(public, &members); err != nil {
		t.Fatal(err)
	}
	members["kid"], members["alg"] = "key-1", "RS256"
	text, err := json.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return &Server{T: t, Now: now, Answers: map[string]any{}, key: key, public: text}
}

// IDToken signs claims. It sets iat and exp if they are missing.
func (s *Server) IDToken(claims map[string]any) string {
	now := s.Now().Unix()
	all := map[string]any{"iat": now, "exp": now + 600}
	for name, v := range claims {
		all[name] = v
	}
	token, err := s.key.SignJWT([]byte(`{"alg":"RS256","kid":"key-1"}`), js.Marshal(all))
	if err != nil {
		s.T.Error(err)
	}
	return token
}

// Requests returns the requests so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// RoundTrip implements http.RoundTripper.
func (s *Server) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := Request{Method: r.Method, URL: r.URL.String(), Header: r.Header}
	if r.Body != nil {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		asked.Body = string(text)
		asked.Form, _ = url.ParseQuery(asked.Body)
	}
	s.mu.Lock()
	s.requests = append(s.requests, asked)
	s.mu.Unlock()
	res := s.answer(asked)
	res.Request = r
	return res, nil
}

func (s *Server) answer(r Request) *http.Response {
	if body, ok := s.Exact[r.URL]; ok {
		return reply(http.StatusOK, body)
	}
	for part, body := range s.Answers {
		if !strings.Contains(r.URL, part) {
			continue
		}
		if res, ok := body.(http.Response); ok {
			if res.Body == nil {
				res.Body = http.NoBody
			}
			return &res
		}
		return reply(http.StatusOK, body)
	}
	if strings.HasSuffix(r.URL, "/keys") || strings.HasSuffix(r.URL, "/certs") || strings.Contains(r.URL, "jwks") {
		return reply(http.StatusOK, map[string]any{"keys": []any{s.public}})
	}
	if r.Form.Get("grant_type") == "" {
		return reply(http.StatusNotFound, map[string]any{"error": "not_found"})
	}
	if s.Refuse {
		return reply(http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	}
	tokens := map[string]any{"access_token": "access-1", "refresh_token": "refresh-1", "token_type": "Bearer", "expires_in": 3600, "scope": "one two"}
	if s.Claims != nil {
		tokens["id_token"] = s.IDToken(s.Claims)
	}
	for name, v := range s.Tokens {
		tokens[name] = v
	}
	return reply(http.StatusOK, tokens)
}

func reply(status int, body any) *http.Response {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(err.Error())
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(string(text))), ContentLength: int64(len(text)),
	}
}
