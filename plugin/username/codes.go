package username

import "github.com/seed-32bd42cb/betterauth/auth"

// The error codes of this plugin, with the names and texts of the reference.
var (
	InvalidUsernameOrPassword = auth.Code{Name: "INVALID_USERNAME_OR_PASSWORD", Message: "Invalid username or password"}
	EmailNotVerified          = auth.Code{Name: "EMAIL_NOT_VERIFIED", Message: "Email not verified"}
	UnexpectedError           = auth.Code{Name: "UNEXPECTED_ERROR", Message: "Unexpected error"} // no call answers it
	UsernameIsAlreadyTaken    = auth.Code{Name: "USERNAME_IS_ALREADY_TAKEN", Message: "Username is already taken. Please try another."}
	UsernameTooShort          = auth.Code{Name: "USERNAME_TOO_SHORT", Message: "Username is too short"}
	UsernameTooLong           = auth.Code{Name: "USERNAME_TOO_LONG", Message: "Username is too long"}
	InvalidUsername           = auth.Code{Name: "INVALID_USERNAME", Message: "Username is invalid"}
	InvalidDisplayUsername    = auth.Code{Name: "INVALID_DISPLAY_USERNAME", Message: "Display username is invalid"}
	UsernameIsImmutable       = auth.Code{Name: "USERNAME_IS_IMMUTABLE", Message: "Username cannot be updated"}
)
