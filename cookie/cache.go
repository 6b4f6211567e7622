package cookie

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Strategy is the protection of the session cache (session.cookieCache.strategy).
type Strategy string

// The strategies. Compact and JWT caches are signed and readable by anyone; JWE
// caches are encrypted.
const (
	Compact Strategy = "compact"
	JWT     Strategy = "jwt"
	JWE     Strategy = "jwe"
)

// The lifetimes in seconds of a cache in a cookie without Max-Age, which is used
// when the session is not to be remembered. The reference uses the short one for
// compact and the long one for tokens (setCookieCache in cookies/index.mjs).
const (
	shortAge = 60
	longAge  = 300
)

// sessionSalt separates the keys of encrypted session caches from other ones.
const sessionSalt = "better-auth-session"

var b64 = base64.RawURLEncoding

// Cache is the content of the session cache cookie.
type Cache struct {
	// Session and User are JSON objects as text, in the form that package js
	// writes: the signature covers the text, and the reference serializes it
	// again to check it.
	Session, User []byte
	// UpdatedAt is the time when the cache was written, in milliseconds since
	// 1970.
	UpdatedAt int64
	// Version is the application's version of the content. Only a decoded cache
	// can have an empty one, which counts as "1".
	Version string
}

// Payload returns the cache as one JSON object, the claims of a token.
func (c Cache) Payload() []byte {
	return c.appendPayload(make([]byte, 0, len(c.Session)+len(c.User)+len(c.Version)+64))
}

func (c Cache) appendPayload(b []byte) []byte {
	b = append(append(b, `{"session":`...), c.Session...)
	b = append(append(b, `,"user":`...), c.User...)
	b = strconv.AppendInt(append(b, `,"updatedAt":`...), c.UpdatedAt, 10)
	b = js.AppendString(append(b, `,"version":`...), c.Version)
	return append(b, '}')
}

// EncodeCache returns the value of the session_data cookie. maxAge is the Max-Age
// of the cookie in seconds; zero means that it has none.
func EncodeCache(keys *secret.Keys, strategy Strategy, c Cache, maxAge int, now time.Time) (string, error) {
	switch strategy {
	case JWT:
		token := keys.SignJWT(c.Payload(), now, lifetime(maxAge, longAge))
		if token == "" {
			return "", fmt.Errorf("cookie: session cache is not JSON")
		}
		return token, nil
	case JWE:
		return keys.SealJWE(c.Payload(), sessionSalt, now, lifetime(maxAge, longAge))
	case Compact, "":
		return encodeCompact(keys, c, now.Add(lifetime(maxAge, shortAge))), nil
	}
	return "", fmt.Errorf("cookie: unknown strategy %q", strategy)
}

func lifetime(maxAge, otherwise int) time.Duration {
	if maxAge == 0 {
		maxAge = otherwise
	}
	return time.Duration(maxAge) * time.Second
}

// encodeCompact returns {session: <payload>, expiresAt, signature}, with the
// signature over {...payload, expiresAt}.
func encodeCompact(keys *secret.Keys, c Cache, expires time.Time) string {
	const head = `{"session":`
	text := make([]byte, 0, len(c.Session)+len(c.User)+len(c.Version)+192)
	text = append(text, head...)
	text = c.appendPayload(text)
	closing := len(text) - 1
	text = strconv.AppendInt(append(text[:closing], `,"expiresAt":`...), expires.UnixMilli(), 10)
	sum := keys.MAC(append(text, '}')[len(head):])

	// The signed text differs from the one to send by the payload's closing
	// brace.
	tail := append([]byte{'}'}, text[closing:]...)
	text = append(text[:closing], tail...)
	text = b64.AppendEncode(append(text, `,"signature":"`...), sum[:])
	return b64.EncodeToString(append(text, `"}`...))
}
