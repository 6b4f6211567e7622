package siwe

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// The error codes of this plugin, with the names and texts of the reference.
var (
	InvalidNonce    = auth.Code{Name: "SIWE_INVALID_NONCE", Message: "SIWE getNonce must return an ERC-4361 nonce: 8-250 alphanumeric characters."}
	MessageMismatch = auth.Code{Name: "UNAUTHORIZED_SIWE_MESSAGE_MISMATCH",
		Message: "Unauthorized: SIWE message does not match the expected nonce, domain, address, or chain ID"}
	NonceExpired       = auth.Code{Name: "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE", Message: "Unauthorized: Invalid or expired nonce"}
	MessageExpired     = auth.Code{Name: "UNAUTHORIZED_SIWE_MESSAGE_EXPIRED", Message: "Unauthorized: SIWE message has expired"}
	MessageNotYetValid = auth.Code{Name: "UNAUTHORIZED_SIWE_MESSAGE_NOT_YET_VALID", Message: "Unauthorized: SIWE message is not yet valid"}
)

// The errors without a code.
var (
	invalidSignature = auth.Code{Message: "Unauthorized: Invalid SIWE signature"}
	somethingWrong   = auth.Code{Message: "Something went wrong. Please try again later."}
)

// refuse returns an error whose body repeats the status, as in the reference.
func refuse(status int, code auth.Code) *auth.Error {
	body := js.Obj("message", code.Message, "status", float64(status))
	if code.Name != "" {
		body.Set("code", code.Name)
	}
	return &auth.Error{Status: status, Code: code, Body: body}
}

func unauthorized(code auth.Code) *auth.Error { return refuse(http.StatusUnauthorized, code) }
