import { useState } from "preact/hooks";
import { Button, Field, Notice, Section, useCall } from "../kit";
import { has, page, server } from "../server";
import { t } from "../texts";
import { get } from "./api";
import type { Entry } from "./api";
import { Loaded, Table, formatNumber } from "./parts";
import { useData, useQuery } from "./state";
import { Without } from "./without";

export function AuditPage() {
  return has("audit-log") ? <Log /> : <Without plugin="audit-log" />;
}

interface Part {
  entries: Entry[];
  next: number | null;
}

const size = 50;

// Suggestions for the filter; docs/plugins/audit-log.md has all names.
const events = [
  "user_created", "user_signed_in", "user_signed_out", "user_sign_in_failed", "user_deleted", "user_banned", "user_unbanned", "user_role_changed", "user_impersonated",
  "password_changed", "password_reset_requested", "password_reset_completed", "email_changed", "account_linked", "account_unlinked", "session_revoked", "all_sessions_revoked",
  "two_factor_enabled", "two_factor_disabled", "passkey_created", "passkey_deleted", "api_key_created", "api_key_deleted", "organization_created", "organization_deleted",
  "oauth_client_registered", "oauth_client_updated", "oauth_client_disabled", "oauth_client_secret_rotated", "oauth_client_deleted", "oauth_consent_given", "oauth_access_revoked",
];

function Log() {
  const { value, set } = useQuery();
  const event = value("event");
  const userId = value("user");
  const [older, setOlder] = useState<Part>();
  const first = useData(() => {
    setOlder(undefined);
    return get<Part>("/console/audit", { event, userId, limit: size });
  }, [event, userId]);
  const more = useCall();
  const entries = [...(first.data?.entries ?? []), ...(older?.entries ?? [])];
  const next = (older ?? first.data)?.next ?? null;
  const load = async () => {
    const part = await more.run(() => get<Part>("/console/audit", { event, userId, limit: size, before: next ?? undefined }));
    if (part) setOlder({ entries: [...(older?.entries ?? []), ...part.entries], next: part.next });
  };
  return (
    <>
      <Verify />
      <Section
        title={t("console.entries")}
        action={
          <Button kind="plain" class="small" busy={first.loading} onClick={() => void first.reload()}>
            {t("console.refresh")}
          </Button>
        }
      >
        <div class="filters">
          <div class="grow">
            <Field label={t("console.event")} name="event" list="events" defaultValue={event} autocomplete="off" spellcheck={false} placeholder="user_signed_in" onChange={(change) => set({ event: change.currentTarget.value.trim() })} />
          </div>
          <div class="grow">
            <Field key={userId} label={t("console.userId")} name="user" defaultValue={userId} autocomplete="off" spellcheck={false} onChange={(change) => set({ user: change.currentTarget.value.trim() })} />
          </div>
          <datalist id="events">
            {events.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </div>
        <Loaded error={first.error} loading={first.loading} empty={entries.length === 0} emptyText={event || userId ? t("console.noMatch") : t("console.noEntries")}>
          <Table
            label={t("console.audit")}
            head={
              <>
                <th scope="col">{t("console.time")}</th>
                <th scope="col">{t("console.event")}</th>
                <th scope="col">{t("console.user")}</th>
                <th scope="col" class="only-wide">
                  {t("console.address")}
                </th>
              </>
            }
          >
            {entries.map((one) => (
              <Row key={one.seq} entry={one} />
            ))}
          </Table>
        </Loaded>
        {more.error && <Notice kind="bad">{more.error}</Notice>}
        <div class="pager">
          <p role="status">{entries.length > 0 && t("console.entriesShown", { count: formatNumber(entries.length) })}</p>
          {next !== null && (
            <Button kind="plain" class="small" busy={more.busy} onClick={load}>
              {t("console.older")}
            </Button>
          )}
        </div>
      </Section>
    </>
  );
}

const clock = new Intl.DateTimeFormat(server.site.language, { dateStyle: "short", timeStyle: "medium" });

function Row({ entry }: { entry: Entry }) {
  const data = entry.eventData;
  return (
    <tr>
      <td class="time">{clock.format(new Date(entry.createdAt))}</td>
      <td>
        <div class="who">
          <span class="mono event">{entry.eventType}</span>
          {entry.method && <span class="soft">{entry.method}</span>}
          {data && data !== "{}" && <span class="data mono">{data}</span>}
        </div>
      </td>
      <td>
        <div class="who">
          {entry.userId ? <UserLink id={entry.userId} /> : <span class="soft">–</span>}
          {entry.actorId && (
            <span class="soft">
              {t("console.by")} <UserLink id={entry.actorId} />
            </span>
          )}
        </div>
      </td>
      <td class="only-wide break">{entry.ipAddress ?? "–"}</td>
    </tr>
  );
}

/** A link to a user, of whom the log knows the ID only; a long one is cut. */
function UserLink({ id }: { id: string }) {
  return (
    <a class="mono id" href={page(`/console/users/${encodeURIComponent(id)}`)} title={id}>
      {id.length > 14 ? `${id.slice(0, 12)}…` : id}
    </a>
  );
}

function Verify() {
  const { busy, error, run } = useCall();
  const [result, setResult] = useState<{ ok: boolean; entries: number; problem: string }>();
  const verify = async () => {
    setResult(undefined);
    const answer = await run(() => get<{ ok: boolean; entries: number; problem: string }>("/console/audit/verify"));
    if (answer) setResult(answer);
  };
  return (
    <Section
      title={t("console.chain")}
      intro={t("console.chainText")}
      action={
        <Button kind="plain" busy={busy} onClick={verify}>
          {t("console.verify")}
        </Button>
      }
    >
      {error && <Notice kind="bad">{error}</Notice>}
      {result && (result.ok ? <Notice kind="good">{t("console.intact", { count: formatNumber(result.entries) })}</Notice> : <Notice kind="bad">{t("console.broken", { problem: result.problem })}</Notice>)}
    </Section>
  );
}
