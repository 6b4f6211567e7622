// The members of an organization: their roles, and who is removed.
import { useState } from "preact/hooks";
import { Badge, Confirm, Section } from "../kit";
import { failureText, t } from "../texts";
import { auth } from "./client";
import type { Member } from "./organization";
import { Small } from "./parts";
import { roleName, roles } from "./roles";
import { Outcome, useList, useRegion, useTask, Waiting } from "./state";

const pageSize = 50;
const has = (role: string, one: string) => role.split(",").some((part) => part.trim() === one);
/** The role of creators, which only its holders may grant. */
export const creator = roles[roles.length - 1];
/** The roles that somebody with a role may grant. */
export const grantable = (role: string) => roles.filter((one) => one !== creator || has(role, creator));

export function MemberSection({ organizationId, userId, role, mayChange }: { organizationId: string; userId: string; role: string; mayChange: boolean }) {
  const task = useTask();
  const region = useRegion();
  const [limit, setLimit] = useState(pageSize);
  const list = useList<{ members: Member[]; total: number }>(() => auth.organization.listMembers({ query: { organizationId, limit, sortBy: "createdAt" } as never }) as never, [organizationId, limit]);
  const [removing, setRemoving] = useState<Member>();
  const nameOf = (one?: Member) => one?.user.name || one?.user.email || "";
  const mayTouch = (one: Member) => mayChange && one.userId !== userId && (has(role, creator) || !has(one.role, creator));

  const grant = (one: Member, wanted: string) => task.run(one.id, () => auth.organization.updateMemberRole({ memberId: one.id, role: wanted as "member", organizationId }) as never, t("account.memberIs", { name: nameOf(one), role: roleName(wanted) }), list.reload);

  async function remove() {
    if (!removing) return;
    const done = await task.run("remove", () => auth.organization.removeMember({ memberIdOrEmail: removing.id, organizationId }) as never, t("account.memberRemoved", { name: nameOf(removing) }), list.reload);
    if (!done) return;
    setRemoving(undefined);
    region.focus();
  }

  return (
    <Section title={t("account.members")} action={list.data && <Badge>{list.data.total}</Badge>}>
      <div ref={region.ref} tabIndex={-1}>
        {!removing && <Outcome task={task} />}
        {!list.data ? (
          <Waiting failure={list.failure} />
        ) : (
          <ul class="list" aria-label={t("account.members")}>
            {list.data.members.map((one) => (
              <li key={one.id}>
                <div class="grow">
                  <p class="name break">
                    {nameOf(one)} {one.userId === userId && <Badge>{t("account.youBadge")}</Badge>}
                  </p>
                  <p class="note break">{one.user.email}</p>
                </div>
                {mayTouch(one) ? (
                  <>
                    <RoleSelect label={t("account.roleOf", { name: nameOf(one) })} value={one.role} offered={grantable(role)} disabled={task.busy !== ""} onChange={(wanted) => grant(one, wanted)} />
                    <Small kind="danger" aria-label={t("account.memberRemove", { name: nameOf(one) })} onClick={() => (task.clear(), setRemoving(one))}>
                      {t("account.remove")}
                    </Small>
                  </>
                ) : (
                  <span class="soft">{roleName(one.role)}</span>
                )}
              </li>
            ))}
          </ul>
        )}
        {list.data && list.data.total > list.data.members.length && <Small onClick={() => setLimit(limit + pageSize)}>{t("account.more", { count: list.data.total - list.data.members.length })}</Small>}
      </div>
      <Confirm
        title={t("account.memberRemove", { name: nameOf(removing) })}
        text={t("account.memberRemoveText")}
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

/** A choice of role. One that is not offered, such as a set of several, stays in the list. */
export function RoleSelect({ label, value, offered, disabled, onChange }: { label: string; value: string; offered: string[]; disabled?: boolean; onChange: (role: string) => void }) {
  const all = offered.includes(value) ? offered : [value, ...offered];
  return (
    <select class="compact" aria-label={label} disabled={disabled} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {all.map((one) => (
        <option key={one} value={one}>
          {roleName(one)}
        </option>
      ))}
    </select>
  );
}
