package oauthprovider

import "github.com/seed-32bd42cb/betterauth/js"

// audiences of the description of a new client: the client itself, a user, or the program.
const (
	forItself = iota
	forUser
	forProgram
)

// newClientDocument is the OpenAPI description of the endpoints that register a client, as in the reference.
func newClientDocument(kind int) *js.Object {
	properties := js.NewObject()
	add := func(name, description, of string, more ...any) {
		properties.Set(name, typed(of, append(more, "description", description)...))
	}
	text := func(name, description string) { add(name, description, "string") }
	texts := func(name, description string) { add(name, description, "array", "items", typed("string")) }
	uris := func(name, description string) {
		add(name, description, "array", "items", typed("string", "format", "uri"))
	}
	text("client_id", "Unique identifier for the client")
	text("client_secret", "Secret key for the client")
	add("client_secret_expires_at", "Time the client secret will expire. If 0, the client secret will never expire.", "number")
	text("scope", "Space-separated scopes allowed by the client")
	if kind == forProgram {
		texts("client_credentials_scopes", "Server-authorized scope ceiling for client_credentials tokens")
	}
	text("user_id", "ID of the user who registered the client, null if registered anonymously")
	add("client_id_issued_at", "Creation timestamp of this client", "number")
	text("client_name", "Name of the OAuth2 application")
	if kind == forItself {
		text("client_uri", "Name of the OAuth2 application")
		text("logo_uri", "Icon URL for the application")
	} else {
		text("client_uri", "URI of the OAuth2 application")
		text("logo_uri", "Icon URI for the application")
	}
	texts("contacts", "List representing ways to contact people responsible for this client, typically email addresses")
	text("tos_uri", "Client's terms of service uri")
	text("policy_uri", "Client's policy uri")
	text("software_id", "Unique identifier assigned by the developer to help in the dynamic registration process")
	text("software_version", "Version identifier for the software_id")
	text("software_statement", "JWT containing metadata values about the client software as claims")
	uris("redirect_uris", "List of allowed redirect uris")
	if kind == forItself {
		uris("post_logout_redirect_uris", "List of allowed logout redirect uris")
		add("backchannel_logout_uri", "RP URL to receive signed Logout Tokens when the end-user's OP session terminates", "string", "format", "uri")
		add("backchannel_logout_session_required", "Whether the RP requires a `sid` claim in every Logout Token", "boolean")
	}
	text("token_endpoint_auth_method", "Requested authentication method for the token endpoint")
	texts("grant_types", "Grant types the client may use at the token endpoint")
	add("response_types", "Response types the client may use at the authorization endpoint", "array", "items", typed("string", "enum", []any{"code"}))
	add("application_type", "OIDC application type used to classify redirect URI policy", "string", "enum", []any{"web", "native"})
	if kind == forItself {
		uris("resources", "Final resource identifiers linked to the registered client")
	} else {
		uris("resources", "Final server-owned resources linked to the client")
	}
	add("disabled", "Whether the client is disabled", "boolean")
	if kind == forProgram {
		add("require_pkce", "Whether the client requires PKCE", "boolean", "default", true)
	}
	if kind != forItself {
		add("metadata", "Additional metadata for the application", "object", "additionalProperties", true, "nullable", true)
	}
	answer := js.Obj("type", "object", "properties", properties, "required", []any{"client_id"})
	return js.Obj("description", "Register an OAuth2 application", "responses", js.Obj("201", js.Obj(
		"description", "OAuth2 application registered successfully", "content", jsonContent(answer),
	)))
}
