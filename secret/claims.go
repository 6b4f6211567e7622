package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrToken is returned, wrapped, for an invalid token: malformed, signed or
// encrypted with another key, or with claims that fail a check.
var ErrToken = errors.New("invalid token")

// ErrExpired is returned, wrapped, for a genuine token that has expired. An error
// never wraps both ErrExpired and ErrToken.
var ErrExpired = errors.New("token expired")

// Checks are the requirements for the claims of a token. The zero value checks exp,
// nbf and the type of iat, like jose's jwtVerify without options.
type Checks struct {
	Issuer    []string      // iss must be one of these
	Audience  []string      // aud must be, or contain, one of these
	Subject   string        // sub must equal this
	Type      string        // the header's typ, with or without "application/"
	Required  []string      // claims that must be present
	Tolerance time.Duration // tolerated clock difference
	MaxAge    time.Duration // largest age since iat, which is then required; 0: unlimited
}

// CheckClaims checks a header and a payload, both JSON texts, in the order and by
// the rules of jose's validateClaimsSet (lib/jwt_claims_set.js). The error wraps
// ErrToken or ErrExpired.
func CheckClaims(header, payload []byte, checks Checks, now time.Time) error {
	claims, err := ParseMembers(payload)
	if err != nil || !utf8.Valid(payload) {
		return fmt.Errorf("%w: JWT Claims Set must be a top-level JSON object", ErrToken)
	}
	if checks.Type != "" {
		members, _ := ParseMembers(header)
		typ, ok := members.String("typ")
		if !ok || mediaType(typ) != mediaType(checks.Type) {
			return fmt.Errorf(`%w: unexpected "typ" JWT header value`, ErrToken)
		}
	}
	if err := checks.presence(claims); err != nil {
		return err
	}
	if err := checks.identity(claims); err != nil {
		return err
	}
	return checks.times(claims, now)
}

func mediaType(typ string) string {
	typ = strings.ToLower(typ)
	if strings.Contains(typ, "/") {
		return typ
	}
	return "application/" + typ
}

func (c *Checks) presence(claims Members) error {
	required := slices.Clone(c.Required)
	if c.MaxAge > 0 {
		required = append(required, "iat")
	}
	if len(c.Audience) > 0 {
		required = append(required, "aud")
	}
	if c.Subject != "" {
		required = append(required, "sub")
	}
	if len(c.Issuer) > 0 {
		required = append(required, "iss")
	}
	for _, name := range slices.Backward(required) {
		if claims.Get(name) == nil {
			return fmt.Errorf("%w: missing required %q claim", ErrToken, name)
		}
	}
	return nil
}

func (c *Checks) identity(claims Members) error {
	if len(c.Issuer) > 0 {
		if iss, ok := claims.String("iss"); !ok || !slices.Contains(c.Issuer, iss) {
			return unexpected("iss")
		}
	}
	if c.Subject != "" {
		if sub, ok := claims.String("sub"); !ok || sub != c.Subject {
			return unexpected("sub")
		}
	}
	if len(c.Audience) > 0 && !slices.ContainsFunc(audience(claims.Get("aud")), func(aud string) bool {
		return slices.Contains(c.Audience, aud)
	}) {
		return unexpected("aud")
	}
	return nil
}

// audience reads an aud claim: a string, or the strings in an array.
func audience(text []byte) []string {
	if aud, ok := String(text); ok {
		return []string{aud}
	}
	var list []any
	if json.Unmarshal(text, &list) != nil {
		return nil
	}
	var auds []string
	for _, item := range list {
		if aud, ok := item.(string); ok {
			auds = append(auds, aud)
		}
	}
	return auds
}

func (c *Checks) times(claims Members, now time.Time) error {
	at := float64(now.Unix())
	tolerance := c.Tolerance.Seconds()
	iat, _, err := numericDate(claims, "iat")
	if err != nil {
		return err
	}
	nbf, found, err := numericDate(claims, "nbf")
	if err != nil {
		return err
	}
	if found && nbf > at+tolerance {
		return fmt.Errorf(`%w: "nbf" claim timestamp check failed`, ErrToken)
	}
	exp, found, err := numericDate(claims, "exp")
	if err != nil {
		return err
	}
	if found && exp <= at-tolerance {
		return fmt.Errorf(`%w: "exp" claim timestamp check failed`, ErrExpired)
	}
	if c.MaxAge <= 0 {
		return nil
	}
	if at-iat-tolerance > c.MaxAge.Seconds() {
		return fmt.Errorf(`%w: "iat" claim timestamp check failed (too far in the past)`, ErrExpired)
	}
	if at-iat < -tolerance {
		return fmt.Errorf(`%w: "iat" claim timestamp check failed (it should be in the past)`, ErrToken)
	}
	return nil
}

func numericDate(claims Members, name string) (value float64, found bool, err error) {
	text := claims.Get(name)
	if text == nil {
		return 0, false, nil
	}
	if text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, false, fmt.Errorf("%w: %q claim must be a number", ErrToken, name)
	}
	// A number out of range becomes an infinity, as in JavaScript.
	value, _ = strconv.ParseFloat(string(text), 64)
	return value, true, nil
}

func unexpected(name string) error {
	return fmt.Errorf("%w: unexpected %q claim value", ErrToken, name)
}
