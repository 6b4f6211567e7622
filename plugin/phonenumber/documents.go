package phonenumber

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// The OpenAPI descriptions of the endpoints.

func shape(properties *js.Object, required ...any) *js.Object {
	o := js.Obj("type", "object", "properties", properties)
	if len(required) > 0 {
		o.Set("required", required)
	}
	return o
}

func typed(kind, description string) *js.Object {
	return js.Obj("type", kind, "description", description)
}

func nullable(o *js.Object) *js.Object {
	o.Set("nullable", true)
	return o
}

func formatted(o *js.Object, format string) *js.Object {
	o.Set("format", format)
	return o
}

// with adds an answer without a body to a document, for another status.
func with(doc *js.Object, status, description string) *js.Object {
	responses, _ := doc.Get("responses")
	if o, ok := responses.(*js.Object); ok {
		o.Set(status, js.Obj("description", description))
	}
	return doc
}

// described returns the description of an endpoint whose successful answer has a description of its own.
func described(description, success string, answer *js.Object) *js.Object {
	return js.Obj("description", description, "responses", js.Obj("200", js.Obj("description", success,
		"content", js.Obj("application/json", js.Obj("schema", answer)))))
}

func signInDocument() *js.Object {
	return with(auth.Described("", "Use this endpoint to sign in with phone number", shape(js.Obj(
		"user", js.Obj("$ref", "#/components/schemas/User"),
		"session", js.Obj("$ref", "#/components/schemas/Session"),
	))), "400", "Invalid phone number or password")
}

func sendDocument() *js.Object {
	return auth.Described("", "Use this endpoint to send OTP to phone number", shape(js.Obj("message", js.Obj("type", "string"))))
}

func succeeded(description string) *js.Object {
	o := typed("boolean", description)
	o.Set("enum", []any{true})
	return o
}

func requestResetDocument() *js.Object {
	return described("Request OTP for password reset via phone number", "OTP sent successfully for password reset",
		shape(js.Obj("status", succeeded("Indicates if the OTP was sent successfully")), "status"))
}

func resetDocument() *js.Object {
	return described("Reset password using phone number OTP", "Password reset successfully",
		shape(js.Obj("status", succeeded("Indicates if the password was reset successfully")), "status"))
}

func verifyDocument() *js.Object {
	user := shape(js.Obj(
		"id", typed("string", "Unique identifier of the user"),
		"email", nullable(formatted(typed("string", "User's email address"), "email")),
		"emailVerified", nullable(typed("boolean", "Whether the email is verified")),
		"name", nullable(typed("string", "User's name")),
		"image", nullable(formatted(typed("string", "User's profile image URL"), "uri")),
		"phoneNumber", typed("string", "User's phone number"),
		"phoneNumberVerified", typed("boolean", "Whether the phone number is verified"),
		"createdAt", formatted(typed("string", "Timestamp when the user was created"), "date-time"),
		"updatedAt", formatted(typed("string", "Timestamp when the user was last updated"), "date-time"),
	), "id", "phoneNumber", "phoneNumberVerified", "createdAt", "updatedAt")
	user.Set("description", "User object with phone number details, null if no user is created or found")
	doc := described("Use this endpoint to verify phone number", "Phone number verified successfully", shape(js.Obj(
		"status", succeeded("Indicates if the verification was successful"),
		"token", nullable(typed("string", "Session token if session is created, null if disableSession is true or no session is created")),
		"user", nullable(user),
	), "status"))
	return with(doc, "400", "Invalid OTP")
}
