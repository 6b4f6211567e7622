package admin

import "github.com/seed-32bd42cb/betterauth/js"

// The OpenAPI descriptions of the endpoints.

func shape(properties *js.Object, required ...any) *js.Object {
	o := js.Obj("type", "object", "properties", properties)
	if len(required) > 0 {
		o.Set("required", required)
	}
	return o
}

func ref(model string) *js.Object { return js.Obj("$ref", "#/components/schemas/"+model) }

func listOf(items *js.Object) *js.Object { return js.Obj("type", "array", "items", items) }

func typed(kind string) *js.Object { return js.Obj("type", kind) }

// document returns the description of an endpoint with one successful answer.
func document(id, description, success string, answer *js.Object) *js.Object {
	return js.Obj("operationId", id, "description", description, "responses", js.Obj("200", js.Obj("description", success,
		"content", js.Obj("application/json", js.Obj("schema", answer)))))
}

func userShape() *js.Object    { return shape(js.Obj("user", ref("User"))) }
func successShape() *js.Object { return shape(js.Obj("success", typed("boolean"))) }
func statusShape() *js.Object  { return shape(js.Obj("status", typed("boolean"))) }
func sessionShape() *js.Object { return shape(js.Obj("session", ref("Session"), "user", ref("User"))) }
func sessionsShape() *js.Object {
	return shape(js.Obj("sessions", listOf(ref("Session"))))
}

func listDocument() *js.Object {
	return document("listUsers", "List users", "List of users", shape(js.Obj(
		"users", listOf(ref("User")), "total", typed("number"), "limit", typed("number"), "offset", typed("number"),
	), "users", "total"))
}

func permissionDocument() *js.Object {
	return js.Obj(
		"description", "Check if the user has permission",
		"requestBody", js.Obj("content", js.Obj("application/json", js.Obj("schema", shape(js.Obj(
			"permissions", js.Obj("type", "object", "description", "The permission to check"),
		), "permissions")))),
		"responses", js.Obj("200", js.Obj("description", "Success", "content", js.Obj("application/json", js.Obj("schema", shape(js.Obj(
			"error", typed("string"), "success", typed("boolean"),
		), "success"))))),
	)
}
