import { authClient } from "./auth-client";

export type Organization = NonNullable<ReturnType<typeof authClient.useActiveOrganization>["data"]>;
export type Member = Organization["members"][number];
export type Role = "owner" | "admin" | "member";

export const roles: { value: Role; name: string; text: string }[] = [
  { value: "member", name: "Member", text: "sees everything" },
  { value: "admin", name: "Admin", text: "invites people and changes settings" },
  { value: "owner", name: "Owner", text: "can do everything, also delete the organization" },
];

/** Returns the name of a role as people read it; a member may have several. */
export function roleName(role: string) {
  return role
    .split(",")
    .map((one) => roles.find((r) => r.value === one.trim())?.name ?? one.trim())
    .join(", ");
}

type Permissions = Parameters<typeof authClient.organization.checkRolePermission>[0]["permissions"];

/** Reports whether a role allows something. The server decides; this hides what it would refuse. */
export function allows(role: string, permissions: Permissions) {
  return role.split(",").some((one) => authClient.organization.checkRolePermission({ role: one.trim() as Role, permissions }));
}

/**
 * Makes an organization the one that the user works in; null for none. Creating, accepting, leaving and deleting change that
 * too, but only on the server: the session that the browser has in its cookie cache is renewed by this call.
 */
export const enter = (organizationId: string | null) => authClient.organization.setActive({ organizationId });

/** Returns a slug of a name: "Analytical Engines Ltd." is analytical-engines-ltd. */
export function slugOf(name: string) {
  return name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

/** What the server's error codes mean to people. */
export const organizationErrors: Record<string, string> = {
  ORGANIZATION_ALREADY_EXISTS: "There is already an organization with this address.",
  ORGANIZATION_SLUG_ALREADY_TAKEN: "There is already an organization with this address.",
  USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION: "This person is already a member.",
  USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION: "This person is already invited.",
  YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER: "You are the only owner. Make somebody else an owner first.",
  YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER: "An organization needs an owner. Make somebody else an owner first.",
  YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION: "This invitation was sent to another address.",
  INVITATION_NOT_FOUND: "This invitation is over: it was used, withdrawn, or is too old.",
  UNABLE_TO_REMOVE_LAST_TEAM: "The last team cannot be removed.",
};
