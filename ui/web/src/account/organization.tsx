// /account/organizations/<id>: one organization, with what the user may change of it.
import { useEffect, useState } from "preact/hooks";
import { Badge, Confirm, Section } from "../kit";
import { page, server } from "../server";
import { failureText, t } from "../texts";
import { auth } from "./client";
import { Frame } from "./frame";
import { InvitationSection } from "./invitations";
import { MemberSection } from "./members";
import { FormActions, Small } from "./parts";
import { roleName } from "./roles";
import { Outcome, useList, useSignedIn, useTask, Waiting } from "./state";
import { TeamSection } from "./teams";
import { Field, Form } from "../kit";

export interface Member {
  id: string;
  userId: string;
  role: string;
  user: { name: string; email: string };
}
interface Organization {
  id: string;
  name: string;
  slug: string;
}

export interface Rights {
  update: boolean;
  remove: boolean;
  members: boolean;
  invite: boolean;
  teams: boolean;
}

const demands: Record<keyof Rights, Record<string, string[]>> = {
  update: { organization: ["update"] },
  remove: { organization: ["delete"] },
  members: { member: ["update", "delete"] },
  invite: { invitation: ["create", "cancel"] },
  teams: { team: ["create", "update", "delete"] },
};

/** Asks the server what the user may do: it knows the roles, and checks each call again. */
async function rightsIn(organizationId: string): Promise<Rights> {
  const answers = await Promise.all(
    Object.entries(demands).map(async ([name, permissions]) => {
      const { data } = await auth.organization.hasPermission({ organizationId, permissions } as never);
      return [name, Boolean((data as { success?: boolean } | null)?.success)];
    }),
  );
  return Object.fromEntries(answers) as Rights;
}

export function OrganizationPage({ id }: { id: string }) {
  const { user } = useSignedIn();
  const own = useList<Organization[]>(() => auth.organization.list() as never);
  const role = useList<{ role: string }>(() => auth.organization.getActiveMemberRole({ query: { organizationId: id } }) as never, [id]);
  const [rights, setRights] = useState<Rights>();
  useEffect(() => void rightsIn(id).then(setRights, () => setRights({ update: false, remove: false, members: false, invite: false, teams: false })), [id]);

  const one = own.data?.find((o) => o.id === id);
  const current = "/account/organizations";
  if (own.data && !one)
    return (
      <Frame title={t("account.notFound")} current={current}>
        <p>{t("account.orgNotFound")}</p>
        <p>
          <a href={page(current)}>{t("account.orgAll")}</a>
        </p>
      </Frame>
    );
  if (!one || !rights || !role.data)
    return (
      <Frame title={t("account.organization")} current={current}>
        <Waiting failure={own.failure ?? role.failure} />
      </Frame>
    );
  return (
    <Frame title={one.name} current={current}>
      <p class="soft break">
        <a href={page(current)}>{t("account.orgAll")}</a> · {one.slug} · <Badge>{roleName(role.data.role)}</Badge>
      </p>
      <MemberSection organizationId={id} userId={user.id} role={role.data.role} mayChange={rights.members} />
      {rights.invite && <InvitationSection organizationId={id} role={role.data.role} />}
      {server.features.account.teams && <TeamSection organizationId={id} userId={user.id} mayChange={rights.teams} />}
      {rights.update && <SettingsSection one={one} reload={own.reload} />}
      {rights.remove && server.features.account.deleteOrganizations && <DeleteSection one={one} />}
    </Frame>
  );
}

function SettingsSection({ one, reload }: { one: Organization; reload: () => Promise<void> }) {
  const task = useTask();
  async function save(fields: Record<string, string>) {
    const data = { name: fields.name.trim(), slug: fields.slug.trim() };
    await task.run("save", () => auth.organization.update({ organizationId: one.id, data }) as never, t("account.saved"), reload);
  }
  return (
    <Section title={t("account.orgSettings")}>
      <Outcome task={task} />
      <Form class="narrow" onSend={save}>
        <Field label={t("account.orgName")} name="name" defaultValue={one.name} required maxLength={100} autocomplete="organization" />
        <Field label={t("account.orgSlug")} name="slug" defaultValue={one.slug} required maxLength={60} hint={t("account.orgSlugHint")} autocomplete="off" autocapitalize="off" spellcheck={false} />
        <FormActions action={t("common.save")} busy={task.busy === "save"} />
      </Form>
    </Section>
  );
}

function DeleteSection({ one }: { one: Organization }) {
  const task = useTask();
  const [asking, setAsking] = useState(false);
  const remove = async () => (await task.run("delete", () => auth.organization.delete({ organizationId: one.id }) as never)) && location.assign(page("/account/organizations"));
  return (
    <Section
      title={t("account.orgDelete")}
      intro={t("account.orgDeleteText")}
      action={
        <Small kind="danger" onClick={() => (task.clear(), setAsking(true))}>
          {t("account.orgDelete")}
        </Small>
      }
    >
      <Confirm
        title={t("account.orgDeleteNamed", { name: one.name })}
        text={t("account.orgDeleteText")}
        action={t("account.orgDelete")}
        open={asking}
        busy={task.busy === "delete"}
        error={task.failure && failureText(task.failure)}
        onConfirm={remove}
        onClose={() => setAsking(false)}
      />
    </Section>
  );
}
