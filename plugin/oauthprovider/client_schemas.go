package oauthprovider

import (
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/js"
	"github.com/seed-32bd42cb/betterauth/schema"
)

// wholeBody is a body that is read as a whole, because its members become columns.
type wholeBody struct{}

// listOf is a list with at least one member.
func listOf(s *schema.Schema) *schema.Schema { return schema.Array(s).Min(1) }

func filledText() *schema.Schema { return schema.String().Min(1) }

func trimmedText() *schema.Schema { return schema.String().Trim().Min(1) }

func optional(name string, s *schema.Schema) schema.NamedSchema {
	return schema.Field(name, s.Optional())
}

// keySetSchema describes a key set of a client.
func keySetSchema() *schema.Schema {
	return schema.Object(schema.Field("keys", listOf(schema.Record(schema.Any()))))
}

// resourceURI describes a resource that a request names (RFC 8707).
func resourceURI() *schema.Schema {
	return schema.String().
		Refine(func(v any) bool {
			s, isText := v.(string)
			_, ok := parseURL(s)
			return !isText || ok
		}, "resource must be an absolute URI").
		Refine(func(v any) bool {
			s, _ := v.(string)
			_, ok := parseURL(s)
			return !ok || !strings.Contains(s, "#")
		}, "resource must not contain a fragment").
		Refine(func(v any) bool {
			s, _ := v.(string)
			u, ok := parseURL(s)
			return !ok || strings.Contains(s, "#") || !slices.Contains([]string{"javascript:", "data:", "vbscript:"}, u.Protocol)
		}, "resource cannot use javascript:, data:, or vbscript: scheme")
}

// describedFields returns the members that only describe a client.
func describedFields(name *schema.Schema) []schema.NamedSchema {
	return []schema.NamedSchema{
		optional("redirect_uris", listOf(safeURL())), optional("scope", schema.String()), optional("client_name", name),
		optional("client_uri", schema.String()), optional("logo_uri", schema.String()), optional("contacts", listOf(filledText())),
		optional("tos_uri", schema.String()), optional("policy_uri", schema.String()), optional("software_id", schema.String()),
		optional("software_version", schema.String()), optional("software_statement", schema.String()),
		optional("post_logout_redirect_uris", listOf(safeURL())), optional("backchannel_logout_uri", safeURL()),
		optional("backchannel_logout_session_required", schema.Boolean()),
	}
}

func methodField() schema.NamedSchema { return optional("token_endpoint_auth_method", trimmedText()) }
func applicationField() schema.NamedSchema {
	return optional("application_type", schema.Enum("web", "native"))
}
func keysFields() []schema.NamedSchema {
	return []schema.NamedSchema{optional("jwks", keySetSchema()), optional("jwks_uri", schema.String())}
}
func grantsField() schema.NamedSchema { return optional("grant_types", listOf(trimmedText())) }
func responsesField() schema.NamedSchema {
	return optional("response_types", schema.Array(schema.Enum("code")))
}
func subjectField() schema.NamedSchema {
	return optional("subject_type", schema.Enum("public", "pairwise"))
}
func dpopField() schema.NamedSchema { return optional("dpop_bound_access_tokens", schema.Boolean()) }
func credentialScopesField() schema.NamedSchema {
	return optional("client_credentials_scopes", schema.Array(trimmedText()))
}

// registrationSchema describes the body of a client that registers itself.
func registrationSchema() *schema.Schema {
	fields := describedFields(schema.String().Refine(func(v any) bool {
		s, ok := v.(string)
		return !ok || js.Trim(s) != ""
	}, "client_name cannot be empty"))
	fields = append(fields, methodField())
	fields = append(fields, keysFields()...)
	never := schema.Any().Refine(func(v any) bool { return v == (js.Undefined{}) }, "Invalid input: expected never, received a value")
	fields = append(fields, grantsField(), responsesField(), applicationField(), subjectField(), dpopField(),
		optional("resources", schema.Array(resourceURI())), optional("skip_consent", never))
	return schema.Object(fields...)
}

// createSchema describes the body of a client that a user or the program creates.
func createSchema(program bool) *schema.Schema {
	fields := append(describedFields(schema.String()), methodField(), applicationField())
	fields = append(fields, keysFields()...)
	fields = append(fields, grantsField())
	if program {
		fields = append(fields, credentialScopesField())
	}
	fields = append(fields, responsesField())
	if program {
		fields = append(fields,
			schema.Field("client_secret_expires_at", schema.Union(schema.String(), schema.Number()).Optional().Default(float64(0))),
			optional("skip_consent", schema.Boolean()), optional("enable_end_session", schema.Boolean()), optional("require_pkce", schema.Boolean()),
			dpopField(), subjectField(), optional("metadata", schema.Record(schema.Any())))
		return schema.Object(fields...)
	}
	return schema.Object(append(fields, dpopField())...)
}

// updateSchema describes the body of a change of a client.
func updateSchema(program bool) *schema.Schema {
	fields := append(describedFields(schema.String()), applicationField(), grantsField())
	if program {
		fields = append(fields, credentialScopesField())
	}
	fields = append(fields, responsesField())
	if program {
		fields = append(fields, optional("client_secret_expires_at", schema.Union(schema.String(), schema.Number())),
			optional("skip_consent", schema.Boolean()), optional("enable_end_session", schema.Boolean()), dpopField(),
			optional("metadata", schema.Record(schema.Any())))
	}
	return schema.Object(schema.Field("client_id", schema.String()), schema.Field("update", schema.Object(fields...)))
}
