package emailotp

import "github.com/seed-32bd42cb/betterauth/js"

func shape(properties *js.Object, required ...any) *js.Object {
	o := js.Obj("type", "object", "properties", properties)
	if len(required) > 0 {
		o.Set("required", required)
	}
	return o
}

func successShape() *js.Object { return shape(js.Obj("success", js.Obj("type", "boolean"))) }

func requestedShape() *js.Object {
	return shape(js.Obj("success", js.Obj("type", "boolean", "description", "Indicates if the OTP was sent successfully")))
}

func userRef() *js.Object { return js.Obj("$ref", "#/components/schemas/User") }

func verifyShape() *js.Object {
	return shape(js.Obj(
		"status", js.Obj("type", "boolean", "description", "Indicates if the verification was successful", "enum", []any{true}),
		"token", js.Obj("type", "string", "nullable", true, "description", "Session token if autoSignInAfterVerification is enabled, otherwise null"),
		"user", userRef(),
	), "status", "token", "user")
}

func signInShape() *js.Object {
	return shape(js.Obj(
		"token", js.Obj("type", "string", "description", "Session token for the authenticated session"),
		"user", userRef(),
	), "token", "user")
}
