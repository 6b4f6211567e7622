package cimd

import (
	"errors"
	"math"
	"time"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// Lifetime is a time that a file writes as a number of seconds, or with a unit: "60m".
type Lifetime time.Duration

// OptionShape implements [option.Shaper].
func (Lifetime) OptionShape() option.Shape { return option.Shape{Text: true, Number: true} }

// UnmarshalJSON reads a number of seconds, or a text such as "60m".
func (l *Lifetime) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case float64:
		if v < 0 || v > option.LongestTime || math.IsNaN(v) {
			return errors.New("must be a number of seconds that is not negative")
		}
		*l = Lifetime(v * float64(time.Second))
		return nil
	case string:
		d, err := option.ParseSpan(v)
		if err == nil && d < 0 {
			err = errors.New("must not be negative")
		}
		*l = Lifetime(d)
		return err
	}
	return errors.New(`must be a number of seconds, or a time like "60m"`)
}
