package anonymous

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of the plugin, with the names and texts of the reference.
var (
	InvalidEmailFormat              = auth.Code{Name: "INVALID_EMAIL_FORMAT", Message: "Email was not generated in a valid format"}
	FailedToCreateUser              = auth.Code{Name: "FAILED_TO_CREATE_USER", Message: "Failed to create user"}
	CouldNotCreateSession           = auth.Code{Name: "COULD_NOT_CREATE_SESSION", Message: "Could not create session"}
	AlreadyAnonymous                = auth.Code{Name: "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY", Message: "Anonymous users cannot sign in again anonymously"}
	FailedToDeleteAnonymousUser     = auth.Code{Name: "FAILED_TO_DELETE_ANONYMOUS_USER", Message: "Failed to delete anonymous user"}
	FailedToDeleteAnonymousSessions = auth.Code{Name: "FAILED_TO_DELETE_ANONYMOUS_USER_SESSIONS", Message: "Failed to delete anonymous user sessions"}
	UserIsNotAnonymous              = auth.Code{Name: "USER_IS_NOT_ANONYMOUS", Message: "User is not anonymous"}
	DeleteAnonymousUserDisabled     = auth.Code{Name: "DELETE_ANONYMOUS_USER_DISABLED", Message: "Deleting anonymous users is disabled"}
)

func codes() []auth.Code {
	return []auth.Code{
		InvalidEmailFormat, FailedToCreateUser, CouldNotCreateSession, AlreadyAnonymous,
		FailedToDeleteAnonymousUser, FailedToDeleteAnonymousSessions, UserIsNotAnonymous, DeleteAnonymousUserDisabled,
	}
}
