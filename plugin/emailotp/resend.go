package emailotp

import (
	"errors"

	"github.com/seed-32bd42cb/betterauth/js"
)

// ResendStrategy says which code is sent when one is still good.
type ResendStrategy string

// The strategies.
const (
	Rotate ResendStrategy = "rotate"
	Reuse  ResendStrategy = "reuse"
)

// UnmarshalJSON reads rotate or reuse.
func (r *ResendStrategy) UnmarshalJSON(text []byte) error {
	v, err := js.Parse(text)
	if err != nil {
		return err
	}
	s, ok := v.(string)
	if v != nil && (!ok || s != string(Rotate) && s != string(Reuse)) {
		return errors.New("must be rotate or reuse")
	}
	*r = ResendStrategy(s)
	return nil
}
