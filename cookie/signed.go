package cookie

import (
	"strconv"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/secret"
)

// signatureLength is the length of 32 bytes in padded base64.
const signatureLength = 44

// Sign returns the value with its signature, `<value>.<signature>`, ready for
// Serialize.
func Sign(value string, keys *secret.Keys) string { return value + "." + keys.Sign(value) }

// Unsign splits a signed value at its last dot and checks the signature. current
// is false if an older secret made it.
func Unsign(raw string, keys *secret.Keys) (value string, ok, current bool) {
	dot := strings.LastIndexByte(raw, '.')
	if dot < 1 {
		return "", false, false
	}
	value, signature := raw[:dot], raw[dot+1:]
	if len(signature) != signatureLength || signature[signatureLength-1] != '=' {
		return "", false, false
	}
	if ok, current = keys.Verify(value, signature); !ok {
		return "", false, false
	}
	return value, true, current
}

// ParseSetCookie parses a Set-Cookie line, for example of another plugin or
// server (parseSetCookieHeader in cookies/cookie-utils.mjs). Unknown attributes
// are skipped. ok is false for a line without a name.
func ParseSetCookie(line string) (c Cookie, value string, ok bool) {
	first, rest, _ := strings.Cut(line, ";")
	c.Name, value, _ = strings.Cut(js.Trim(first), "=")
	if c.Name == "" {
		return Cookie{}, "", false
	}
	for attribute := range strings.SplitSeq(rest, ";") {
		name, text, _ := strings.Cut(js.Trim(attribute), "=")
		setAttribute(&c.Attributes, strings.ToLower(js.Trim(name)), js.Trim(text))
	}
	return c, tryDecode(unquote(value)), true
}

func setAttribute(a *Attributes, name, text string) {
	switch name {
	case "max-age":
		if n, err := strconv.Atoi(text); err == nil {
			a.MaxAge = &n
		}
	case "expires":
		if t, ok := js.ParseDate(text); ok {
			a.Expires = t
		}
	case "domain":
		a.Domain = text
	case "path":
		a.Path = text
	case "secure":
		a.Secure = true
	case "httponly":
		a.HttpOnly = true
	case "samesite":
		a.SameSite = strings.ToLower(text)
	case "partitioned":
		a.Partitioned = true
	}
}
