"use client";

import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { organizationErrors, roleName, type Organization, type Role } from "@/lib/organization";
import { useAction } from "@/lib/use-action";
import { Alert, Button, Done, Field } from "../ui";
import { RoleSelect } from "./role-select";

type Props = { organization: Organization; mayInvite: boolean; mayCancel: boolean; isOwner: boolean };

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

/** Invites people by e-mail, and shows the invitations that were not answered yet. */
export function InvitationList({ organization, mayInvite, mayCancel, isOwner }: Props) {
  const { busy, problem, done, run, region, focus } = useAction(organizationErrors);
  const [role, setRole] = useState<Role>("member");
  const [wrong, setWrong] = useState("");
  const pending = organization.invitations.filter((one) => one.status === "pending" && +new Date(one.expiresAt) > Date.now());

  async function invite(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const email = String(new FormData(form).get("invitee")).trim();
    const isAddress = /^\S+@\S+\.\S+$/.test(email);
    setWrong(isAddress ? "" : "This is not an e-mail address.");
    if (!isAddress) return;
    if (await run("invite", () => authClient.organization.inviteMember({ email, role, organizationId: organization.id }), `An invitation is on its way to ${email}.`)) form.reset();
  }

  async function cancel(id: string, email: string) {
    await run(id, () => authClient.organization.cancelInvitation({ invitationId: id }), `The invitation of ${email} is withdrawn.`);
    focus();
  }

  return (
    <div ref={region} tabIndex={-1} className="space-y-5 outline-none">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      {mayInvite && (
        <form method="post" onSubmit={invite} noValidate className="flex flex-wrap items-end gap-3">
          <div className="min-w-56 flex-1">
            <Field name="invitee" label="E-mail address of the person" type="email" autoComplete="off" error={wrong || undefined} />
          </div>
          <RoleSelect label="Role of the person" value={role} withOwner={isOwner} onChange={setRole} className="min-h-11" />
          <Button type="submit" busy={busy === "invite"}>
            Invite
          </Button>
        </form>
      )}
      {pending.length === 0 ? (
        <p className="text-sm text-muted">No open invitations.</p>
      ) : (
        <ul className="divide-y divide-line" aria-label="Open invitations">
          {pending.map(({ id, email, role: wanted, expiresAt }) => (
            <li key={id} className="flex flex-wrap items-center justify-between gap-3 py-4 first:pt-0 last:pb-0">
              <div className="min-w-0">
                <p className="font-medium break-all">{email}</p>
                <p className="mt-0.5 text-sm text-muted">
                  {roleName(wanted)} · until {day.format(new Date(expiresAt))}
                </p>
              </div>
              {mayCancel && (
                <Button kind="danger" small busy={busy === id} onClick={() => cancel(id, email)} aria-label={`Withdraw the invitation of ${email}`}>
                  Withdraw
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
