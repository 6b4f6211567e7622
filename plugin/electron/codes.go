package electron

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin, with the names and texts of the reference.
var (
	InvalidClientID      = auth.Code{Name: "INVALID_CLIENT_ID", Message: "Invalid client ID"}
	InvalidToken         = auth.Code{Name: "INVALID_TOKEN", Message: "Invalid or expired token."}
	StateMismatch        = auth.Code{Name: "STATE_MISMATCH", Message: "state mismatch"}
	MissingCodeChallenge = auth.Code{Name: "MISSING_CODE_CHALLENGE", Message: "missing code challenge"}
	InvalidCodeVerifier  = auth.Code{Name: "INVALID_CODE_VERIFIER", Message: "Invalid code verifier"}
	MissingState         = auth.Code{Name: "MISSING_STATE", Message: "state is required"}
	MissingPKCE          = auth.Code{Name: "MISSING_PKCE", Message: "pkce is required"}
)
