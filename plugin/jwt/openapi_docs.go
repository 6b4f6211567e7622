package jwt

import "github.com/seed-32bd42cb/betterauth/js"

// jwksDoc and tokenDoc return the reference's metadata.openapi (plugins/jwt/index.mjs).
func jwksDoc() *js.Object {
	member := func(description string, more ...any) *js.Object {
		o := js.Obj("type", "string", "description", description)
		for name, v := range js.Obj(more...).All() {
			o.Set(name, v)
		}
		return o
	}
	key := js.Obj("type", "object", "properties", js.Obj(
		"kid", member("Key ID uniquely identifying the key, corresponds to the 'id' from the stored Jwk"),
		"kty", member("Key type (e.g., 'RSA', 'EC', 'OKP')"),
		"alg", member("Algorithm intended for use with the key (e.g., 'EdDSA', 'RS256')"),
		"use", member("Intended use of the public key (e.g., 'sig' for signature)", "enum", []any{"sig"}, "nullable", true),
		"n", member("Modulus for RSA keys (base64url-encoded)", "nullable", true),
		"e", member("Exponent for RSA keys (base64url-encoded)", "nullable", true),
		"crv", member("Curve name for elliptic curve keys (e.g., 'Ed25519', 'P-256')", "nullable", true),
		"x", member("X coordinate for elliptic curve keys (base64url-encoded)", "nullable", true),
		"y", member("Y coordinate for elliptic curve keys (base64url-encoded)", "nullable", true),
	), "required", []any{"kid", "kty", "alg"})
	keys := js.Obj("type", "array", "description", "Array of public JSON Web Keys", "items", key)
	return documented("getJSONWebKeySet", "JSON Web Key Set retrieved successfully",
		js.Obj("type", "object", "properties", js.Obj("keys", keys), "required", []any{"keys"}))
}

func tokenDoc() *js.Object {
	return documented("getJSONWebToken", "Success",
		js.Obj("type", "object", "properties", js.Obj("token", js.Obj("type", "string"))))
}

// documented is like [auth.Described], with the description on the answer.
func documented(operationID, description string, schema *js.Object) *js.Object {
	return js.Obj("operationId", operationID, "responses", js.Obj("200", js.Obj(
		"description", description, "content", js.Obj("application/json", js.Obj("schema", schema)))))
}
