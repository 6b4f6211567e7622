package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// Claims are the claims of a verified token. Fields for absent claims are zero.
type Claims struct {
	// Subject is the user's id.
	Subject string
	// Email, EmailVerified, Name and Image are the user's at the time when the
	// token was issued.
	Email         string
	EmailVerified bool
	Name          string
	Image         string
	// Issuer and Audience are the claims iss and aud, already checked.
	Issuer   string
	Audience []string
	// IssuedAt, NotBefore and ExpiresAt are the claims iat, nbf and exp.
	IssuedAt, NotBefore, ExpiresAt time.Time
	// Raw holds all claims as encoding/json decodes them, numbers as json.Number.
	Raw map[string]any
}

// parseClaims matches claims by their exact names: struct tags would accept "SUB"
// for "sub", and a server may put columns of any name into its tokens.
func parseClaims(payload []byte) (*Claims, error) {
	raw, err := decodeObject(payload)
	if err != nil {
		return nil, fmt.Errorf("%w: not a JSON object", ErrMalformed)
	}
	if raw["exp"] == nil {
		return nil, fmt.Errorf("%w: no expiry", ErrMalformed)
	}
	c := &Claims{Raw: raw}
	for name, field := range map[string]*string{"sub": &c.Subject, "email": &c.Email, "name": &c.Name, "image": &c.Image, "iss": &c.Issuer} {
		*field, _ = raw[name].(string)
	}
	c.EmailVerified, _ = raw["emailVerified"].(bool)
	c.Audience = audience(raw["aud"])
	for name, field := range map[string]*time.Time{"iat": &c.IssuedAt, "nbf": &c.NotBefore, "exp": &c.ExpiresAt} {
		if raw[name] == nil {
			continue
		}
		var ok bool
		if *field, ok = instant(raw[name]); !ok {
			return nil, fmt.Errorf("%w: %s is not a time", ErrMalformed, name)
		}
	}
	return c, nil
}

// audience decodes a string or a list of strings; for anything else it returns
// none.
func audience(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var all []string
		for _, one := range value {
			if text, ok := one.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// instant converts seconds to a time, limited to the range of time.Time.
func instant(value any) (time.Time, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	seconds, err := number.Float64()
	if err != nil {
		return time.Time{}, false
	}
	const year9999 = 253402300799
	whole, fraction := math.Modf(min(max(seconds, 0), year9999))
	return time.Unix(int64(whole), int64(fraction*1e9)), true
}

// decodeObject decodes exactly one JSON object.
func decodeObject(data []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) || object == nil {
		return nil, errors.New("more than one object")
	}
	return object, nil
}
