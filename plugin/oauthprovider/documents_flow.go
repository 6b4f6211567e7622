package oauthprovider

import "github.com/seed-32bd42cb/betterauth/js"

// The OpenAPI descriptions of the endpoints of the flow, as in the reference.

// describedOnly is the description of an endpoint of which the reference documents nothing else.
func describedOnly(description string) *js.Object { return js.Obj("description", description) }

func typed(kind string, more ...any) *js.Object {
	return js.Obj(append([]any{"type", kind}, more...)...)
}

func jsonContent(schema *js.Object) *js.Object {
	return js.Obj("application/json", js.Obj("schema", schema))
}

func authorizeDocument() *js.Object {
	parameter := func(name string, schema *js.Object, description string) *js.Object {
		return js.Obj("name", name, "in", "query", "required", name == "client_id", "schema", schema, "description", description)
	}
	text := func(name, description string) *js.Object { return parameter(name, typed("string"), description) }
	return js.Obj(
		"description", "Authorize an OAuth 2.1 request from query parameters or an application/x-www-form-urlencoded POST body",
		"parameters", []any{
			text("response_type", "OAuth 2.1 response type (e.g., 'code')"),
			text("client_id", "OAuth 2.1 client ID"),
			parameter("redirect_uri", typed("string", "format", "uri"), "OAuth 2.1 redirect URI"),
			text("scope", "OAuth 2.1 scopes (space-separated)"),
			text("state", "OAuth 2.1 state parameter"),
			text("request_uri", "Pushed Authorization Request URI referencing stored parameters"),
			text("code_challenge", "PKCE code challenge"),
			text("code_challenge_method", "PKCE code challenge method"),
			text("nonce", "OpenID Connect nonce"),
			parameter("max_age", typed("integer", "minimum", 0), "Maximum authentication age in seconds; forces re-authentication when exceeded"),
			parameter("resource", typed("array", "items", typed("string")),
				"Requested protected resource(s) for the access token. May be supplied multiple times as repeated 'resource' query parameters (RFC 8707) or as an array of strings."),
			text("prompt", "OAuth2 prompt parameter"),
		},
		"responses", js.Obj(
			"302", js.Obj("description", "Redirect to client with code or error", "headers", js.Obj("Location", js.Obj(
				"description", "Redirect URI with code or error", "schema", typed("string", "format", "uri"),
			))),
			"400", js.Obj("description", "Invalid request", "content", jsonContent(js.Obj(
				"type", "object",
				"properties", js.Obj("error", typed("string"), "error_description", typed("string"), "state", typed("string")),
				"required", []any{"error"},
			))),
		),
	)
}

func continueDocument(description string) *js.Object {
	return js.Obj("description", description, "responses", js.Obj(
		"200", js.Obj("description", "Consent processed successfully", "content", jsonContent(js.Obj(
			"type", "object",
			"properties", js.Obj("redirect_uri", typed("string", "format", "uri",
				"description", "The URI to redirect to, either with an authorization code or an error")),
			"required", []any{"redirect_uri"},
		))),
	))
}

func endSessionDocument() *js.Object {
	return js.Obj(
		"description", "RP-Initiated Logout endpoint. Accepts standard logout parameters through GET or an application/x-www-form-urlencoded POST body, plus JSON for Better Auth generated-client calls. Requests without a usable id_token_hint may require explicit OP confirmation.",
		"responses", js.Obj("200", js.Obj(
			"description", "Logout completed, or an HTML confirmation page was returned for browser navigation. A redirect is used only for an exact registered post_logout_redirect_uri.",
			"content", js.Obj(
				"application/json", js.Obj("schema", js.Obj("type", "object", "properties", js.Obj(
					"redirect_uri", typed("string", "format", "uri", "description", "URI to redirect to after logout (if post_logout_redirect_uri was provided)"),
					"message", typed("string", "description", "Success message"),
				))),
				"text/html", js.Obj("schema", typed("string")),
			),
		)),
	)
}
