package captcha

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of the plugin.
var (
	VerificationFailed = auth.Code{Name: "VERIFICATION_FAILED", Message: "Captcha verification failed"}
	MissingResponse    = auth.Code{Name: "MISSING_RESPONSE", Message: "Missing CAPTCHA response"}
	UnknownError       = auth.Code{Name: "UNKNOWN_ERROR", Message: "Something went wrong"}
)
