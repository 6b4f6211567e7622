package auth

import (
	"github.com/seed-32bd42cb/betterauth/callback"
	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/option"
)

// EmailAndPassword are the options of sign-up and sign-in with a password.
type EmailAndPassword struct {
	// Allows sign-up and sign-in with a password.
	Enabled bool `json:"enabled"`
	// Refuses sign-up.
	DisableSignUp bool `json:"disableSignUp"`
	// Begins no session before the address is verified. Answers then do not reveal who has
	// an account.
	RequireEmailVerification bool `json:"requireEmailVerification"`
	// Shortest password.
	MinPasswordLength int `json:"minPasswordLength" default:"8" max:"2147483647" unit:"UTF-16 units"`
	// Longest password.
	MaxPasswordLength int `json:"maxPasswordLength" default:"128" max:"2147483647" unit:"UTF-16 units"`
	// Signing up begins a session.
	AutoSignIn *bool `json:"autoSignIn" default:"true"`
	// Resetting the password ends all sessions of the user.
	RevokeSessionsOnPasswordReset bool `json:"revokeSessionsOnPasswordReset"`
	// How long a reset link works.
	ResetPasswordTokenExpiresIn int `json:"resetPasswordTokenExpiresIn" default:"3600" unit:"seconds"`
	// Sends the link. Without it, resetting a password is refused.
	SendResetPassword callback.Func[LinkMail, callback.Nothing] `json:"sendResetPassword"`
	// Called after a password was reset.
	OnPasswordReset callback.Func[UserEvent, callback.Nothing] `json:"onPasswordReset"`
	// Called when somebody signs up with an address that is taken.
	OnExistingUserSignUp callback.Func[UserEvent, callback.Nothing] `json:"onExistingUserSignUp"`
	// Makes the user that is shown when the address is taken but the answer must not
	// reveal it.
	CustomSyntheticUser callback.Func[SyntheticUser, *js.Object] `json:"customSyntheticUser"`
	// Replaces the password hash.
	Password PasswordFuncs `json:"password"`
	// Verifies password hashes made by other systems, and replaces them at the first
	// sign-in. See docs/importing.md. Not in the npm package.
	ImportedHashes *bool `json:"importedHashes" default:"true"`
}

// PasswordFuncs replace the built-in password hash.
type PasswordFuncs struct {
	// Hashes a password.
	Hash callback.Func[string, string] `json:"hash" unset:"scrypt" gofunc:"it is given passwords, which are not sent to webhooks"`
	// Compares a password with a hash.
	Verify callback.Func[PasswordCheck, bool] `json:"verify" unset:"scrypt" gofunc:"it is given passwords, which are not sent to webhooks"`
}

// PasswordCheck asks whether Hash was made from Password.
type PasswordCheck struct {
	Hash     string `json:"hash"`
	Password string `json:"password"`
}

// EmailVerification are the options for the verification of e-mail addresses.
type EmailVerification struct {
	// Sends the link.
	SendVerificationEmail callback.Func[LinkMail, callback.Nothing] `json:"sendVerificationEmail"`
	// Sends a link to every new user.
	SendOnSignUp *bool `json:"sendOnSignUp" unset:"requireEmailVerification"`
	// Sends a new link when a user whose address is not verified signs in.
	SendOnSignIn bool `json:"sendOnSignIn"`
	// Verifying an address begins a session.
	AutoSignInAfterVerification bool `json:"autoSignInAfterVerification"`
	// The link in the message shows a page with a button, which verifies the address, so
	// that programs that open every link of a mailbox verify nothing. See
	// docs/plugins/magic-link.md#mailboxes-that-open-every-link. Not in the npm package.
	LandingPage bool `json:"landingPage"`
	// How long a link works.
	ExpiresIn int `json:"expiresIn" default:"3600" unit:"seconds"`
	// Called before an address is marked as verified; may refuse.
	BeforeEmailVerification callback.Func[UserRequest, callback.Nothing] `json:"beforeEmailVerification"`
	// Called after an address was verified.
	AfterEmailVerification callback.Func[UserRequest, callback.Nothing] `json:"afterEmailVerification"`
}

// ModelOptions rename the table and the columns of a model and add fields to it.
type ModelOptions struct {
	// Name of the table.
	ModelName string `json:"modelName" unset:"the model's name"`
	// Column names of built-in fields.
	Fields map[string]string `json:"fields" unset:"the key"`
	// Fields that are added to the model.
	AdditionalFields AdditionalFields `json:"additionalFields"`
}

// UserOptions are the options of users.
type UserOptions struct {
	ModelOptions
	// Users changing their own address.
	ChangeEmail ChangeEmail `json:"changeEmail"`
	// Users deleting their own account.
	DeleteUser DeleteUser `json:"deleteUser"`
	// Called before a user is created or an account linked; may refuse.
	ValidateUserInfo callback.Func[ValidateUserInfo, *js.Object] `json:"validateUserInfo"`
}

// ChangeEmail are the options for changing the e-mail address.
type ChangeEmail struct {
	// Lets users change their address.
	Enabled bool `json:"enabled"`
	// An address that is not verified is changed at once.
	UpdateEmailWithoutVerification bool `json:"updateEmailWithoutVerification"`
	// Asks the present address to confirm the change first.
	SendChangeEmailConfirmation callback.Func[ChangeMail, callback.Nothing] `json:"sendChangeEmailConfirmation"`
}

// DeleteUser are the options for deleting one's own account.
type DeleteUser struct {
	// Lets users delete themselves.
	Enabled bool `json:"enabled"`
	// How long a link works.
	DeleteTokenExpiresIn int `json:"deleteTokenExpiresIn" default:"86400" unit:"seconds"`
	// The link in the message shows a page with a button, which deletes the account. Not
	// in the npm package.
	LandingPage bool `json:"landingPage"`
	// How long a deleted user can still come back by signing in. Then everything about the
	// user is erased. Not in the npm package. See docs/privacy.md.
	GracePeriod option.Span `json:"gracePeriod" unset:"the user is deleted at once"`
	// Sends a link to confirm with, instead of deleting the account at once.
	SendDeleteAccountVerification callback.Func[LinkMail, callback.Nothing] `json:"sendDeleteAccountVerification"`
	// Called before a user is deleted; may refuse. With `gracePeriod`: when the user asks.
	BeforeDelete callback.Func[UserRequest, callback.Nothing] `json:"beforeDelete"`
	// Called after a user was deleted. With `gracePeriod`: after the period.
	AfterDelete callback.Func[UserRequest, callback.Nothing] `json:"afterDelete"`
}
