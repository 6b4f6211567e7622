package base

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// documented adds to the endpoints what the OpenAPI document of the reference says about them beyond their types.
func documented(endpoints []auth.Endpoint) []auth.Endpoint {
	docs := openAPIDocs()
	for i := range endpoints {
		endpoints[i].OpenAPI = docs[endpoints[i].ID]
	}
	return endpoints
}

// openAPIDocs returns metadata.openapi of the reference, by endpoint. The description is left out where it equals the
// Summary of the route.
func openAPIDocs() map[string]*js.Object {
	docs := map[string]*js.Object{
		"ok": answers("API is working", shape([]any{"ok"},
			"ok", typed("boolean", "Indicates if the API is working"))),
		"error": js.Obj("responses", js.Obj("200", js.Obj("description", "Success", "content",
			js.Obj("text/html", js.Obj("schema", typed("string", "The HTML content of the error page")))))),
	}
	for _, part := range []map[string]*js.Object{passwordDocs(), userDocs(), sessionDocs(), accountDocs()} {
		for id, doc := range part {
			docs[id] = doc
		}
	}
	return docs
}

func passwordDocs() map[string]*js.Object {
	signUp := answers("Successfully created user", shape([]any{"user"},
		"token", nullable(typed("string", "Authentication token for the session")),
		"user", wholeUser()))
	setAnswer(signUp, "422", "Unprocessable Entity. User already exists or failed to create user.",
		shape(nil, "message", typed("string", "")))
	return map[string]*js.Object{
		"signUpEmail": with(signUp, "operationId", "signUpWithEmailAndPassword", "requestBody", content(shape([]any{"name", "email", "password"},
			"name", typed("string", "The name of the user"),
			"email", typed("string", "The email of the user"),
			"password", typed("string", "The password of the user"),
			"image", typed("string", "The profile image URL of the user"),
			"callbackURL", typed("string", "The URL to use for email verification callback"),
			"rememberMe", typed("boolean", rememberMeText)))),
		"signInEmail": with(answers("Success - Returns either session details or redirect URL", with(shape([]any{"redirect", "token", "user"},
			"redirect", js.Obj("type", "boolean", "enum", []any{false}),
			"token", typed("string", "Session token"),
			"url", nullable(typed("string", "")),
			"user", typedRef("User")), "description", "Session response when idToken is provided")),
			"operationId", "signInEmail", "requestBody", required(content(shape([]any{"email", "password"},
				"email", typed("string", "Email of the user"),
				"password", typed("string", "Password of the user"),
				"callbackURL", typed("string", "Callback URL to use as a redirect for email verification"),
				"rememberMe", typed("boolean", rememberMeText))))),
		"verifyPassword": with(statusAnswers(), "operationId", "verifyPassword"),
		"changePassword": with(answers("Password successfully changed", shape([]any{"user"},
			"token", nullable(typed("string", "New session token if other sessions were revoked")),
			"user", wholeUser())), "operationId", "changePassword"),
		"resetPassword": with(statusAnswers(), "operationId", "resetPassword"),
		"requestPasswordReset": with(answers("Success", shape(nil, "status", typed("boolean", ""), "message", typed("string", ""))),
			"operationId", "requestPasswordReset", "requestBody", required(content(shape([]any{"email"},
				"email", typed("string", "The email address of the user to send a password reset email to"),
				"redirectTo", typed("string", redirectToText))))),
		"requestPasswordResetCallback": with(answers("Success", shape(nil, "token", typed("string", ""))),
			"operationId", "resetPasswordCallback", "parameters", []any{
				parameter("token", "path", true, "The token to reset the password"),
				parameter("callbackURL", "query", true, "The URL to redirect the user to reset their password"),
			}),
	}
}

// Texts with backquotes, which a struct tag cannot contain.
const (
	rememberMeText = "If this is false, the session will not be remembered. Default is `true`."
	redirectToText = "The URL to redirect the user to reset their password. If the token isn't valid or expired, it'll be redirected " +
		"with a query parameter `?error=INVALID_TOKEN`. If the token is valid, it'll be redirected with a query parameter `?token=VALID_TOKEN"
)

func userDocs() map[string]*js.Object {
	verificationMail := answers("Success", shape(nil,
		"status", with(typed("boolean", "Indicates if the email was sent successfully"), "example", true)))
	setAnswer(verificationMail, "400", "Bad Request", shape(nil,
		"message", with(typed("string", "Error message"), "example", "Verification email isn't enabled")))
	return map[string]*js.Object{
		"updateUser": with(answers("Success", shape(nil, "user", typedRef("User"))),
			"operationId", "updateUser", "requestBody", content(shape(nil,
				"name", typed("string", "The name of the user"),
				"image", nullable(typed("string", "The image of the user"))))),
		"deleteUser": with(answers("User deletion processed successfully", shape([]any{"success", "message"},
			"success", typed("boolean", "Indicates if the operation was successful"),
			"message", with(typed("string", "Status message of the deletion process"), "enum", []any{"User deleted", "Verification email sent"}))),
			"operationId", "deleteUser", "requestBody", content(shape(nil,
				"callbackURL", typed("string", "The callback URL to redirect to after the user is deleted"),
				"password", typed("string", "The user's password. Required if session is not fresh"),
				"token", typed("string", "The deletion verification token")))),
		"deleteUserCallback": answers("User successfully deleted", shape([]any{"success", "message"},
			"success", typed("boolean", "Indicates if the deletion was successful"),
			"message", with(typed("string", "Confirmation message"), "enum", []any{"User deleted"}))),
		"changeEmail": with(answers("Email change request processed successfully", shape([]any{"status"},
			"user", typedRef("User"),
			"status", typed("boolean", "Indicates if the request was successful"),
			"message", nullable(with(typed("string", "Status message of the email change process"), "enum", []any{"Email updated", "Verification email sent"})))),
			"operationId", "changeEmail", "description", js.Undefined{}),
		"verifyEmail": with(answers("Success", shape([]any{"user", "status"},
			"user", typedRef("User"),
			"status", typed("boolean", "Indicates if the email was verified successfully"))),
			"parameters", []any{
				parameter("token", "query", true, "The token to verify the email"),
				parameter("callbackURL", "query", false, "The URL to redirect to after email verification"),
			}),
		"sendVerificationEmail": with(verificationMail, "operationId", "sendVerificationEmail", "requestBody", content(shape([]any{"email"},
			"email", with(typed("string", "The email to send the verification email to"), "example", "user@example.com"),
			"callbackURL", nullable(with(typed("string", "The URL to use for email verification callback"), "example", "https://example.com/callback"))))),
	}
}

func sessionDocs() map[string]*js.Object {
	revoked := func(text string) *js.Object {
		return answers("Success", shape([]any{"status"}, "status", typed("boolean", text)))
	}
	emptyBody := content(shape(nil))
	session := shape([]any{"session", "user"}, "session", ref("Session"), "user", ref("User"))
	session.Set("type", []any{"object", "null"})
	return map[string]*js.Object{
		"getSession": with(answers("Success", session), "operationId", "getSession"),
		"signOut": with(answers("Success", shape(nil,
			"success", typed("boolean", ""),
			"url", typed("string", "Provider logout URL when RP-initiated logout is available"),
			"redirect", typed("boolean", "Whether the client should redirect to the provider logout URL"))), "operationId", "signOut"),
		"listSessions": with(answers("Success", listOf(ref("Session"))), "operationId", "listUserSessions"),
		"updateSession": with(answers("Success", shape(nil, "session", typedRef("Session"))),
			"operationId", "updateSession", "requestBody", required(content(js.Obj("type", "object",
				"propertyNames", typed("string", "Field name must be a string"), "additionalProperties", js.NewObject())))),
		"revokeSession": with(revoked("Indicates if the session was revoked successfully"),
			"requestBody", content(shape([]any{"token"}, "token", typed("string", "The token to revoke")))),
		"revokeSessions":      with(revoked("Indicates if all sessions were revoked successfully"), "requestBody", emptyBody),
		"revokeOtherSessions": with(revoked("Indicates if all other sessions were revoked successfully"), "requestBody", emptyBody),
	}
}

func accountDocs() map[string]*js.Object {
	instant := func() *js.Object { return js.Obj("type", "string", "format", "date-time") }
	word := func() *js.Object { return typed("string", "") }
	refreshed := answers("Access token refreshed successfully", shape(nil,
		"tokenType", word(), "idToken", word(), "accessToken", word(), "refreshToken", word(),
		"accessTokenExpiresAt", instant(), "refreshTokenExpiresAt", instant()))
	access := answers("A Valid access token", shape(nil,
		"tokenType", word(), "idToken", word(), "accessToken", word(), "accessTokenExpiresAt", instant()))
	setAnswer(refreshed, "400", "Invalid refresh token or provider configuration", nil)
	setAnswer(access, "400", "Invalid refresh token or provider configuration", nil)
	return map[string]*js.Object{
		"signInSocial": with(answers("Success - Returns session details (idToken branch) or an authorize URL (redirect branch)", with(shape([]any{"redirect"},
			"token", word(), "user", typedRef("User"), "url", word(), "redirect", typed("boolean", "")),
			"description", "Returns session details when idToken is provided, or an authorize URL otherwise")), "operationId", "socialSignIn"),
		"callbackOAuth": js.Obj("description", js.Undefined{}),
		"linkSocialAccount": with(answers("Success", shape([]any{"redirect"},
			"url", typed("string", "The authorization URL to redirect the user to"),
			"redirect", typed("boolean", "Indicates if the user should be redirected to the authorization URL"),
			"status", typed("boolean", ""))), "operationId", "linkSocialAccount"),
		"unlinkAccount":  statusAnswers(),
		"refreshToken":   refreshed,
		"getAccessToken": access,
		"accountInfo": answers("Success", with(shape([]any{"user", "data", "account"},
			"user", shape([]any{"emailVerified"},
				"name", word(), "email", nullable(word()), "image", word(), "emailVerified", typed("boolean", "")),
			"account", with(shape([]any{"id", "providerId", "accountId"},
				"id", word(), "providerId", word(), "accountId", word()), "additionalProperties", false),
			"data", with(shape(nil), "additionalProperties", true)), "additionalProperties", false)),
		"listUserAccounts": with(answers("Success", listOf(shape([]any{"id", "providerId", "createdAt", "updatedAt", "accountId", "userId", "scopes"},
			"id", word(), "providerId", word(), "createdAt", instant(), "updatedAt", instant(),
			"accountId", word(), "userId", word(), "scopes", listOf(word())))), "operationId", "listUserAccounts"),
	}
}

// wholeUser returns the full schema of a user, which some endpoints contain instead of a reference.
func wholeUser() *js.Object {
	return shape([]any{"id", "email", "name", "emailVerified", "createdAt", "updatedAt"},
		"id", typed("string", "The unique identifier of the user"),
		"email", with(typed("string", "The email address of the user"), "format", "email"),
		"name", typed("string", "The name of the user"),
		"image", nullable(with(typed("string", "The profile image URL of the user"), "format", "uri")),
		"emailVerified", typed("boolean", "Whether the email has been verified"),
		"createdAt", with(typed("string", "When the user was created"), "format", "date-time"),
		"updatedAt", with(typed("string", "When the user was last updated"), "format", "date-time"))
}

func statusAnswers() *js.Object {
	return answers("Success", shape(nil, "status", typed("boolean", "")))
}

// shape returns an object schema: the required members, then names and schemas in turn.
func shape(required []any, properties ...any) *js.Object {
	o := js.Obj("type", "object", "properties", js.Obj(properties...))
	if len(required) > 0 {
		o.Set("required", required)
	}
	return o
}

func typed(kind, description string) *js.Object {
	o := js.Obj("type", kind)
	if description != "" {
		o.Set("description", description)
	}
	return o
}

func ref(model string) *js.Object { return js.Obj("$ref", "#/components/schemas/"+model) }

// typedRef returns a $ref with a type, as better-auth writes some.
func typedRef(model string) *js.Object {
	return js.Obj("type", "object", "$ref", "#/components/schemas/"+model)
}

func listOf(item *js.Object) *js.Object { return js.Obj("type", "array", "items", item) }

// nullable adds the keyword of OpenAPI 3.0, which the reference still uses.
func nullable(o *js.Object) *js.Object { return with(o, "nullable", true) }

func required(body *js.Object) *js.Object { return with(body, "required", true) }

func parameter(name, in string, required bool, description string) *js.Object {
	return js.Obj("name", name, "in", in, "required", required, "description", description, "schema", js.Obj("type", "string"))
}

func content(schema *js.Object) *js.Object {
	return js.Obj("content", js.Obj("application/json", js.Obj("schema", schema)))
}

// answers documents an endpoint by its answer 200 only.
func answers(description string, schema *js.Object) *js.Object {
	doc := js.Obj("responses", js.NewObject())
	setAnswer(doc, "200", description, schema)
	return doc
}

func setAnswer(doc *js.Object, status, description string, schema *js.Object) {
	answer := js.NewObject()
	if schema != nil {
		answer = content(schema)
	}
	v, _ := doc.Get("responses")
	if responses, ok := v.(*js.Object); ok {
		responses.Set(status, with(answer, "description", description))
	}
}

// with returns o with more members: names and values in turn.
func with(o *js.Object, members ...any) *js.Object {
	for name, v := range js.Obj(members...).All() {
		o.Set(name, v)
	}
	return o
}
