package organization

import (
	"github.com/seed-32bd42cb/betterauth/auth"
	"github.com/seed-32bd42cb/betterauth/js"
)

// The OpenAPI documents of the endpoints, with the content of the reference's metadata.

func typed(kind string) *js.Object { return js.Obj("type", kind) }

func shape(properties *js.Object, required ...any) *js.Object {
	o := js.Obj("type", "object", "properties", properties)
	if len(required) > 0 {
		o.Set("required", required)
	}
	return o
}

// organizationDocument describes an endpoint that answers with an organization.
func organizationDocument(id, description, answer string) *js.Object {
	return auth.Described(id, description, js.Obj("type", "object", "description", answer, "$ref", "#/components/schemas/Organization"))
}

func deleteDocument() *js.Object {
	return auth.Described("", "Delete an organization", js.Obj("type", "string", "description", "The organization id that was deleted"))
}

func listDocument() *js.Object {
	return auth.Described("", "List all organizations", js.Obj("type", "array", "items", js.Obj("$ref", "#/components/schemas/Organization")))
}

func permissionDocument() *js.Object {
	doc := js.Obj("description", "Check if the user has permission", "requestBody", js.Obj("content", js.Obj("application/json", js.Obj("schema", shape(js.Obj(
		"permission", js.Obj("type", "object", "description", "The permission to check", "deprecated", true),
		"permissions", js.Obj("type", "object", "description", "The permission to check"),
	), "permissions")))))
	answer := shape(js.Obj("error", typed("string"), "success", typed("boolean")), "success")
	responses, _ := auth.Described("", "", answer).Get("responses")
	doc.Set("responses", responses)
	return doc
}

// texts returns a shape with members that are all texts, all of them required.
func texts(names ...any) *js.Object {
	properties := js.NewObject()
	for _, name := range names {
		properties.Set(js.String(name), typed("string"))
	}
	return shape(properties, names...)
}

func memberShape() *js.Object { return texts("id", "userId", "organizationId", "role") }

func memberAnswerShape() *js.Object { return shape(js.Obj("member", memberShape()), "member") }

func invitationDocument() *js.Object {
	return auth.Described("createOrganizationInvitation", "Create an invitation to an organization",
		texts("id", "email", "role", "organizationId", "inviterId", "status", "expiresAt", "createdAt"))
}

func getInvitationDocument() *js.Object {
	return auth.Described("", "Get an invitation by ID",
		texts("id", "email", "role", "organizationId", "inviterId", "status", "expiresAt", "organizationName", "organizationSlug", "inviterEmail"))
}

func listUserInvitationsDocument() *js.Object {
	one := texts("id", "email", "role", "organizationId", "organizationName", "inviterId", "status", "expiresAt", "createdAt")
	properties, _ := one.Get("properties")
	members, _ := properties.(*js.Object)
	members.Set("inviterId", js.Obj("type", "string", "description", "The ID of the user who created the invitation"))
	members.Set("teamId", js.Obj("type", "string", "description", "The ID of the team associated with the invitation", "nullable", true))
	return auth.Described("", "List all invitations a user has received", js.Obj("type", "array", "items", one))
}
