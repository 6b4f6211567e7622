package emailotp

// ResendStrategy says which code is sent while another one is still valid.
type ResendStrategy string

// The strategies.
const (
	Rotate ResendStrategy = "rotate"
	Reuse  ResendStrategy = "reuse"
)
