// Invitations to an organization: send one, withdraw one.
import { useState } from "preact/hooks";
import { Button, Empty, Field, Form, Section } from "../kit";
import { formatDate, t } from "../texts";
import { auth } from "./client";
import { grantable } from "./members";
import { Small } from "./parts";
import { roleName } from "./roles";
import { Outcome, useList, useRegion, useTask, Waiting } from "./state";

interface Invitation {
  id: string;
  email: string;
  role: string | null;
  status: string;
  expiresAt: Date;
}

export function InvitationSection({ organizationId, role }: { organizationId: string; role: string }) {
  const task = useTask();
  const region = useRegion();
  const list = useList<Invitation[]>(() => auth.organization.listInvitations({ query: { organizationId } }) as never, [organizationId]);
  const [count, setCount] = useState(0); // of the invitations sent from here: each begins an empty form
  const open = (list.data ?? []).filter((one) => one.status === "pending" && new Date(one.expiresAt).getTime() > Date.now());

  async function invite(fields: Record<string, string>) {
    const email = fields.email.trim();
    const call = () => auth.organization.inviteMember({ email, role: fields.role as "member", organizationId }) as never;
    if (await task.run("invite", call, t("account.invited", { email }), list.reload)) setCount(count + 1);
  }
  async function withdraw(one: Invitation) {
    if (await task.run(one.id, () => auth.organization.cancelInvitation({ invitationId: one.id }) as never, t("account.inviteWithdrawn", { email: one.email }), list.reload)) region.focus();
  }

  return (
    <Section title={t("account.invitations")} intro={t("account.invitationsText")}>
      <div ref={region.ref} tabIndex={-1} class="stack">
        <Outcome task={task} />
        <Form key={count} class="inline" onSend={invite}>
          <Field label={t("account.inviteEmail")} name="email" type="email" required autocomplete="off" />
          <div class="field">
            <div class="label">
              <label for="invite-role">{t("account.role")}</label>
            </div>
            <select id="invite-role" name="role">
              {grantable(role).map((one) => (
                <option key={one} value={one}>
                  {roleName(one)}
                </option>
              ))}
            </select>
          </div>
          <Button type="submit" busy={task.busy === "invite"}>
            {t("account.invite")}
          </Button>
        </Form>
        {!list.data ? (
          <Waiting failure={list.failure} />
        ) : open.length === 0 ? (
          <Empty>{t("account.invitationsNone")}</Empty>
        ) : (
          <ul class="list" aria-label={t("account.invitations")}>
            {open.map((one) => (
              <li key={one.id}>
                <div class="grow">
                  <p class="name break">{one.email}</p>
                  <p class="note">{t("account.inviteAs", { role: roleName(one.role ?? ""), date: formatDate(one.expiresAt) })}</p>
                </div>
                <Small kind="danger" busy={task.busy === one.id} aria-label={t("account.inviteWithdrawNamed", { email: one.email })} onClick={() => withdraw(one)}>
                  {t("account.inviteWithdraw")}
                </Small>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}
