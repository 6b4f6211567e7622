import { server } from "../server";

export const roles = server.features.account.organizationRoles;

/** Returns the role as people read it: the text `account.role.<name>`, else its name. A member may have several. */
export function roleName(role: string): string {
  return role
    .split(",")
    .map((one) => server.texts[`account.role.${one.trim()}`] ?? one.trim())
    .join(", ");
}

/** Returns a slug of a name: "Analytical Engines Ltd." is analytical-engines-ltd. */
export function slugOf(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/ß/g, "ss")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
