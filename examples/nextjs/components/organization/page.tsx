"use client";

import { useEffect, useState } from "react";
import { authClient } from "@/lib/auth-client";
import { allows, roleName } from "@/lib/organization";
import { Badge, Card, PageTitle, Skeleton } from "../ui";
import { CreateOrganization } from "./create";
import { InvitationList } from "./invitations";
import { MemberList } from "./members";
import { OwnInvitations } from "./own-invitations";
import { OrganizationSettings } from "./settings";
import { TeamList } from "./teams";

/** The organization that the user works in; without one, the ways to get into one. */
export function OrganizationPage({ userId }: { userId: string }) {
  const { data: organization, isPending } = authClient.useActiveOrganization();
  // Every call of an organization endpoint reads the active one again; what is shown stays meanwhile.
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (!isPending) setShown(true);
  }, [isPending]);
  if (!isShown) return <Skeleton rows={4} label="Loading the organization" />;
  if (!organization)
    return (
      <>
        <PageTitle title="Organization" text="Work together: everybody in an organization sees the same." />
        <div className="space-y-5">
          <OwnInvitations />
          <Card title="New organization" text="You will be its owner.">
            <CreateOrganization />
          </Card>
        </div>
      </>
    );
  const role = organization.members.find((m) => m.userId === userId)?.role ?? "member";
  return (
    <>
      <PageTitle title={organization.name} text={`${organization.slug} · You are ${roleName(role).toLowerCase()} here.`} />
      <div key={organization.id} className="space-y-5">
        <Card title="Members" badge={<Badge on={false}>{organization.members.length}</Badge>}>
          <MemberList organization={organization} userId={userId} role={role} />
        </Card>
        <Card title="Invitations" text="An invitation is sent by e-mail and can be accepted for two days.">
          <InvitationList organization={organization} mayInvite={allows(role, { invitation: ["create"] })} mayCancel={allows(role, { invitation: ["cancel"] })} isOwner={role.includes("owner")} />
        </Card>
        <Card title="Teams" text="Groups of members, such as Design or Support.">
          <TeamList organization={organization} userId={userId} mayChange={allows(role, { team: ["update"] })} />
        </Card>
        <OrganizationSettings organization={organization} role={role} />
      </div>
    </>
  );
}
