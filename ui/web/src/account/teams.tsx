// The teams of an organization: create, rename, fill, remove.
import { useState } from "preact/hooks";
import { Button, Confirm, Dialog, Empty, Field, Form, Section } from "../kit";
import { failureText, t } from "../texts";
import { auth } from "./client";
import type { Member } from "./organization";
import { FormActions, Small } from "./parts";
import { Outcome, useList, useRegion, useTask, Waiting } from "./state";

interface Team {
  id: string;
  name: string;
  createdAt: Date;
}

export function TeamSection({ organizationId, userId, mayChange }: { organizationId: string; userId: string; mayChange: boolean }) {
  const task = useTask();
  const region = useRegion();
  const list = useList<Team[]>(() => auth.organization.listTeams({ query: { organizationId } }) as never, [organizationId]);
  const [count, setCount] = useState(0); // of the teams created here: each begins an empty form
  const [changing, setChanging] = useState<Team>();
  const [removing, setRemoving] = useState<Team>();

  async function create(fields: Record<string, string>) {
    const name = fields.name.trim();
    if (!name) return;
    const call = async () => {
      const made = await auth.organization.createTeam({ name, organizationId });
      // Only its members see who is in a team: the one who creates it is the first.
      return made.error ? made : auth.organization.addTeamMember({ teamId: made.data.id, userId, organizationId } as never);
    };
    if (await task.run("create", call as never, t("account.teamCreated", { name }), list.reload)) setCount(count + 1);
  }
  async function remove() {
    if (!removing) return;
    if (!(await task.run("remove", () => auth.organization.removeTeam({ teamId: removing.id, organizationId }) as never, t("account.teamRemoved", { name: removing.name }), list.reload))) return;
    setRemoving(undefined);
    region.focus();
  }

  return (
    <Section title={t("account.teams")} intro={t("account.teamsText")}>
      <div ref={region.ref} tabIndex={-1} class="stack">
        {!removing && <Outcome task={task} />}
        {mayChange && (
          <Form key={count} class="inline" onSend={create}>
            <Field label={t("account.teamName")} name="name" required maxLength={60} autocomplete="off" />
            <Button type="submit" busy={task.busy === "create"}>
              {t("account.teamCreate")}
            </Button>
          </Form>
        )}
        {!list.data ? (
          <Waiting failure={list.failure} />
        ) : list.data.length === 0 ? (
          <Empty>{t("account.teamsNone")}</Empty>
        ) : (
          <ul class="list" aria-label={t("account.teams")}>
            {list.data.map((one) => (
              <li key={one.id}>
                <p class="name grow break">{one.name}</p>
                {mayChange && (
                  <>
                    <Small aria-label={t("account.teamChange", { name: one.name })} onClick={() => (task.clear(), setChanging(one))}>
                      {t("account.change")}
                    </Small>
                    <Small kind="danger" aria-label={t("account.teamRemove", { name: one.name })} onClick={() => (task.clear(), setRemoving(one))}>
                      {t("account.remove")}
                    </Small>
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </div>
      <Dialog title={t("account.teamChange", { name: changing?.name ?? "" })} open={changing !== undefined} onClose={() => setChanging(undefined)}>
        {changing && <TeamForm key={changing.id} team={changing} organizationId={organizationId} onSaved={list.reload} onClose={() => setChanging(undefined)} />}
      </Dialog>
      <Confirm
        title={t("account.teamRemove", { name: removing?.name ?? "" })}
        text={t("account.teamRemoveText")}
        action={t("account.remove")}
        open={removing !== undefined}
        busy={task.busy === "remove"}
        error={task.failure && failureText(task.failure)}
        onConfirm={remove}
        onClose={() => setRemoving(undefined)}
      />
    </Section>
  );
}

/** The name of a team, and who is in it. */
function TeamForm({ team, organizationId, onSaved, onClose }: { team: Team; organizationId: string; onSaved: () => Promise<void>; onClose: () => void }) {
  const task = useTask();
  const members = useList<{ members: Member[] }>(() => auth.organization.listMembers({ query: { organizationId, limit: 100 } as never }) as never);
  const inside = useList<{ userId: string }[]>(() => auth.organization.listTeamMembers({ query: { teamId: team.id } }) as never);
  const isIn = (userId: string) => Boolean(inside.data?.some((one) => one.userId === userId));

  async function rename(fields: Record<string, string>) {
    const name = fields.name.trim();
    if (name) await task.run("rename", () => auth.organization.updateTeam({ teamId: team.id, data: { name, organizationId } }) as never, t("account.saved"), onSaved);
  }
  const place = ({ userId, user }: Member) => {
    const input = { teamId: team.id, userId, organizationId } as never;
    const was = isIn(userId);
    return task.run(userId, () => (was ? auth.organization.removeTeamMember(input) : auth.organization.addTeamMember(input)) as never, t(was ? "account.teamOut" : "account.teamIn", { name: user.name }), inside.reload);
  };

  return (
    <div class="stack">
      <Outcome task={task} />
      <Form onSend={rename}>
        <Field label={t("account.teamName")} name="name" defaultValue={team.name} required maxLength={60} autofocus autocomplete="off" />
        <FormActions action={t("common.save")} busy={task.busy === "rename"} onCancel={onClose} />
      </Form>
      {inside.failure ? (
        <p class="soft flush">{t("account.teamHidden")}</p>
      ) : members.data && inside.data ? (
        <fieldset class="checks">
          <legend>{t("account.teamWho")}</legend>
          {members.data.members.map((one) => (
            <label key={one.id} class="check">
              <input type="checkbox" checked={isIn(one.userId)} disabled={task.busy !== ""} onChange={() => place(one)} />
              <span class="break">{one.user.name || one.user.email}</span>
            </label>
          ))}
        </fieldset>
      ) : (
        <Waiting failure={members.failure} />
      )}
    </div>
  );
}
