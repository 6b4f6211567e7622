package organization

import "github.com/seed-32bd42cb/betterauth/js"

// The OpenAPI descriptions of the endpoints of teams.

// described returns the description of an endpoint with one successful answer.
func described(description, success string, answer *js.Object) *js.Object {
	return js.Obj("description", description, "responses", js.Obj("200", js.Obj("description", success,
		"content", js.Obj("application/json", js.Obj("schema", answer)))))
}

func property(kind, description string) *js.Object {
	return js.Obj("type", kind, "description", description)
}

func moment(description string) *js.Object {
	return js.Obj("type", "string", "format", "date-time", "description", description)
}

func teamShape(what, name string) *js.Object {
	return js.Obj("type", "object", "properties", js.Obj(
		"id", property("string", "Unique identifier of the "+what),
		"name", property("string", name),
		"organizationId", property("string", "ID of the organization the team belongs to"),
		"createdAt", moment("Timestamp when the team was created"),
		"updatedAt", moment("Timestamp when the team was last updated"),
	), "required", []any{"id", "name", "organizationId", "createdAt", "updatedAt"})
}

func newTeamDocument() *js.Object {
	return described("Create a new team within an organization", "Team created successfully", teamShape("created team", "Name of the team"))
}

func changedTeamDocument() *js.Object {
	return described("Update an existing team in an organization", "Team updated successfully", teamShape("updated team", "Updated name of the team"))
}

func teamsDocument() *js.Object {
	return described("List all teams in an organization", "Teams retrieved successfully", js.Obj(
		"type", "array", "items", teamShape("team", "Name of the team"), "description", "Array of team objects within the organization"))
}

func removedDocument(description, success, message string) *js.Object {
	return described(description, success, js.Obj("type", "object", "properties", js.Obj("message", js.Obj(
		"type", "string", "description", "Confirmation message indicating successful removal", "enum", []any{message},
	)), "required", []any{"message"}))
}

func activeTeamDocument() *js.Object {
	return described("Set the active team for the current active organization", "Success", oneTeam())
}

func oneTeam() *js.Object {
	return js.Obj("type", "object", "description", "The team", "$ref", "#/components/schemas/Team")
}

func userTeamsDocument() *js.Object {
	return described("List teams for a user. Without parameters, returns teams for the current user across every organization they belong to. Pass `organizationId` to scope the result to a specific organization. Pass `userId` to list teams for another member; this requires `member:update` permission in the target organization (the explicit `organizationId` if provided, otherwise the session's active organization).",
		"Teams retrieved successfully", js.Obj("type", "array", "items", oneTeam(), "description", "Array of team objects within the organization"))
}

func teamMemberShape() *js.Object {
	return js.Obj("type", "object", "description", "The team member", "properties", js.Obj(
		"id", property("string", "Unique identifier of the team member"),
		"userId", property("string", "The user ID of the team member"),
		"teamId", property("string", "The team ID of the team the team member is in"),
		"createdAt", moment("Timestamp when the team member was created"),
	), "required", []any{"id", "userId", "teamId", "createdAt"})
}

func teamMembersDocument() *js.Object {
	return described("List the members of the given team.", "Teams retrieved successfully", js.Obj(
		"type", "array", "items", teamMemberShape(), "description", "Array of team member objects within the team"))
}

func newTeamMemberDocument() *js.Object {
	return described("The newly created member", "Team member created successfully", teamMemberShape())
}
