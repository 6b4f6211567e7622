package deviceauthorization

import "github.com/seed-32bd42cb/betterauth/js"

// The OpenAPI descriptions of the endpoints, as in the reference.

func text(description string) *js.Object {
	return js.Obj("type", "string", "description", description)
}

func uri(description string) *js.Object {
	return js.Obj("type", "string", "format", "uri", "description", description)
}

func response(description string, properties *js.Object) *js.Object {
	return js.Obj("description", description, "content", js.Obj("application/json",
		js.Obj("schema", js.Obj("type", "object", "properties", properties))))
}

func errorResponse(description string, names ...any) *js.Object {
	return response(description, js.Obj("error", js.Obj("type", "string", "enum", names), "error_description", js.Obj("type", "string")))
}

func codeDocument(grant bool) *js.Object {
	refusals := []any{invalidRequest, invalidClient, "unauthorized_client", "invalid_scope"}
	answers := js.NewObject()
	if grant {
		refusals = append(refusals, invalidTarget)
		answers.Set("401", challengeDocument())
	}
	answers.Set("200", response("Success", js.Obj(
		"device_code", text("The device verification code"),
		"user_code", text("The user code to display"),
		"verification_uri", uri("The URL for user verification. Defaults to /device if not configured."),
		"verification_uri_complete", uri("The complete URL with user code as query parameter."),
		"expires_in", js.Obj("type", "number", "description", "Lifetime in seconds of the device code"),
		"interval", js.Obj("type", "number", "description", "Minimum polling interval in seconds"),
	)))
	answers.Set("400", errorResponse("Error response", refusals...))
	answers.Set("500", errorResponse("Server error", serverError))
	return js.Obj("description", "Request a device and user code\n\nFollow [rfc8628#section-3.2](https://datatracker.ietf.org/doc/html/rfc8628#section-3.2)",
		"responses", answers)
}

// challengeDocument describes the answer to a client that failed to authenticate with its Authorization header.
func challengeDocument() *js.Object {
	header := js.Obj("description", "Basic client authentication challenge", "schema", js.Obj("type", "string", "example", "Basic"))
	body := js.Obj("type", "object", "properties", js.Obj(
		"error", js.Obj("type", "string", "enum", []any{invalidClient}), "error_description", js.Obj("type", "string"),
	), "required", []any{"error"})
	return js.Obj("description", "Invalid Basic client authentication", "headers", js.Obj("WWW-Authenticate", header),
		"content", js.Obj("application/json", js.Obj("schema", body)))
}

func tokenDocument() *js.Object {
	return js.Obj("description", "Exchange device code for access token\n\nFollow [rfc8628#section-3.4](https://datatracker.ietf.org/doc/html/rfc8628#section-3.4)",
		"responses", js.Obj(
			"200", response("Success", js.Obj(
				"session", js.Obj("$ref", "#/components/schemas/Session"),
				"user", js.Obj("$ref", "#/components/schemas/User"),
			)),
			"400", errorResponse("Error response", authorizationPending, slowDown, expiredToken, accessDenied, invalidRequest, invalidClient, invalidGrant),
		))
}

func verifyDocument(grant bool) *js.Object {
	members := js.Obj(
		"user_code", text("The user code to verify"),
		"status", js.Obj("type", "string", "enum", []any{pending, approved, denied}, "description", "Current status of the device authorization"),
		"client_id", text("The client requesting authorization, returned only to the authenticated user who owns this request"),
		"scope", text("The requested scopes, returned only to the authenticated user who owns this request"),
	)
	if grant {
		one := js.Obj("type", "string")
		members.Set("resource", js.Obj("oneOf", []any{one, js.Obj("type", "array", "items", js.Obj("type", "string"))},
			"description", "The requested resource indicators, returned only to the authenticated user who owns this request"))
	}
	return js.Obj("description", "Verify user code and get device authorization status", "responses",
		js.Obj("200", response("Device authorization status", members)))
}

func decideDocument(description string) *js.Object {
	return js.Obj("description", description, "responses", js.Obj(
		"200", response("Success", js.Obj("success", js.Obj("type", "boolean"))),
	))
}
