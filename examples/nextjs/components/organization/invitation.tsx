"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { authClient } from "@/lib/auth-client";
import { enter, organizationErrors, roleName } from "@/lib/organization";
import { useAction } from "@/lib/use-action";
import { Alert, Button, Card, PageTitle, Skeleton } from "../ui";

type Shown = { organizationName: string; inviterEmail: string; role: string };

/** An invitation that the user accepts or declines. */
export function Invitation({ id }: { id: string }) {
  const router = useRouter();
  const { busy, problem, run, setProblem, explain } = useAction(organizationErrors);
  const [shown, setShown] = useState<Shown>();

  useEffect(() => {
    authClient.organization.getInvitation({ query: { id } }).then(({ data, error }) => (error ? setProblem(error.status === 400 && error.code !== "INVITATION_NOT_FOUND" ? organizationErrors.INVITATION_NOT_FOUND : explain(error)) : setShown(data)));
  }, [id, setProblem, explain]);

  async function answer(accepted: boolean) {
    const invitationId = id;
    const call = async () => {
      if (!accepted) return authClient.organization.rejectInvitation({ invitationId });
      const { data, error } = await authClient.organization.acceptInvitation({ invitationId });
      return error ? { error } : enter(data.member.organizationId);
    };
    if (await run(accepted ? "accept" : "decline", call)) router.replace("/organization");
  }

  if (!shown && !problem) return <Skeleton rows={2} label="Loading the invitation" />;
  return (
    <>
      <PageTitle title={shown ? `Join ${shown.organizationName}` : "Invitation"} text={shown ? `${shown.inviterEmail} invites you as ${roleName(shown.role).toLowerCase()}.` : "This link cannot be used."} />
      <Card>
        <div className="space-y-5">
          {problem && <Alert>{problem}</Alert>}
          {shown && (
            <div className="flex flex-wrap gap-2">
              <Button busy={busy === "accept"} onClick={() => answer(true)}>
                Join
              </Button>
              <Button kind="plain" busy={busy === "decline"} onClick={() => answer(false)}>
                No, thank you
              </Button>
            </div>
          )}
          {!shown && <p className="text-sm text-muted">Ask the person who invited you to send a new one.</p>}
        </div>
      </Card>
    </>
  );
}
