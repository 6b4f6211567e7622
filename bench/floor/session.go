package main

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

type floor struct {
	rows    *rows
	secret  []byte
	key     ed25519.PrivateKey
	jwks    []byte
	cached  bool // sessions are answered from the cookie cache
	withJWT bool // get-session answers with a token too
}

// tokenOf checks the signed session cookie.
func (f *floor) tokenOf(r *http.Request) (string, bool) {
	c, err := r.Cookie("better-auth.session_token")
	if err != nil {
		return "", false
	}
	raw, err := url.PathUnescape(c.Value)
	if err != nil {
		return "", false
	}
	token, signature, _ := strings.Cut(raw, ".")
	sum, err := base64.StdEncoding.DecodeString(signature)
	return token, err == nil && hmac.Equal(sum, f.mac([]byte(token)))
}

func (f *floor) mac(text []byte) []byte {
	m := hmac.New(sha256.New, f.secret)
	m.Write(text)
	return m.Sum(nil)
}

func (f *floor) getSession(w http.ResponseWriter, r *http.Request) {
	token, ok := f.tokenOf(r)
	if !ok {
		answer(w, []byte("null"))
		return
	}
	if f.cached {
		if body, ok := f.fromCache(r, token); ok {
			answer(w, body)
			return
		}
	}
	s, err := f.rows.session(r.Context(), token)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if f.withJWT {
		w.Header().Set("Set-Auth-Jwt", f.sign(s.User))
	}
	body, _ := json.Marshal(s)
	answer(w, body)
}

// fromCache checks the session_data cookie and answers with its content. Its text
// is {"session":{<payload>},"expiresAt":…,"signature":"…"}, with the signature
// over {<payload>,"expiresAt":…}.
func (f *floor) fromCache(r *http.Request, token string) ([]byte, bool) {
	c, err := r.Cookie("better-auth.session_data")
	if err != nil {
		return nil, false
	}
	text, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil, false
	}
	var cache struct {
		Session struct {
			Session, User json.RawMessage
		}
		ExpiresAt int64
		Signature string
	}
	if json.Unmarshal(text, &cache) != nil || cache.ExpiresAt < time.Now().UnixMilli() {
		return nil, false
	}
	sum, err := base64.RawURLEncoding.DecodeString(cache.Signature)
	if err != nil || !hmac.Equal(sum, f.mac(signedText(string(text)))) {
		return nil, false
	}
	var session struct {
		Token     string
		ExpiresAt time.Time
	}
	if json.Unmarshal(cache.Session.Session, &session) != nil || session.Token != token || session.ExpiresAt.Before(time.Now()) {
		return nil, false
	}
	body := append([]byte(`{"session":`), cache.Session.Session...)
	body = append(append(body, `,"user":`...), cache.Session.User...)
	return append(body, '}'), true
}

func signedText(text string) []byte {
	payload, rest, _ := strings.Cut(strings.TrimPrefix(text, `{"session":`), `},"expiresAt":`)
	expires, _, _ := strings.Cut(rest, ",")
	return []byte(payload + `,"expiresAt":` + expires + "}")
}

func (f *floor) token(w http.ResponseWriter, r *http.Request) {
	token, ok := f.tokenOf(r)
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s, err := f.rows.session(r.Context(), token)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, []byte(`{"token":"`+f.sign(s.User)+`"}`))
}

func (f *floor) sign(u user) string {
	now := time.Now().Unix()
	claims, _ := json.Marshal(struct {
		IssuedAt int64 `json:"iat"`
		user
		Subject  string `json:"sub"`
		Expires  int64  `json:"exp"`
		Issuer   string `json:"iss"`
		Audience string `json:"aud"`
	}{now, u, u.ID, now + 900, "http://127.0.0.1", "http://127.0.0.1"})
	text := base64.RawURLEncoding.AppendEncode([]byte("eyJhbGciOiJFZERTQSIsImtpZCI6ImZsb29yIn0."), claims)
	signature := ed25519.Sign(f.key, text)
	return string(base64.RawURLEncoding.AppendEncode(append(text, '.'), signature))
}

func (f *floor) setCookie(w http.ResponseWriter, token string, maxAge int) {
	value := url.QueryEscape(token + "." + base64.StdEncoding.EncodeToString(f.mac([]byte(token))))
	w.Header().Add("Set-Cookie", "better-auth.session_token="+value+"; Max-Age="+strconv.Itoa(maxAge)+"; Path=/; HttpOnly; SameSite=Lax")
}
