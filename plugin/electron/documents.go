package electron

import "github.com/seed-32bd42cb/betterauth/js"

// The answers of the endpoints in the OpenAPI document, as in the reference.

// described returns the description of an endpoint and of its answer.
func described(id, description, returns string, answer *js.Object) *js.Object {
	return js.Obj("operationId", id, "description", description, "responses", js.Obj(
		"200", js.Obj("description", returns, "content", js.Obj("application/json", js.Obj("schema", answer))),
	))
}

const whereTo = "Returns the URL to redirect to and if the redirect should be performed"

func shape(properties *js.Object, required ...any) *js.Object {
	return js.Obj("type", "object", "properties", properties, "required", required)
}

func text() *js.Object { return js.Obj("type", "string") }

func user() *js.Object { return js.Obj("type", "object", "$ref", "#/components/schemas/User") }

func url() *js.Object { return js.Obj("type", "string", "nullable", true) }

func tokenShape() *js.Object { return shape(js.Obj("token", text(), "user", user()), "token", "user") }

func proxyShape() *js.Object {
	return shape(js.Obj("url", url(), "redirect", js.Obj("type", "boolean"), "user", user(), "token", text()), "url", "redirect")
}

func transferShape() *js.Object {
	return shape(js.Obj("url", url(), "redirect", js.Obj("type", "boolean"), "electron_authorization_code", text()),
		"url", "redirect", "electron_authorization_code")
}
