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

// Claims are what a verified token says. Fields a token does not have are zero.
type Claims struct {
	// Subject is the user's id.
	Subject string
	// Email, EmailVerified, Name and Image are the user's, as they were when
	// the token was made.
	Email         string
	EmailVerified bool
	Name          string
	Image         string
	// Issuer and Audience are the claims iss and aud, already checked.
	Issuer   string
	Audience []string
	// IssuedAt, NotBefore and ExpiresAt are the claims iat, nbf and exp.
	IssuedAt, NotBefore, ExpiresAt time.Time
	// Raw holds all claims as encoding/json reads them, numbers as
	// json.Number.
	Raw map[string]any
}

// parseClaims reads claims by their exact names: struct tags would take "SUB" for
// "sub", and a server may put columns of any name into its tokens.
func parseClaims(payload []byte) (*Claims, error) {
	raw, err := decodeObject(payload)
	if err != nil {
		return nil, fmt.Errorf("%w: no JSON object", ErrMalformed)
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
			return nil, fmt.Errorf("%w: %s is no time", ErrMalformed, name)
		}
	}
	return c, nil
}

// audience reads a string or a list of strings; anything else is nobody.
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

// instant turns seconds into a time, bounded to what a time can hold.
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

// decodeObject reads one JSON object and nothing behind it.
func decodeObject(data []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) || object == nil {
		return nil, errors.New("no single object")
	}
	return object, nil
}
