// /account/organizations: the organizations of the user, invitations to others, and a new one.
import { useState } from "preact/hooks";
import { Badge, Confirm, Dialog, Empty, Field, Form, Notice, Section } from "../kit";
import { page, server } from "../server";
import { failureText, formatDate, t } from "../texts";
import { auth } from "./client";
import { Frame } from "./frame";
import { FormActions, Small } from "./parts";
import { roleName, slugOf } from "./roles";
import { Outcome, useList, useRegion, useSignedIn, useTask, Waiting } from "./state";

interface Organization {
  id: string;
  name: string;
  slug: string;
}
interface Invitation {
  id: string;
  role: string;
  status: string;
  organizationName?: string;
  expiresAt: Date;
}

export function OrganizationsPage() {
  const { session, reload } = useSignedIn();
  const task = useTask();
  const region = useRegion();
  const list = useList<Organization[]>(() => auth.organization.list() as never);
  const [creating, setCreating] = useState(false);
  const [leaving, setLeaving] = useState<Organization>();
  const refresh = () => Promise.all([list.reload(), reload()]);

  const enter = (one: Organization | null) =>
    task.run(one?.id ?? "none", () => auth.organization.setActive({ organizationId: one?.id ?? null }) as never, one ? t("account.orgEntered", { name: one.name }) : t("account.orgNoneActive"), reload);

  async function leave() {
    if (!leaving) return;
    if (!(await task.run("leave", () => auth.organization.leave({ organizationId: leaving.id }), t("account.orgLeft", { name: leaving.name }), refresh))) return;
    setLeaving(undefined);
    region.focus();
  }

  return (
    <Frame title={t("account.organizations")} current="/account/organizations">
      <OwnInvitations onAccepted={refresh} />
      <Section
        title={t("account.orgs")}
        intro={t("account.orgsText")}
        action={
          server.features.account.createOrganizations && (
            <Small kind="primary" onClick={() => (task.clear(), setCreating(true))}>
              {t("account.orgNew")}
            </Small>
          )
        }
      >
        <div ref={region.ref} tabIndex={-1}>
          {!leaving && !creating && <Outcome task={task} />}
          {!list.data ? (
            <Waiting failure={list.failure} />
          ) : list.data.length === 0 ? (
            <Empty>{t("account.orgsNone")}</Empty>
          ) : (
            <ul class="list" aria-label={t("account.orgs")}>
              {list.data.map((one) => {
                const isActive = one.id === session.activeOrganizationId;
                return (
                  <li key={one.id}>
                    <div class="grow">
                      <p class="name break">
                        <a href={page(`/account/organizations/${encodeURIComponent(one.id)}`)}>{one.name}</a> {isActive && <Badge kind="good">{t("account.active")}</Badge>}
                      </p>
                      <p class="note break">{one.slug}</p>
                    </div>
                    {isActive ? (
                      <Small busy={task.busy === "none"} aria-label={t("account.orgExitNamed", { name: one.name })} onClick={() => enter(null)}>
                        {t("account.orgExit")}
                      </Small>
                    ) : (
                      <Small busy={task.busy === one.id} aria-label={t("account.orgEnterNamed", { name: one.name })} onClick={() => enter(one)}>
                        {t("account.orgEnter")}
                      </Small>
                    )}
                    <Small kind="danger" aria-label={t("account.orgLeaveNamed", { name: one.name })} onClick={() => (task.clear(), setLeaving(one))}>
                      {t("account.orgLeave")}
                    </Small>
                  </li>
                );
              })}
            </ul>
          )}
        </div>
      </Section>
      <CreateDialog open={creating} onClose={() => setCreating(false)} onCreated={(name) => (setCreating(false), task.setDone(t("account.orgCreated", { name })), region.focus(), refresh())} />
      <Confirm
        title={t("account.orgLeaveNamed", { name: leaving?.name ?? "" })}
        text={t("account.orgLeaveText")}
        action={t("account.orgLeave")}
        open={leaving !== undefined}
        busy={task.busy === "leave"}
        error={task.failure && failureText(task.failure)}
        onConfirm={leave}
        onClose={() => setLeaving(undefined)}
      />
    </Frame>
  );
}

function CreateDialog({ open, onClose, onCreated }: { open: boolean; onClose: () => void; onCreated: (name: string) => void }) {
  const task = useTask();
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string>();

  async function create() {
    const wanted = name.trim();
    if (!wanted || !(await task.run("create", () => auth.organization.create({ name: wanted, slug: slugOf(slug ?? wanted) || crypto.randomUUID().slice(0, 8) }) as never))) return;
    setName("");
    setSlug(undefined);
    onCreated(wanted);
  }
  return (
    <Dialog title={t("account.orgNew")} open={open} onClose={() => (task.clear(), onClose())}>
      <Form onSend={create}>
        <Outcome task={{ failure: task.failure, done: "" }} />
        <Field label={t("account.orgName")} name="name" value={name} onInput={(event) => setName(event.currentTarget.value)} maxLength={100} required autofocus autocomplete="organization" />
        <Field label={t("account.orgSlug")} name="slug" value={slug ?? slugOf(name)} onInput={(event) => setSlug(event.currentTarget.value)} maxLength={60} hint={t("account.orgSlugHint")} autocomplete="off" autocapitalize="off" spellcheck={false} />
        <FormActions action={t("account.orgCreate")} busy={task.busy === "create"} onCancel={onClose} />
      </Form>
    </Dialog>
  );
}

/** Invitations to the user that wait for an answer. */
function OwnInvitations({ onAccepted }: { onAccepted: () => unknown }) {
  const task = useTask();
  const region = useRegion();
  const list = useList<Invitation[]>(() => auth.organization.listUserInvitations() as never);
  const open = (list.data ?? []).filter((one) => one.status === "pending" && new Date(one.expiresAt).getTime() > Date.now());
  const nameOf = (one: Invitation) => one.organizationName ?? t("account.orgUnknown");

  async function answer(one: Invitation, accepted: boolean) {
    const input = { invitationId: one.id };
    const call = () => (accepted ? auth.organization.acceptInvitation(input) : auth.organization.rejectInvitation(input)) as never;
    const done = await task.run(one.id, call, t(accepted ? "account.inviteAccepted" : "account.inviteDeclined", { name: nameOf(one) }), list.reload);
    if (!done) return;
    region.focus();
    if (accepted) await onAccepted();
  }
  // Somebody may have invited the address, but whose it is must be known first.
  if (list.failure?.code === "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION")
    return (
      <Notice>
        {t("account.inviteVerify")} <a href={page("/account/security")}>{t("account.security")}</a>
      </Notice>
    );
  if (open.length === 0 && !task.done && !task.failure) return null;
  return (
    <Section title={t("account.invites")}>
      <div ref={region.ref} tabIndex={-1}>
        <Outcome task={task} />
        {open.length > 0 && (
          <ul class="list" aria-label={t("account.invites")}>
            {open.map((one) => (
              <li key={one.id}>
                <div class="grow">
                  <p class="name break">{nameOf(one)}</p>
                  <p class="note break">{t("account.inviteAs", { role: roleName(one.role), date: formatDate(one.expiresAt) })}</p>
                </div>
                <Small kind="primary" busy={task.busy === one.id} onClick={() => answer(one, true)} aria-label={t("account.inviteAcceptNamed", { name: nameOf(one) })}>
                  {t("account.inviteAccept")}
                </Small>
                <Small busy={task.busy === one.id} onClick={() => answer(one, false)} aria-label={t("account.inviteDeclineNamed", { name: nameOf(one) })}>
                  {t("account.inviteDecline")}
                </Small>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}
