package twofactor

import "github.com/seed-32bd42cb/betterauth/js"

// The reference's metadata.openapi of the endpoints.

func document(description, success string, properties *js.Object, required ...any) *js.Object {
	answer := object(properties, required...)
	return js.Obj("description", description, "responses", js.Obj("200", js.Obj(
		"description", success, "content", js.Obj("application/json", js.Obj("schema", answer)))))
}

func object(properties *js.Object, required ...any) *js.Object {
	o := js.Obj("type", "object", "properties", properties)
	if len(required) > 0 {
		o.Set("required", required)
	}
	return o
}

func text(description string, more ...any) *js.Object {
	return js.Obj(append([]any{"type", "string", "description", description}, more...)...)
}

func date(description string) *js.Object {
	return js.Obj("type", "string", "format", "date-time", "description", description)
}

func status() *js.Object { return js.Obj("status", js.Obj("type", "boolean")) }

const successful = "Successful response"

func enableDoc() *js.Object {
	return document("Enable two factor authentication. Pass method 'totp' (default) to set up an authenticator app (returns TOTP URI and backup codes), or 'otp' to enable email/SMS-based codes immediately.",
		successful, js.Obj(
			"method", js.Obj("type", "string", "enum", []any{"otp", "totp"}, "description", "The 2FA method that was enabled."),
			"totpURI", text("TOTP URI for authenticator app setup. Only present when method is 'totp'."),
			"backupCodes", js.Obj("type", "array", "items", js.Obj("type", "string"), "description", "Recovery backup codes. Only present when method is 'totp'."),
		), "method")
}

func disableDoc() *js.Object {
	return document("Use this endpoint to disable two factor authentication.", successful, status())
}

func getTOTPURIDoc() *js.Object {
	return document("Use this endpoint to get the TOTP URI", successful, js.Obj("totpURI", js.Obj("type", "string")))
}

func verifyTOTPDoc() *js.Object { return document("Verify two factor TOTP", successful, status()) }

func sendOTPDoc() *js.Object {
	return document("Send two factor OTP to the user", successful, status())
}

func verifyOTPDoc() *js.Object {
	return document("Verify two factor OTP", "Two-factor OTP verified successfully", js.Obj(
		"token", text("Session token for the authenticated session"),
		"user", userDoc("The authenticated user object", js.NewObject(), "id", "createdAt", "updatedAt"),
	), "token", "user")
}

// userDoc describes a user; more are members beside those that every user has.
func userDoc(description string, more *js.Object, required ...any) *js.Object {
	properties := js.Obj(
		"id", text("Unique identifier of the user"),
		"email", js.Obj("type", "string", "format", "email", "nullable", true, "description", "User's email address"),
		"emailVerified", js.Obj("type", "boolean", "nullable", true, "description", "Whether the email is verified"),
		"name", js.Obj("type", "string", "nullable", true, "description", "User's name"),
		"image", js.Obj("type", "string", "format", "uri", "nullable", true, "description", "User's profile image URL"),
	)
	for name, v := range more.All() {
		properties.Set(name, v)
	}
	properties.Set("createdAt", date("Timestamp when the user was created"))
	properties.Set("updatedAt", date("Timestamp when the user was last updated"))
	user := object(properties, required...)
	user.Set("description", description)
	return user
}

func verifyBackupCodeDoc() *js.Object {
	session := object(js.Obj(
		"token", text("Session token"),
		"userId", text("ID of the user associated with the session"),
		"createdAt", date("Timestamp when the session was created"),
		"expiresAt", date("Timestamp when the session expires"),
	), "token", "userId", "createdAt", "expiresAt")
	session.Set("description", "The current session object, included unless disableSession is true")
	has := js.Obj(enabled, js.Obj("type", "boolean", "description", "Whether two-factor authentication is enabled for the user"))
	return document("Verify a backup code for two-factor authentication", "Backup code verified successfully", js.Obj(
		"user", userDoc("The authenticated user object with two-factor details", has, "id", enabled, "createdAt", "updatedAt"),
		"session", session,
	), "user", "session")
}

func generateBackupCodesDoc() *js.Object {
	return document("Generate new backup codes for two-factor authentication", "Backup codes generated successfully", js.Obj(
		"status", js.Obj("type", "boolean", "description", "Indicates if the backup codes were generated successfully", "enum", []any{true}),
		"backupCodes", js.Obj("type", "array", "items", js.Obj("type", "string"), "description", "Array of generated backup codes in plain text"),
	), "status", "backupCodes")
}
