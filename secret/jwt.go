package secret

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// headerHS256 is {"alg":"HS256"}, the header of every token that the reference
// signs with its secret.
const headerHS256 = "eyJhbGciOiJIUzI1NiJ9"

var b64 = base64.RawURLEncoding

// SignJWT signs a JSON object with HS256 under the current secret and adds the
// claims iat and exp, in this order, after the given ones (crypto/jwt.mjs). ttl is
// rounded down to seconds. If claims is not a JSON object, the result is "".
func (k *Keys) SignJWT(claims []byte, now time.Time, ttl time.Duration) string {
	claims, err := withClaims(claims, issueTimes(now, ttl)...)
	if err != nil {
		return ""
	}
	token := make([]byte, 0, len(headerHS256)+2+b64.EncodedLen(len(claims))+43)
	token = append(token, headerHS256...)
	token = append(token, '.')
	token = b64.AppendEncode(token, claims)
	sum := k.MAC(token)
	token = append(token, '.')
	return string(b64.AppendEncode(token, sum[:]))
}

func issueTimes(now time.Time, ttl time.Duration) []Member {
	iat := now.Unix()
	exp := iat + int64(ttl/time.Second)
	return []Member{
		{Name: []byte("iat"), Value: strconv.AppendInt(nil, iat, 10)},
		{Name: []byte("exp"), Value: strconv.AppendInt(nil, exp, 10)},
	}
}

// VerifyJWT checks an HS256 token against every secret, then its claims exp, nbf
// and iat without tolerance, and returns the payload's text. The error wraps
// ErrToken or ErrExpired.
func (k *Keys) VerifyJWT(token string, now time.Time) (payload []byte, err error) {
	parts, err := splitToken(token, 3)
	if err != nil {
		return nil, err
	}
	var header []byte
	if parts[0] != headerHS256 {
		alg, text, err := tokenAlgorithm(parts[0])
		if err != nil {
			return nil, err
		}
		if alg != "HS256" {
			return nil, fmt.Errorf("%w: algorithm %q", ErrToken, alg)
		}
		header = text
	}
	signature, err := b64.DecodeString(parts[2])
	if err != nil {
		return nil, fmt.Errorf("%w: signature is not base64url", ErrToken)
	}
	if ok, _ := k.VerifyMAC([]byte(token[:len(parts[0])+1+len(parts[1])]), signature); !ok {
		return nil, fmt.Errorf("%w: signature verification failed", ErrToken)
	}
	payload, err = b64.DecodeString(parts[1])
	if err != nil {
		return nil, fmt.Errorf("%w: payload is not base64url", ErrToken)
	}
	if err := CheckClaims(header, payload, Checks{}, now); err != nil {
		return nil, err
	}
	return payload, nil
}

// SignWith signs a JSON object with HS256 under any secret, such as that of a client.
// The text is copied into the token unchanged.
func SignWith(secret string, claims []byte) (string, error) {
	if _, err := ParseMembers(claims); err != nil {
		return "", fmt.Errorf("secret: claims are %w", err)
	}
	signed := headerHS256 + "." + b64.EncodeToString(claims)
	return signed + "." + b64.EncodeToString(HMAC(secret, signed)), nil
}

// VerifyWith checks an HS256 token against any secret and returns the texts of
// header and payload. It does not check the claims; use CheckClaims. The error wraps
// ErrToken.
func VerifyWith(secret, token string) (header, payload []byte, err error) {
	parts, err := splitToken(token, 3)
	if err != nil {
		return nil, nil, err
	}
	alg, header, err := tokenAlgorithm(parts[0])
	if err != nil {
		return nil, nil, err
	}
	if alg != "HS256" {
		return nil, nil, fmt.Errorf("%w: algorithm %q not allowed", ErrToken, alg)
	}
	signature, err := b64.DecodeString(parts[2])
	if err != nil || !Equal(string(signature), string(HMAC(secret, token[:len(parts[0])+1+len(parts[1])]))) {
		return nil, nil, fmt.Errorf("%w: signature verification failed", ErrToken)
	}
	if payload, err = b64.DecodeString(parts[1]); err != nil {
		return nil, nil, fmt.Errorf("%w: payload is not base64url", ErrToken)
	}
	return header, payload, nil
}

// TokenHeader returns the members of a token's protected header, of a JWT or a JWE.
// It checks nothing, so the result may only be used to choose a key.
func TokenHeader(token string) (Members, error) {
	first, _, _ := strings.Cut(token, ".")
	header, _, err := parseHeader(first)
	return header, err
}

// splitToken splits a compact token. Go's base64 decoder skips line breaks, so this
// function rejects them in all parts.
func splitToken(token string, parts int) ([]string, error) {
	if strings.Count(token, ".") != parts-1 || strings.ContainsAny(token, "\r\n") {
		return nil, fmt.Errorf("%w: not a compact token", ErrToken)
	}
	return strings.Split(token, "."), nil
}

func parseHeader(encoded string) (header Members, text []byte, err error) {
	text, err = b64.DecodeString(encoded)
	if err != nil || !utf8.Valid(text) {
		return nil, nil, fmt.Errorf("%w: header is not base64url", ErrToken)
	}
	header, err = ParseMembers(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: header is not a JSON object", ErrToken)
	}
	return header, text, nil
}

// tokenAlgorithm reads alg from an encoded header and rejects headers with critical
// extensions, of which this package supports none.
func tokenAlgorithm(encoded string) (alg string, text []byte, err error) {
	header, text, err := parseHeader(encoded)
	if err != nil {
		return "", nil, err
	}
	if header.Get("crit") != nil {
		return "", nil, fmt.Errorf("%w: critical header extension", ErrToken)
	}
	alg, _ = header.String("alg")
	if alg == "" {
		return "", nil, fmt.Errorf("%w: header without algorithm", ErrToken)
	}
	return alg, text, nil
}

// TokenPayload returns the members of the payload of a signed token. It checks
// nothing, so the result may only be used to choose a key.
func TokenPayload(token string) (Members, error) {
	parts, err := splitToken(token, 3)
	if err != nil {
		return nil, err
	}
	text, err := b64.DecodeString(parts[1])
	if err != nil || !utf8.Valid(text) {
		return nil, fmt.Errorf("%w: payload is not base64url", ErrToken)
	}
	claims, err := ParseMembers(text)
	if err != nil {
		return nil, fmt.Errorf("%w: payload is not a JSON object", ErrToken)
	}
	return claims, nil
}
