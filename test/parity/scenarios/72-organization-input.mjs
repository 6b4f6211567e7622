// Teams and roles of organizations: bad input of every kind to each endpoint.
import { endpoints } from "../coverage.mjs";
import { found } from "../teams.mjs";
import { scenarioOf } from "./30-bad-input.mjs";

const plugins = { organization: { teams: { enabled: true }, ac: { ac: ["create", "read", "update", "delete"], team: ["create"] }, dynamicAccessControl: { enabled: true } } };
const chosen = endpoints.filter((e) => e.http && e.plugin === "organization" && /team|(?<!member)-role$|roles$/.test(e.path));

// What the list of endpoints leaves out of requests that are one of two forms.
const either = { roleName: { type: "string", required: true }, roleId: { type: "string", required: false } };
const part = { deleteOrgRole: "body", updateOrgRole: "body", getOrgRole: "query" };

function whole(e) {
  const where = part[e.name];
  return where ? { ...e, [where]: { ...e[where], fields: { ...e[where].fields, ...either } } } : e;
}

export default [
  ...chosen.map((e) => scenarioOf(whole(e), found, plugins)),
  ...chosen.filter((e) => ["createTeam", "removeTeam", "setActiveTeam", "listOrganizationTeams", "createOrgRole", "listOrgRoles"].includes(e.name)).map((e) => scenarioOf(whole(e), undefined, plugins)),
];
