package jwt

import (
	"errors"
	"math"
	"reflect"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Audience is one audience, or several.
type Audience []string

// UnmarshalJSON reads a text or a list of texts.
func (a *Audience) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*a = Audience{v}
		return nil
	case []any:
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				return errors.New("must be a text or a list of texts")
			}
			*a = append(*a, s)
		}
		return nil
	}
	return errors.New("must be a text or a list of texts")
}

// OptionShape implements [option.Shaper].
func (Audience) OptionShape() option.Shape {
	return option.Shape{Text: true, List: reflect.TypeFor[string]()}
}

// claim returns the claim aud: a text if there is one audience, otherwise a list.
func (a Audience) claim() any {
	if len(a) == 1 {
		return a[0]
	}
	return []string(a)
}

// Expiration says when a token expires: some time after its iat ("15m"), or, as a number, at that many seconds since
// 1970.
type Expiration struct {
	After time.Duration
	At    int64
	set   bool
}

// In returns an expiration d after the iat of the token.
func In(d time.Duration) Expiration { return Expiration{After: d, set: true} }

// OptionShape implements [option.Shaper].
func (Expiration) OptionShape() option.Shape { return option.Shape{Text: true, Number: true} }

// UnmarshalJSON reads "15m", "2 hours", a number of seconds since 1970, or an ISO date.
func (e *Expiration) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case float64:
		*e = Expiration{At: int64(v), set: true}
		return nil
	case string:
		if at, ok := js.ParseDate(v); ok && len(v) >= 10 {
			*e = Expiration{At: at.Unix(), set: true}
			return nil
		}
		d, err := option.ParseSpan(v)
		*e = Expiration{After: d, set: true}
		return err
	}
	return errors.New(`must be a time like "15m", or a second since 1970`)
}

// IsZero reports whether it names no time.
func (e Expiration) IsZero() bool { return e.After == 0 && e.At == 0 }

// From returns the end of what begins at iat, both in seconds since 1970.
func (e Expiration) From(iat int64) int64 {
	if e.At != 0 {
		return e.At
	}
	return iat + int64(math.Round(e.After.Seconds()))
}
