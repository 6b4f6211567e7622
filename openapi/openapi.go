// Package openapi writes the OpenAPI 3.1 document of a server from the declarations of its endpoints and models, in
// the form of the reference's open-api plugin (plugins/open-api/generator.mjs):
//
//	doc := openapi.Document(a, "https://example.com/api/auth")
//	text := js.Marshal(doc)
//
// The plugin in package plugin/openapi serves it.
package openapi

import (
	"slices"
	"strings"

	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// core is the id of the plugin with the built-in endpoints, whose tag is Default.
const core = "core"

// Document returns the document of the server a, with endpoints at baseURL (http://host/api/auth), without the
// endpoints of the plugins whose ids are in without. It shares values with the routes of the endpoints and must not
// be changed.
func Document(a *auth.Auth, baseURL string, without ...string) *js.Object {
	w := writer{auth: a, paths: js.NewObject(), operationIDs: map[string]bool{}}
	for _, m := range a.Manifests() {
		if !slices.Contains(without, m.ID) {
			w.plugin(m)
		}
	}
	return js.Obj(
		"openapi", "3.1.1",
		"info", js.Obj(
			"title", "Better Auth",
			"description", "API Reference for your Better Auth Instance",
			"version", "1.1.0",
		),
		"components", js.Obj("schemas", models(a), "securitySchemes", securitySchemes()),
		"security", []any{js.Obj("apiKeyCookie", []any{}, "bearerAuth", []any{})},
		"servers", []any{js.Obj("url", baseURL)},
		"tags", []any{js.Obj(
			"name", "Default",
			"description", "Default endpoints that are included with Better Auth by default. These endpoints are not part of any plugin.",
		)},
		"paths", w.paths,
	)
}

func securitySchemes() *js.Object {
	return js.Obj(
		"apiKeyCookie", js.Obj("type", "apiKey", "in", "cookie", "name", "apiKeyCookie", "description", "API Key authentication via cookie"),
		"bearerAuth", js.Obj("type", "http", "scheme", "bearer", "description", "Bearer token authentication"),
	)
}

// capital returns text with its first letter capitalized.
func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// list returns a member that is an array, or nil.
func list(o *js.Object, key string) []any {
	v, _ := o.Get(key)
	l, _ := v.([]any)
	return l
}

// object returns a member that is an object, or nil.
func object(o *js.Object, key string) *js.Object {
	v, _ := o.Get(key)
	child, _ := v.(*js.Object)
	return child
}
