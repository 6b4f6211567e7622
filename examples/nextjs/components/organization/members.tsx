"use client";

import { useState } from "react";
import { authClient } from "@/lib/auth-client";
import { allows, organizationErrors, roleName, type Member, type Organization } from "@/lib/organization";
import { useAction } from "@/lib/use-action";
import { Alert, Badge, Button, Done } from "../ui";
import { RoleSelect } from "./role-select";

/** The members and their roles. Admins and owners change roles and remove members. */
export function MemberList({ organization, userId, role }: { organization: Organization; userId: string; role: string }) {
  const { busy, problem, done, run, region, focus } = useAction(organizationErrors);
  const [removing, setRemoving] = useState("");
  const mayChange = allows(role, { member: ["update"] });
  const isOwner = role.split(",").includes("owner");
  const mayTouch = (member: Member) => mayChange && member.userId !== userId && (isOwner || !member.role.split(",").includes("owner"));

  async function remove(member: Member) {
    await run(member.id, () => authClient.organization.removeMember({ memberIdOrEmail: member.id, organizationId: organization.id }), `${member.user.name} is no longer a member.`);
    setRemoving("");
    focus();
  }

  return (
    <div ref={region} tabIndex={-1} className="space-y-5 outline-none">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      <ul className="divide-y divide-line" aria-label="Members">
        {organization.members.map((member) => (
          <li key={member.id} className="flex flex-wrap items-center justify-between gap-3 py-4 first:pt-0 last:pb-0">
            <div className="min-w-0">
              <p className="font-medium break-words">
                {member.user.name}
                {member.userId === userId && (
                  <span className="ml-2">
                    <Badge>You</Badge>
                  </span>
                )}
              </p>
              <p className="mt-0.5 text-sm break-all text-muted">{removing === member.id ? <span role="status">They will lose access at once.</span> : member.user.email}</p>
            </div>
            {removing === member.id ? (
              <div className="flex gap-2">
                <Button kind="danger" small busy={busy === member.id} onClick={() => remove(member)}>
                  Remove member
                </Button>
                <Button kind="plain" small autoFocus onClick={() => setRemoving("")}>
                  Keep
                </Button>
              </div>
            ) : mayTouch(member) ? (
              <div className="flex gap-2">
                <RoleSelect
                  label={`Role of ${member.user.name}`}
                  value={member.role}
                  withOwner={isOwner}
                  disabled={busy === member.id}
                  onChange={(wanted) => run(member.id, () => authClient.organization.updateMemberRole({ memberId: member.id, role: wanted, organizationId: organization.id }), `${member.user.name} is now ${roleName(wanted).toLowerCase()}.`)}
                />
                <Button kind="danger" small onClick={() => setRemoving(member.id)} aria-label={`Remove ${member.user.name}`}>
                  Remove
                </Button>
              </div>
            ) : (
              <span className="text-sm text-muted">{roleName(member.role)}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
