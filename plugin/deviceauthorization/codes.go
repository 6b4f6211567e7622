package deviceauthorization

import (
	"net/http"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// The error codes of this plugin, with the names and texts of the reference. Answers have the form that OAuth
// prescribes: the text is the error_description, and the names are not sent.
var (
	InvalidDeviceCode    = auth.Code{Name: "INVALID_DEVICE_CODE", Message: "Invalid device code"}
	ExpiredDeviceCode    = auth.Code{Name: "EXPIRED_DEVICE_CODE", Message: "Device code has expired"}
	ExpiredUserCode      = auth.Code{Name: "EXPIRED_USER_CODE", Message: "User code has expired"}
	AuthorizationPending = auth.Code{Name: "AUTHORIZATION_PENDING", Message: "Authorization pending"}
	AccessDenied         = auth.Code{Name: "ACCESS_DENIED", Message: "Access denied"}
	InvalidUserCode      = auth.Code{Name: "INVALID_USER_CODE", Message: "Invalid user code"}
	AlreadyProcessed     = auth.Code{Name: "DEVICE_CODE_ALREADY_PROCESSED", Message: "Device code already processed"}
	NotClaimed           = auth.Code{Name: "DEVICE_CODE_NOT_CLAIMED", Message: "Device code has not been claimed by a verifying session; " +
		"call `GET /device` with the `user_code` while signed in before approving or denying"}
	PollingTooFrequently   = auth.Code{Name: "POLLING_TOO_FREQUENTLY", Message: "Polling too frequently"}
	InvalidStatus          = auth.Code{Name: "INVALID_DEVICE_CODE_STATUS", Message: "Invalid device code status"}
	AuthenticationRequired = auth.Code{Name: "AUTHENTICATION_REQUIRED", Message: "Authentication required"}
)

// The errors of OAuth (RFC 6749, RFC 8628) that the endpoints answer.
const (
	invalidRequest       = "invalid_request"
	invalidClient        = "invalid_client"
	invalidGrant         = "invalid_grant"
	invalidTarget        = "invalid_target"
	authorizationPending = "authorization_pending"
	slowDown             = "slow_down"
	expiredToken         = "expired_token"
	accessDenied         = "access_denied"
	unauthorized         = "unauthorized"
	serverError          = "server_error"
)

// refuse returns an error in OAuth's form: {"error", "error_description"}.
func refuse(status int, name, description string) *auth.Error {
	return &auth.Error{Status: status, Body: js.Obj("error", name, "error_description", description)}
}

func bad(name, description string) *auth.Error {
	return refuse(http.StatusBadRequest, name, description)
}

func broken(code auth.Code) *auth.Error {
	return refuse(http.StatusInternalServerError, serverError, code.Message)
}
