// The plugin organization: bad input of every kind, for an owner, a member of another organization and nobody.
import { endpoints } from "../coverage.mjs";
import { enter, found, plugins } from "../organizations.mjs";
import { scenarioOf } from "./30-bad-input.mjs";

const later = /team|role$|roles$/;
const chosen = endpoints.filter((e) => e.http && e.plugin === "organization" && (!later.test(e.path) || /member-role$/.test(e.path)));

async function owner(s) {
  await enter(s, "owner");
  await found(s, "acme");
}

export default [
  ...chosen.map((e) => scenarioOf(e, owner, plugins())),
  ...chosen.filter((e) => ["createOrganization", "getFullOrganization", "createInvitation", "updateMemberRole", "leaveOrganization", "hasPermission", "listUserInvitations"].includes(e.name)).map((e) => scenarioOf(e, undefined, plugins())),
];
