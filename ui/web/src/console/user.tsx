// One user: who that is, how they sign in, and what an administrator can do.
import { useState } from "preact/hooks";
import { Badge, Button, Field, Form, Notice, Section, useCall } from "../kit";
import { has, page, pageURL, server } from "../server";
import { formatDate, t } from "../texts";
import { auth, get, post } from "./api";
import type { Rights, Session, User, UserDetails } from "./api";
import { Consents } from "./consents";
import { deviceName } from "./devices";
import { Ago, Check, Choice, Listing, Loaded, Select, To, useQuestion } from "./parts";
import { useData } from "./state";
import { Badges } from "./users";

export function UserPage({ id, me }: { id: string; me: User }) {
  const { data, error, loading, reload } = useData(() => get<UserDetails>("/console/user", { id }), [id]);
  const { ask, tell, dialog } = useQuestion(() => void reload());
  const back = (
    <To path="/console/users" class="back">
      ← {t("console.allUsers")}
    </To>
  );
  if (!data)
    return (
      <>
        {back}
        <Loaded error={error} loading={loading} empty emptyText={t("console.noUser")}>
          {null}
        </Loaded>
      </>
    );
  const { user, may } = data;
  const self = user.id === me.id;
  return (
    <>
      {back}
      {dialog}
      {error && <Notice kind="bad">{error}</Notice>}
      <Profile user={user} may={may} onChange={reload} />
      {may.setRole && <Role user={user} self={self} onChange={reload} />}
      <SignIn data={data} may={may} ask={ask} />
      {may.listSessions && <Sessions id={user.id} name={user.name || user.email} may={may} />}
      {has("oauth-provider") && <Consents user={user.id} />}
      {self ? <p class="soft">{t("console.yourself")}</p> : <Danger user={user} may={may} onChange={reload} ask={ask} tell={tell} />}
    </>
  );
}

type Ask = ReturnType<typeof useQuestion>["ask"];

function Profile({ user, may, onChange }: { user: User; may: Rights; onChange: () => Promise<void> }) {
  const { busy, error, run } = useCall();
  const [done, setDone] = useState("");
  const save = async (fields: Record<string, string>) => {
    setDone("");
    const change: Record<string, unknown> = {};
    if (fields.name !== user.name) change.name = fields.name;
    if (may.setEmail && fields.email !== user.email) change.email = fields.email;
    if (may.setEmail && Boolean(fields.verified) !== user.emailVerified) change.emailVerified = Boolean(fields.verified);
    if (Object.keys(change).length === 0) return;
    if (await run(() => auth.admin.updateUser({ userId: user.id, data: change }))) {
      await onChange();
      setDone(t("console.saved"));
    }
  };
  return (
    <Section title={user.name || user.email} intro={<span class="break">{user.email}</span>} action={<Badges user={user} />}>
      {user.banned && (
        <Notice kind="warning">
          {t("console.bannedBecause", { reason: user.banReason || "–" })} {user.banExpires ? t("console.bannedUntil", { date: formatDate(user.banExpires) }) : t("console.bannedForever")}
        </Notice>
      )}
      {may.update && (
        <Form onSend={save}>
          {error && <Notice kind="bad">{error}</Notice>}
          {done && <Notice kind="good">{done}</Notice>}
          <div class="two">
            <Field label={t("console.name")} name="name" defaultValue={user.name} required maxLength={200} autocomplete="off" />
            <Field label={t("console.email")} name="email" type="email" defaultValue={user.email} required disabled={!may.setEmail} autocomplete="off" />
          </div>
          <Check label={t("console.verified")} name="verified" checked={user.emailVerified} disabled={!may.setEmail} />
          <div class="actions">
            <Button type="submit" busy={busy}>
              {t("common.save")}
            </Button>
          </div>
        </Form>
      )}
      <dl class="facts">
        <dt>{t("console.id")}</dt>
        <dd class="mono">{user.id}</dd>
        <dt>{t("console.created")}</dt>
        <dd>{formatDate(user.createdAt)}</dd>
      </dl>
      <p class="links">
        {has("audit-log") && <To path={`/console/audit?user=${encodeURIComponent(user.id)}`}>{t("console.whatHappened")}</To>}
        {has("api-key") && <To path={`/console/api-keys?user=${encodeURIComponent(user.id)}`}>{t("console.apiKeys")}</To>}
        {has("oauth-provider") && <To path={`/console/oauth-clients?user=${encodeURIComponent(user.id)}`}>{t("console.clients")}</To>}
      </p>
    </Section>
  );
}

function Role({ user, self, onChange }: { user: User; self: boolean; onChange: () => Promise<void> }) {
  const { busy, error, run } = useCall();
  const [done, setDone] = useState("");
  const save = async ({ role }: Record<string, string>) => {
    setDone("");
    const roles = role.split(",").map((one) => one.trim()).filter(Boolean);
    if (await run(() => auth.admin.setRole({ userId: user.id, role: roles as "user"[] }))) {
      await onChange();
      setDone(t("console.roleSet"));
    }
  };
  return (
    <Section title={t("console.role")} intro={t("console.roleText")}>
      <Form onSend={save}>
        {error && <Notice kind="bad">{error}</Notice>}
        {done && <Notice kind="good">{done}</Notice>}
        <div class="filters">
          <div class="grow">
            <Field label={t("console.roles")} name="role" defaultValue={user.role || "user"} required list="roles" autocomplete="off" hint={self ? t("console.ownRole") : undefined} />
          </div>
          <Button type="submit" kind="plain" busy={busy}>
            {t("console.setRole")}
          </Button>
        </div>
        <datalist id="roles">
          <option value="user" />
          <option value="admin" />
        </datalist>
      </Form>
    </Section>
  );
}

function SignIn({ data, may, ask }: { data: UserDetails; may: Rights; ask: Ask }) {
  const { user, accounts, twoFactor, passkeys, lastSignIn } = data;
  const reset = () =>
    ask({
      title: t("console.sendReset"),
      text: t("console.sendResetText", { email: user.email }),
      action: t("console.send"),
      run: () => post("/console/user/send-reset", { id: user.id, ...(server.site.pages ? { redirectTo: pageURL("/reset-password") } : {}) }),
      done: t("console.resetSent", { email: user.email }),
    });
  return (
    <Section
      title={t("console.waysToSignIn")}
      action={
        server.features.resetPassword &&
        may.sendReset && (
          <Button kind="plain" class="small" onClick={reset}>
            {t("console.sendReset")}
          </Button>
        )
      }
    >
      <dl>
        <dt>{t("console.lastSignIn")}</dt>
        <dd>{lastSignIn ? formatDate(lastSignIn) : t("console.unknown")}</dd>
        <dt>{t("console.secondFactor")}</dt>
        <dd>{twoFactor ? t("console.on") : t("console.off")}</dd>
        <dt>{t("console.passkeys")}</dt>
        <dd class="break">{passkeys.length === 0 ? t("console.none") : passkeys.map((one) => one.name || t("console.unnamed")).join(", ")}</dd>
        <dt>{t("console.accounts")}</dt>
        <dd>
          {accounts.length === 0 ? (
            t("console.noAccounts")
          ) : (
            <ul class="plain-list">
              {accounts.map((one) => (
                <li key={one.id}>
                  {one.providerId === "credential" ? t("console.password") : one.providerId}
                  {one.providerId !== "credential" && <span class="soft break"> · {one.accountId}</span>}
                  <span class="soft"> · {t("console.since", { date: formatDate(one.createdAt) })}</span>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </dl>
    </Section>
  );
}

function Sessions({ id, name, may }: { id: string; name: string; may: Rights }) {
  const { data, error, loading, reload } = useData(() => post<{ sessions: Session[] }>("/admin/list-user-sessions", { userId: id }), [id]);
  const { ask, dialog } = useQuestion(() => void reload());
  const sessions = data?.sessions ?? [];
  const revokeAll = () =>
    ask({
      title: t("console.revokeAll"),
      text: t("console.revokeAllText", { name }),
      action: t("console.revokeAll"),
      run: () => post("/admin/revoke-user-sessions", { userId: id }),
      done: t("console.revokedAll"),
    });
  const revoke = (one: Session) =>
    ask({
      title: t("console.revoke"),
      text: t("console.revokeText", { device: deviceName(one.userAgent) }),
      action: t("console.revoke"),
      run: () => post("/admin/revoke-user-session", { sessionToken: one.token }),
      done: t("console.revoked"),
    });
  return (
    <Section
      title={t("console.sessions")}
      action={
        sessions.length > 0 &&
        may.revokeSessions && (
          <Button kind="danger" class="small" onClick={revokeAll}>
            {t("console.revokeAll")}
          </Button>
        )
      }
    >
      {dialog}
      <Listing
        label={t("console.sessions")}
        data={{ error, loading }}
        rows={sessions}
        empty={t("console.noSessions")}
        columns={[
          {
            title: t("console.device"),
            cell: (one) => (
              <div class="who">
                <span title={one.userAgent ?? ""}>{deviceName(one.userAgent)}</span>
                {one.impersonatedBy && (
                  <span>
                    <Badge kind="warning">{t("console.byAdministrator")}</Badge>
                  </span>
                )}
              </div>
            ),
          },
          { title: t("console.address"), class: "only-wide break", cell: (one) => one.ipAddress || "–" },
          { title: t("console.started"), class: "only-wide nowrap", cell: (one) => <Ago at={one.createdAt} /> },
          {
            title: t("console.actions"),
            hidden: true,
            class: "right",
            cell: (one) =>
              may.revokeSessions && (
                <Button kind="plain" class="small" aria-label={`${t("console.revoke")}: ${deviceName(one.userAgent)}`} onClick={() => revoke(one)}>
                  {t("console.revoke")}
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
}

const day = 86400;

function Danger({ user, may, onChange, ask, tell }: { user: User; may: Rights; onChange: () => Promise<void>; ask: Ask; tell: (done: string) => void }) {
  const { busy, error, run } = useCall();
  const name = user.name || user.email;
  if (!(may.impersonate || may.ban || may.remove)) return null;
  const ban = (fields: Record<string, string>) =>
    ask({
      title: t("console.ban"),
      text: t("console.banText", { name }),
      action: t("console.ban"),
      run: () => post("/admin/ban-user", { userId: user.id, ...(fields.reason ? { banReason: fields.reason } : {}), ...(Number(fields.days) ? { banExpiresIn: Number(fields.days) * day } : {}) }),
      done: t("console.userBanned"),
    });
  const unban = async () => {
    if (await run(() => auth.admin.unbanUser({ userId: user.id }))) {
      await onChange();
      tell(t("console.userUnbanned"));
    }
  };
  const impersonate = () =>
    ask({
      title: t("console.impersonate"),
      text: t("console.impersonateText", { name }),
      action: t("console.impersonate"),
      run: async () => {
        const answer = await post("/admin/impersonate-user", { userId: user.id });
        if (!answer.error) location.assign(page("/account"));
        return answer;
      },
      done: "",
    });
  const remove = () =>
    ask({
      title: t("console.remove"),
      text: t("console.removeText", { name, email: user.email }),
      action: t("console.remove"),
      run: async () => {
        const answer = await post("/admin/remove-user", { userId: user.id });
        if (!answer.error) location.assign(page("/console/users"));
        return answer;
      },
      done: "",
    });
  return (
    <Section title={t("console.more")}>
      {error && <Notice kind="bad">{error}</Notice>}
      <div class="choices">
        {may.impersonate && (
          <Choice title={t("console.impersonate")} text={t("console.impersonateShort")}>
            <Button kind="plain" onClick={impersonate}>
              {t("console.impersonate")}
            </Button>
          </Choice>
        )}
        {!may.ban ? null : user.banned ? (
          <Choice title={t("console.unban")} text={t("console.unbanText")}>
            <Button kind="plain" busy={busy} onClick={unban}>
              {t("console.unban")}
            </Button>
          </Choice>
        ) : (
          <Choice title={t("console.ban")} text={t("console.banShort")}>
            <Form onSend={ban} class="ban">
              <Field label={t("console.banReason")} name="reason" autocomplete="off" maxLength={200} />
              <Select label={t("console.banDays")} name="days" value="0" options={[["0", t("console.forever")], ["1", t("console.oneDay")], ["7", t("console.oneWeek")], ["30", t("console.oneMonth")]]} />
              <Button type="submit" kind="danger">
                {t("console.ban")}
              </Button>
            </Form>
          </Choice>
        )}
        {may.remove && (
          <Choice title={t("console.remove")} text={t("console.removeShort")}>
            <Button kind="danger" onClick={remove}>
              {t("console.remove")}
            </Button>
          </Choice>
        )}
      </div>
    </Section>
  );
}
