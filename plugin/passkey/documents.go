package passkey

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// The OpenAPI documents of the endpoints, with the content of the reference's metadata.

func typed(name string) *js.Object { return js.Obj("type", name) }

func object(properties ...any) *js.Object {
	return js.Obj("type", "object", "properties", js.Obj(properties...))
}

func list(of *js.Object) *js.Object { return js.Obj("type", "array", "items", of) }

func ref(name string) *js.Object { return js.Obj("$ref", "#/components/schemas/"+name) }

func entity(more ...any) *js.Object {
	return object(append([]any{"id", typed("string")}, more...)...)
}

func rpDoc() *js.Object { return object("name", typed("string"), "id", typed("string")) }

func userDoc() *js.Object {
	return entity("name", typed("string"), "displayName", typed("string"))
}

func descriptorsDoc() *js.Object {
	return list(entity("type", typed("string"), "transports", list(typed("string"))))
}

func selectionDoc() *js.Object {
	return object("authenticatorAttachment", typed("string"), "requireResidentKey", typed("boolean"), "userVerification", typed("string"))
}

func registerOptionsDoc() *js.Object {
	text := typed("string")
	doc := auth.Described("generatePasskeyRegistrationOptions", "Generate registration options for a new passkey", object(
		"challenge", text, "rp", rpDoc(), "user", userDoc(),
		"pubKeyCredParams", list(object("type", text, "alg", typed("number"))),
		"timeout", typed("number"), "excludeCredentials", descriptorsDoc(), "authenticatorSelection", selectionDoc(),
		"attestation", text, "extensions", typed("object"),
	))
	doc.Set("parameters", []any{
		parameter("authenticatorAttachment", "Type of authenticator to use for registration.\n"+
			"                          \"platform\" for device-specific authenticators,\n"+
			"                          \"cross-platform\" for authenticators that can be used across devices.",
			js.Obj("type", "string", "enum", []any{"platform", "cross-platform"})),
		parameter("name", "Optional custom name for the passkey.\n"+
			"                          This can help identify the passkey when managing multiple credentials.", text),
		parameter("context", "Optional context for passkey-first registration flows.", text),
	})
	return doc
}

func parameter(name, description string, schema *js.Object) *js.Object {
	return js.Obj("name", name, "in", "query", "required", false, "description", description, "schema", schema)
}

func authenticateOptionsDoc() *js.Object {
	return auth.Described("passkeyGenerateAuthenticateOptions", "Generate authentication options for a passkey", object(
		"challenge", typed("string"), "rp", rpDoc(), "user", userDoc(), "timeout", typed("number"),
		"allowCredentials", descriptorsDoc(), "userVerification", typed("string"), "authenticatorSelection", selectionDoc(),
		"extensions", typed("object"),
	))
}

func verifyRegistrationDoc() *js.Object {
	answer := js.Obj("type", "object", "allOf", []any{ref("Passkey"), object("session", ref("Session"), "user", ref("User"))})
	doc := auth.Described("passkeyVerifyRegistration", "Verify registration of a new passkey", answer)
	responses, _ := doc.Get("responses")
	responses.(*js.Object).Set("400", js.Obj("description", "Bad request"))
	return doc
}

func verifyAuthenticationDoc() *js.Object {
	return auth.Described("passkeyVerifyAuthentication", "Verify authentication of a passkey", object("session", ref("Session"), "user", ref("User")))
}

func listDoc() *js.Object {
	item := ref("Passkey")
	item.Set("required", []any{"id", "userId", "publicKey", "createdAt", "updatedAt"})
	answer := list(item)
	answer.Set("description", "Array of passkey objects associated with the user")
	return documented("List all passkeys for the authenticated user", "Passkeys retrieved successfully", answer)
}

func deleteDoc() *js.Object {
	answer := object("status", js.Obj("type", "boolean", "description", "Indicates whether the deletion was successful"))
	answer.Set("required", []any{"status"})
	return documented("Delete a specific passkey", "Passkey deleted successfully", answer)
}

func updateDoc() *js.Object {
	answer := object("passkey", ref("Passkey"))
	answer.Set("required", []any{"passkey"})
	return documented("Update a specific passkey's name", "Passkey updated successfully", answer)
}

// documented is like [auth.Described], with a description of the answer and without an operation id.
func documented(description, success string, answer *js.Object) *js.Object {
	return js.Obj("description", description, "responses", js.Obj("200", js.Obj(
		"description", success, "content", js.Obj("application/json", js.Obj("schema", answer)))))
}
