package emailotp

// ResendStrategy says which code is sent when one is still good.
type ResendStrategy string

// The strategies.
const (
	Rotate ResendStrategy = "rotate"
	Reuse  ResendStrategy = "reuse"
)
