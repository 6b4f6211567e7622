import { useState } from "preact/hooks";
import { Button, Notice, Section, useCall } from "../kit";
import { has, server } from "../server";
import { t } from "../texts";
import { get } from "./api";
import type { Entry } from "./api";
import { Loaded, Search, Table, To, formatNumber } from "./parts";
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
          <Search label={t("console.event")} value={event} onSearch={(text) => set({ event: text })} />
          <Search key={userId} label={t("console.userId")} value={userId} onSearch={(text) => set({ user: text })} />
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
      <td>{clock.format(new Date(entry.createdAt))}</td>
      <td>
        <div class="who">
          <span class="mono">{entry.eventType}</span>
          {entry.method && <span class="soft">{entry.method}</span>}
          {data && data !== "{}" && <span class="data mono">{data}</span>}
        </div>
      </td>
      <td>
        <div class="who">
          {entry.userId ? <To path={`/console/users/${encodeURIComponent(entry.userId)}`}>{entry.userId}</To> : <span class="soft">–</span>}
          {entry.actorId && (
            <span class="soft">
              {t("console.by")} <To path={`/console/users/${encodeURIComponent(entry.actorId)}`}>{entry.actorId}</To>
            </span>
          )}
        </div>
      </td>
      <td class="only-wide break">{entry.ipAddress ?? "–"}</td>
    </tr>
  );
}

function Verify() {
  const { busy, error, run } = useCall();
  const [result, setResult] = useState<{ ok: boolean; entries: number; problem?: string }>();
  const verify = async () => {
    setResult(undefined);
    const answer = await run(() => get<{ ok: boolean; entries: number; problem?: string }>("/console/audit/verify"));
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
      {result && (result.ok ? <Notice kind="good">{t("console.intact", { count: formatNumber(result.entries) })}</Notice> : <Notice kind="bad">{t("console.broken", { problem: result.problem ?? "" })}</Notice>)}
    </Section>
  );
}
