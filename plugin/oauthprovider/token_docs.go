package oauthprovider

import "github.com/seed-32bd42cb/betterauth/js"

// The OpenAPI descriptions of the token endpoints, as in the reference.

func described(kind, description string) *js.Object {
	return js.Obj("type", kind, "description", description)
}

func texted(description string) *js.Object   { return described("string", description) }
func numbered(description string) *js.Object { return described("number", description) }

func optionalText(description string) *js.Object {
	return js.Obj("type", "string", "nullable", true, "description", description)
}

func content(schema *js.Object) *js.Object {
	return js.Obj("application/json", js.Obj("schema", schema))
}

func documentOf(properties *js.Object, required ...any) *js.Object {
	return js.Obj("type", "object", "properties", properties, "required", required)
}

func answered(description string, schema *js.Object) *js.Object {
	return js.Obj("description", description, "content", content(schema))
}

func plainText() *js.Object { return js.Obj("type", "string") }

func badRequestDoc() *js.Object {
	return answered("Invalid request or error response",
		documentOf(js.Obj("error", plainText(), "error_description", plainText(), "error_uri", plainText()), "error"))
}

func refusedDoc(description string) *js.Object {
	return answered(description, documentOf(js.Obj("error", plainText(), "error_description", plainText()), "error"))
}

func bodyDoc(schema *js.Object) *js.Object {
	return js.Obj("required", true, "content", content(schema))
}

func headerDoc(name, description string) *js.Object {
	return js.Obj("name", name, "in", "header", "required", false, "schema", plainText(), "description", description)
}

func tokenDoc() *js.Object {
	resource := js.Obj("oneOf", []any{
		texted("Single resource (URL)"),
		js.Obj("type", "array", "items", plainText(), "description", "Multiple resources (URLs)"),
	}, "description", "Requested protected resource(s) for the access token")
	body := documentOf(js.Obj(
		"grant_type", texted("OAuth2 grant type"),
		"client_id", texted("OAuth2 client ID"),
		"client_secret", texted("OAuth2 client secret"),
		"code", texted("Authorization code (for authorization_code grant)"),
		"code_verifier", texted("PKCE code verifier (for authorization_code grant)"),
		"redirect_uri", js.Obj("type", "string", "format", "uri", "description", "Redirect URI (for authorization_code grant)"),
		"refresh_token", texted("Refresh token (for refresh_token grant)"),
		"resource", resource,
		"scope", texted("Requested scopes (for client_credentials grant)"),
	), "grant_type")
	answer := documentOf(js.Obj(
		"access_token", texted("The access token issued by the authorization server"),
		"token_type", js.Obj("type", "string", "description", "The type of the token issued", "enum", []any{"Bearer", "DPoP"}),
		"expires_in", numbered("Lifetime in seconds of the access token"),
		"refresh_token", texted("Refresh token, if issued"),
		"scope", texted("Scopes granted by the access token"),
		"id_token", texted("ID Token (if OpenID Connect)"),
	), "access_token", "token_type", "expires_in")
	return js.Obj(
		"description", "Obtain an OAuth2.1 access token",
		"parameters", []any{headerDoc("DPoP", "RFC 9449 DPoP proof JWT for issuing DPoP-bound tokens")},
		"requestBody", bodyDoc(body),
		"responses", js.Obj("200", answered("Access token response", answer), "400", badRequestDoc()),
	)
}

func inspectedDoc(token string) *js.Object {
	return documentOf(js.Obj(
		"client_id", texted("OAuth2 client ID"),
		"client_secret", texted("OAuth2 client secret"),
		"token", texted(token),
		"token_type_hint", texted("Hint about the token type. Recognized values: `access_token`, `refresh_token`."),
	), "token")
}

func introspectDoc() *js.Object {
	answer := documentOf(js.Obj(
		"active", described("boolean", "Whether the token is active"),
		"scope", texted("Scopes associated with the token"),
		"client_id", texted("Client ID associated with the token"),
		"username", texted("Username associated with the token"),
		"token_type", texted("Type of the token"),
		"exp", numbered("Expiration time of the token (seconds since epoch)"),
		"iat", numbered("Issued at time (seconds since epoch)"),
		"nbf", numbered("Not before time (seconds since epoch)"),
		"sub", texted("Subject of the token"),
		"aud", texted("Audience of the token"),
		"iss", texted("Issuer of the token"),
		"jti", texted("JWT ID"),
	), "active")
	return js.Obj(
		"description", "Introspect an OAuth2 access or refresh token",
		"requestBody", bodyDoc(inspectedDoc("The token to introspect (access or refresh token)")),
		"responses", js.Obj("200", answered("Token introspection response", answer), "400", badRequestDoc()),
	)
}

func revokeDoc() *js.Object {
	return js.Obj(
		"description", "Revoke an OAuth2 access or refresh token",
		"requestBody", bodyDoc(inspectedDoc("The token to revoke (access or refresh token)")),
		"responses", js.Obj(
			"200", answered("Token revoked successfully. The response body is empty.", described("object", "Empty object on success")),
			"400", badRequestDoc(),
		),
	)
}

func userInfoDoc() *js.Object {
	answer := documentOf(js.Obj(
		"sub", texted("Subject identifier (user ID)"),
		"email", js.Obj("type", "string", "format", "email", "nullable", true, "description", "User's email address, included if 'email' scope is granted"),
		"name", optionalText("User's full name, included if 'profile' scope is granted"),
		"picture", js.Obj("type", "string", "format", "uri", "nullable", true, "description", "User's profile picture URL, included if 'profile' scope is granted"),
		"given_name", optionalText("User's given name, included if 'profile' scope is granted"),
		"family_name", optionalText("User's family name, included if 'profile' scope is granted"),
		"email_verified", js.Obj("type", "boolean", "nullable", true, "description", "Whether the email is verified, included if 'email' scope is granted"),
	), "sub")
	return js.Obj(
		"description", "Get OpenID Connect user information (UserInfo endpoint)",
		"security", []any{js.Obj("bearerAuth", []any{}), js.Obj("OAuth2", []any{"openid", "profile", "email"})},
		"parameters", []any{
			headerDoc("Authorization", "Bearer or DPoP access token"),
			headerDoc("DPoP", "RFC 9449 DPoP proof JWT when using a DPoP-bound access token"),
		},
		"responses", js.Obj(
			"200", answered("User information retrieved successfully", answer),
			"401", refusedDoc("Unauthorized - invalid or missing access token"),
			"403", refusedDoc("Forbidden - insufficient scope"),
		),
	)
}
