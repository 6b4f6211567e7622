package cookie

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// Decoded is a genuine session cache. Its Session and User have the order and the
// defaults of the reference's schemas.
type Decoded struct {
	Cache
	// ExpiresAt is when the cache expires, in milliseconds since 1970. An expired
	// compact cache is not rejected; the caller must compare the time.
	ExpiresAt int64
	// Current is false if an older secret signed a compact cache. For tokens it
	// is always true.
	Current bool
}

// DecodeCache decodes the value of a session_data cookie, joined from its chunks.
// ok is false if it is malformed, not genuine, lacks a required field of a
// session or a user, or is an expired token. The caller must check that the cache
// belongs to the request's session token, has the right version and is still
// fresh.
func DecodeCache(keys *secret.Keys, strategy Strategy, value string, now time.Time) (d Decoded, ok bool) {
	switch strategy {
	case JWT:
		payload, err := keys.VerifyJWT(value, now)
		if err != nil {
			return Decoded{}, false
		}
		return DecodePayload(payload, now)
	case JWE:
		payload, err := keys.OpenJWE(value, sessionSalt, now)
		if err != nil {
			return Decoded{}, false
		}
		return DecodePayload(payload, now)
	case Compact, "":
		return decodeCompact(keys, value, now)
	}
	return Decoded{}, false
}

// DecodePayload decodes the payload of a verified token that contains a session
// cache, such as a token of the jwt plugin. A token without exp expires now.
func DecodePayload(payload []byte, now time.Time) (d Decoded, ok bool) {
	members, err := secret.ParseMembers(payload)
	if err != nil {
		return Decoded{}, false
	}
	if d.Cache, ok = readCache(members, now); !ok {
		return Decoded{}, false
	}
	d.Current, d.ExpiresAt = true, now.UnixMilli()
	if exp, isNumber := number(members.Get("exp")); isNumber && exp != 0 {
		d.ExpiresAt = int64(exp * 1000)
	}
	return d, true
}

func decodeCompact(keys *secret.Keys, value string, now time.Time) (d Decoded, ok bool) {
	text, ok := decodeBase64(value)
	if !ok {
		return Decoded{}, false
	}
	signed, signature, usual := cut(text)
	if !usual {
		if signed, signature, ok = rewrite(text); !ok {
			return Decoded{}, false
		}
	}
	sum, ok := decodeBase64(string(signature))
	if !ok {
		return Decoded{}, false
	}
	if ok, d.Current = keys.VerifyMAC(signed, sum); !ok {
		return Decoded{}, false
	}
	members, ok := secret.SplitAuthentic(signed)
	if !ok {
		return Decoded{}, false
	}
	expires, isNumber := number(members.Get("expiresAt"))
	if d.Cache, ok = readCache(members, now); !ok || !isNumber {
		return Decoded{}, false
	}
	d.ExpiresAt = int64(expires)
	return d, true
}

// cut splits a compact cache that has the layout of JSON.stringify,
//
//	{"session":{…},"expiresAt":123,"signature":"…"}
//
// and returns the signed text, {…,"expiresAt":123}, without parsing the payload.
// It moves the parts of that text together in place, so text is overwritten. If
// the layout is another, text does not change.
func cut(text []byte) (signed, signature []byte, ok bool) {
	const head, expires, sign, foot = `{"session":{`, `,"expiresAt":`, `,"signature":"`, `"}`
	const signatureSize = 43
	start := len(text) - len(foot) - signatureSize - len(sign) // the end of expiresAt
	if start < len(head) || !bytes.HasPrefix(text, []byte(head)) || !bytes.HasSuffix(text, []byte(foot)) ||
		!bytes.HasPrefix(text[start:], []byte(sign)) {
		return nil, nil, false
	}
	digits := start
	for digits > 0 && text[digits-1] >= '0' && text[digits-1] <= '9' {
		digits--
	}
	end := digits - len(expires) // the end of the payload
	if digits == start || text[digits] == '0' || start-digits > 15 || end <= len(head) ||
		text[end-1] != '}' || !bytes.HasPrefix(text[end:], []byte(expires)) {
		return nil, nil, false
	}
	signature = text[start+len(sign) : len(text)-len(foot)]
	if bytes.IndexByte(signature, '"') >= 0 || bytes.IndexByte(signature, '\\') >= 0 {
		return nil, nil, false
	}
	copy(text[end-1:], text[end:start])
	text[start-1] = '}'
	return text[len(head)-1 : start : start], signature, true
}

// rewrite does the same for a cache with another layout, as the reference does
// for all: it parses the JSON and serializes it again (decodeCookieCache in
// cookies/index.mjs).
func rewrite(text []byte) (signed, signature []byte, ok bool) {
	parsed, err := js.Parse(text)
	if err != nil {
		return nil, nil, false
	}
	cache, ok := parsed.(*js.Object)
	if !ok {
		return nil, nil, false
	}
	session, _ := cache.Get("session")
	payload, isObject := session.(*js.Object)
	expires, _ := cache.Get("expiresAt")
	at, isNumber := expires.(float64)
	sign, _ := cache.Get("signature")
	sum, isString := sign.(string)
	if !isObject || !isNumber || !isString {
		return nil, nil, false
	}
	payload = revive(payload).(*js.Object)
	payload.Set("expiresAt", at)
	return js.Append(nil, payload), []byte(sum), true
}

// revive converts texts that are dates to dates, so that they are written with
// milliseconds (safeJSONParse in @better-auth/core/dist/utils/json.mjs).
func revive(v any) any {
	switch v := v.(type) {
	case string:
		if t, ok := date(v); ok {
			return t
		}
	case []any:
		for i := range v {
			v[i] = revive(v[i])
		}
	case *js.Object:
		for _, key := range v.Keys() {
			value, _ := v.Get(key)
			v.Set(key, revive(value))
		}
	}
	return v
}

// decodeBase64 decodes like @better-auth/utils/dist/base64.mjs: the URL alphabet
// if - or _ occurs, and the standard one otherwise. It stops at the first = and
// ignores extra bits.
func decodeBase64(s string) ([]byte, bool) {
	if i := strings.IndexByte(s, '='); i >= 0 {
		s = s[:i]
	}
	// Go's decoder skips line breaks and rejects a single last character.
	if strings.IndexByte(s, '\n') >= 0 || strings.IndexByte(s, '\r') >= 0 {
		return nil, false
	}
	encoding := b64
	if strings.IndexByte(s, '-') < 0 && strings.IndexByte(s, '_') < 0 {
		encoding = base64.RawStdEncoding
	}
	if len(s)%4 == 1 {
		if _, err := encoding.DecodeString(s[len(s)-1:] + "A"); err != nil {
			return nil, false
		}
		s = s[:len(s)-1]
	}
	decoded, err := encoding.DecodeString(s)
	return decoded, err == nil
}

func number(text []byte) (float64, bool) {
	if len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, false
	}
	// Out of range is infinite in JavaScript, which the reference's schema
	// rejects.
	n, err := strconv.ParseFloat(string(text), 64)
	return n, err == nil
}
