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

// Decoded is a genuine session cache. Its Session and User are in the order and
// with the defaults that the reference's schemas give them.
type Decoded struct {
	Cache
	// ExpiresAt is when the cache ends, in milliseconds since 1970. The compact
	// strategy does not refuse an older one: that is the caller's to compare.
	ExpiresAt int64
	// Current is false when an older secret signed a compact cache. For tokens it
	// is always true.
	Current bool
}

// DecodeCache reads the value of a session_data cookie, put together from its
// chunks. Ok is false when it is malformed, not genuine, lacks what a session
// and a user must have, or is a token past its expiry. Whether it belongs to the
// request's session token, has the right version and is still fresh is the
// caller's to check.
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

// DecodePayload reads the payload of a verified token that holds a session
// cache, such as the jwt plugin signs. A token without exp ends now.
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

// cut takes a compact cache apart that is laid out as JSON.stringify does,
//
//	{"session":{…},"expiresAt":123,"signature":"…"}
//
// and gives the text that was signed, {…,"expiresAt":123}, without reading the
// payload. It moves that text together in place, so text is spoilt afterwards;
// it is untouched when the layout is another.
func cut(text []byte) (signed, signature []byte, ok bool) {
	const head, expires, sign, foot = `{"session":{`, `,"expiresAt":`, `,"signature":"`, `"}`
	const signatureSize = 43
	start := len(text) - len(foot) - signatureSize - len(sign) // where expiresAt ends
	if start < len(head) || !bytes.HasPrefix(text, []byte(head)) || !bytes.HasSuffix(text, []byte(foot)) ||
		!bytes.HasPrefix(text[start:], []byte(sign)) {
		return nil, nil, false
	}
	digits := start
	for digits > 0 && text[digits-1] >= '0' && text[digits-1] <= '9' {
		digits--
	}
	end := digits - len(expires) // where the payload ends
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

// rewrite does the same for a cache laid out in any other way, as the reference
// does for all: it reads the JSON and writes it anew (decodeCookieCache in
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

// revive turns texts that are dates into dates, so that they are written with
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

// decodeBase64 decodes as @better-auth/utils/dist/base64.mjs: the URL alphabet
// when - or _ occurs, else the standard one; it ends at the first =, and bits
// left over do not matter.
func decodeBase64(s string) ([]byte, bool) {
	if i := strings.IndexByte(s, '='); i >= 0 {
		s = s[:i]
	}
	// Go's decoder skips line breaks and refuses a single last character.
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
	// Out of range is infinite in JavaScript, which its schema refuses.
	n, err := strconv.ParseFloat(string(text), 64)
	return n, err == nil
}
