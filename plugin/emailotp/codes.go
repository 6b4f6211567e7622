package emailotp

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin, with the names and texts of the reference.
var (
	OTPExpired      = auth.Code{Name: "OTP_EXPIRED", Message: "OTP expired"}
	InvalidOTP      = auth.Code{Name: "INVALID_OTP", Message: "Invalid OTP"}
	TooManyAttempts = auth.Code{Name: "TOO_MANY_ATTEMPTS", Message: "Too many attempts"}
)
