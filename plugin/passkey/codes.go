package passkey

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of the plugin.
var (
	ChallengeNotFound          = auth.Code{Name: "CHALLENGE_NOT_FOUND", Message: "Challenge not found"}
	NotAllowed                 = auth.Code{Name: "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY", Message: "You are not allowed to register this passkey"}
	FailedToVerifyRegistration = auth.Code{Name: "FAILED_TO_VERIFY_REGISTRATION", Message: "Failed to verify registration"}
	PasskeyNotFound            = auth.Code{Name: "PASSKEY_NOT_FOUND", Message: "Passkey not found"}
	AuthenticationFailed       = auth.Code{Name: "AUTHENTICATION_FAILED", Message: "Authentication failed"}
	UnableToCreateSession      = auth.Code{Name: "UNABLE_TO_CREATE_SESSION", Message: "Unable to create session"}
	UserNotFound               = auth.Code{Name: "USER_NOT_FOUND", Message: "User not found"}
	FailedToUpdatePasskey      = auth.Code{Name: "FAILED_TO_UPDATE_PASSKEY", Message: "Failed to update passkey"}
	PreviouslyRegistered       = auth.Code{Name: "PREVIOUSLY_REGISTERED", Message: "Previously registered"}
	RegistrationCancelled      = auth.Code{Name: "REGISTRATION_CANCELLED", Message: "Registration cancelled"}
	AuthCancelled              = auth.Code{Name: "AUTH_CANCELLED", Message: "Auth cancelled"}
	UnknownError               = auth.Code{Name: "UNKNOWN_ERROR", Message: "Unknown error"}
	SessionRequired            = auth.Code{Name: "SESSION_REQUIRED", Message: "Passkey registration requires an authenticated session"}
	ResolveUserRequired        = auth.Code{Name: "RESOLVE_USER_REQUIRED", Message: "Passkey registration requires either an authenticated session or a resolveUser callback when requireSession is false"}
	ResolvedUserInvalid        = auth.Code{Name: "RESOLVED_USER_INVALID", Message: "Resolved user is invalid"}
)

// codes lists the codes. Clients set RegistrationCancelled, AuthCancelled and UnknownError themselves, and FreshSession
// answers in place of SessionRequired.
func codes() []auth.Code {
	return []auth.Code{
		ChallengeNotFound, NotAllowed, FailedToVerifyRegistration, PasskeyNotFound, AuthenticationFailed, UnableToCreateSession,
		UserNotFound, FailedToUpdatePasskey, PreviouslyRegistered, RegistrationCancelled, AuthCancelled, UnknownError,
		SessionRequired, ResolveUserRequired, ResolvedUserInvalid,
	}
}
