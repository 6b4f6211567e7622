// /account/api-keys: keys for programs. A new one is shown once.
import { useState } from "preact/hooks";
import { Badge, Button, Confirm, Copy, Empty, Field, Form, Section } from "../kit";
import { server } from "../server";
import { failureText, formatDate, t } from "../texts";
import { auth } from "./client";
import { Frame } from "./frame";
import { Small } from "./parts";
import { Outcome, useList, useRegion, useTask, Waiting } from "./state";

interface APIKey {
  id: string;
  configId?: string;
  name: string | null;
  start: string | null;
  prefix: string | null;
  enabled: boolean;
  createdAt: Date;
  expiresAt: Date | null;
  lastRequest: Date | null;
}
interface Page {
  apiKeys: APIKey[];
  total: number;
}

const rules = server.features.account.apiKeys ?? { nameNeeded: false, nameLength: 32, lifetimes: [0], defaultDays: 0 };
const pageSize = 100;

export function KeysPage() {
  const task = useTask();
  const region = useRegion();
  const [limit, setLimit] = useState(pageSize);
  const list = useList<Page>(() => auth.apiKey.list({ query: { limit, sortBy: "createdAt", sortDirection: "desc" } }) as never, [limit]);
  const [fresh, setFresh] = useState<{ key: string; name: string }>();
  const [removing, setRemoving] = useState<APIKey>();
  const [count, setCount] = useState(0); // of the keys that were created here: each begins an empty form
  const nameOf = (one?: APIKey) => one?.name || one?.start || t("account.keyNameless");

  async function create(fields: Record<string, string>) {
    const name = fields.name.trim();
    const days = Number(fields.days);
    const input = { ...(name && { name }), ...(days > 0 && { expiresIn: days * 86_400 }) };
    const answer = await task.run("create", () => auth.apiKey.create(input) as never, "", list.reload);
    if (!answer) return;
    const { key } = answer as { key: string };
    setFresh({ key, name });
    setCount(count + 1);
  }
  const flip = (one: APIKey) => task.run(one.id, () => auth.apiKey.update({ keyId: one.id, configId: one.configId, enabled: !one.enabled }) as never, t(one.enabled ? "account.keyOffDone" : "account.keyOnDone", { name: nameOf(one) }), list.reload);
  async function remove() {
    if (!removing) return;
    if (!(await task.run("remove", () => auth.apiKey.delete({ keyId: removing.id, configId: removing.configId }), t("account.keyDeleted", { name: nameOf(removing) }), list.reload))) return;
    setRemoving(undefined);
    region.focus();
  }

  return (
    <Frame title={t("account.keys")} current="/account/api-keys">
      <Section title={t("account.keyNew")} intro={t("account.keysText")}>
        {!removing && <Outcome task={task} />}
        {fresh && <NewKey value={fresh.key} onClose={() => (setFresh(undefined), region.focus())} />}
        <Form key={count} class="inline" onSend={create}>
          <Field label={t("account.keyName")} name="name" maxLength={rules.nameLength} required={rules.nameNeeded} autocomplete="off" placeholder={t("account.keyNameExample")} />
          <Lifetime />
          <Button type="submit" busy={task.busy === "create"}>
            {t("account.keyCreate")}
          </Button>
        </Form>
      </Section>
      <Section title={t("account.keys")}>
        <div ref={region.ref} tabIndex={-1}>
          {!list.data ? (
            <Waiting failure={list.failure} />
          ) : list.data.apiKeys.length === 0 ? (
            <Empty>{t("account.keysNone")}</Empty>
          ) : (
            <>
              <ul class="list" aria-label={t("account.keys")}>
                {list.data.apiKeys.map((one) => (
                  <KeyRow key={one.id} row={one} name={nameOf(one)} busy={task.busy === one.id} onFlip={() => flip(one)} onRemove={() => (task.clear(), setRemoving(one))} />
                ))}
              </ul>
              {list.data.total > list.data.apiKeys.length && <Small onClick={() => setLimit(limit + pageSize)}>{t("account.more", { count: list.data.total - list.data.apiKeys.length })}</Small>}
            </>
          )}
        </div>
      </Section>
      <Confirm
        title={t("account.keyDelete", { name: nameOf(removing) })}
        text={t("account.keyDeleteText")}
        action={t("account.keyDeleteAction")}
        open={removing !== undefined}
        busy={task.busy === "remove"}
        error={task.failure && failureText(task.failure)}
        onConfirm={remove}
        onClose={() => setRemoving(undefined)}
      />
    </Frame>
  );
}

function Lifetime() {
  if (rules.lifetimes.length < 2) return null;
  const name = (days: number) => (days > 0 ? t("account.days", { count: days }) : rules.defaultDays > 0 ? t("account.daysDefault", { count: rules.defaultDays }) : t("account.noEnd"));
  return (
    <div class="field">
      <div class="label">
        <label for="lifetime">{t("account.keyLifetime")}</label>
      </div>
      <select id="lifetime" name="days">
        {[...rules.lifetimes.filter((days) => days > 0), 0].map((days) => (
          <option key={days} value={days} selected={days === 90 || rules.lifetimes.length < 4}>
            {name(days)}
          </option>
        ))}
      </select>
    </div>
  );
}

function NewKey({ value, onClose }: { value: string; onClose: () => void }) {
  return (
    <section class="once" aria-label={t("account.keyFresh")}>
      <p>
        <strong>{t("account.keyFreshText")}</strong>
      </p>
      <p class="mono break" data-api-key>
        {value}
      </p>
      <div class="row">
        <Copy text={value} label={t("account.keyCopy")} />
        <Small onClick={onClose}>{t("account.keyKept")}</Small>
      </div>
    </section>
  );
}

function KeyRow({ row, name, busy, onFlip, onRemove }: { row: APIKey; name: string; busy: boolean; onFlip: () => void; onRemove: () => void }) {
  const isOver = row.expiresAt !== null && new Date(row.expiresAt).getTime() < Date.now();
  const facts = [
    row.start && `${row.start}…`,
    row.expiresAt ? t(isOver ? "account.keyEnded" : "account.keyUntil", { date: formatDate(row.expiresAt) }) : t("account.noEnd"),
    row.lastRequest ? t("account.lastUsed", { date: formatDate(row.lastRequest) }) : t("account.notUsed"),
  ];
  return (
    <li>
      <div class="grow">
        <p class="name break">
          {name} {!row.enabled && <Badge kind="warning">{t("account.keyOff")}</Badge>} {isOver && <Badge kind="bad">{t("account.keyOver")}</Badge>}
        </p>
        <p class="note break">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      <Small busy={busy} aria-label={t(row.enabled ? "account.keyTurnOff" : "account.keyTurnOn", { name })} onClick={onFlip}>
        {row.enabled ? t("account.turnOff") : t("account.turnOn")}
      </Small>
      <Small kind="danger" aria-label={t("account.keyDelete", { name })} onClick={onRemove}>
        {t("account.keyDeleteAction")}
      </Small>
    </li>
  );
}
