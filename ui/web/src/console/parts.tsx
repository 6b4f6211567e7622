// Parts that several pages of the console share.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Button, Confirm, Empty, Notice, useCall } from "../kit";
import { page, server } from "../server";
import { formatAgo, formatDate, t } from "../texts";
import type { Key } from "../texts";
import type { Answer } from "./api";
import { useLater } from "./state";

export const rowsPerPage = 25;

/** Returns the text of a key that may be missing, else another text. */
export function optional(key: string, otherwise: string): string {
  return server.texts[key] ? t(key as Key) : otherwise;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(server.site.language).format(value);
}

export function formatDay(value: string | number | Date): string {
  return new Intl.DateTimeFormat(server.site.language, { dateStyle: "medium" }).format(new Date(value));
}

/** Returns a duration in its two largest units, such as "3 days, 4 hours". */
export function formatDuration(seconds: number): string {
  const sizes: [string, number][] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const parts: string[] = [];
  let rest = Math.max(0, Math.floor(seconds));
  for (const [unit, size] of sizes) {
    const count = Math.floor(rest / size);
    if (count === 0 || parts.length === 2) continue;
    parts.push(new Intl.NumberFormat(server.site.language, { style: "unit", unit, unitDisplay: "long" }).format(count));
    rest -= count * size;
  }
  return parts.join(", ") || new Intl.NumberFormat(server.site.language, { style: "unit", unit: "second", unitDisplay: "long" }).format(0);
}

/** A time as a distance from now; the whole date is its title. */
export function Ago({ at }: { at?: string | number | Date | null }) {
  if (!at) return <span class="soft">–</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDate(at)}>
      {formatAgo(at)}
    </time>
  );
}

/** A link to a page of the console. */
export function To({ path, class: name, children }: { path: string; class?: string; children: ComponentChildren }) {
  return (
    <a class={name} href={page(path)}>
      {children}
    </a>
  );
}

/** A table that scrolls within its frame when it is too wide. */
export function Table({ label, head, children }: { label: string; head: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="table" role="group" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>{head}</tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** A column heading that sorts by its field. */
function SortHead({ label, field, sort, onSort, class: name }: { label: string; field: string; sort: string; onSort: (sort: string) => void; class?: string }) {
  const down = sort === `-${field}`;
  const up = sort === field;
  return (
    <th scope="col" class={name} aria-sort={down ? "descending" : up ? "ascending" : undefined}>
      <button type="button" class="sort" onClick={() => onSort(up ? `-${field}` : field)}>
        {label}
        <span aria-hidden="true">{down ? "↓" : up ? "↑" : ""}</span>
      </button>
    </th>
  );
}

/** What of a list is shown, read aloud when it changes, and the way to the next page. A button that leads nowhere keeps the focus. */
function Pager({ current, total, onPage, size = rowsPerPage }: { current: number; total: number; onPage: (page: number) => void; size?: number }) {
  const last = Math.max(1, Math.ceil(total / size));
  const from = (current - 1) * size + 1;
  return (
    <nav class="pager" aria-label={t("console.pages")}>
      <p role="status">
        {total > 0 && from <= total && t("console.shown", { from: formatNumber(from), to: formatNumber(Math.min(total, current * size)), total: formatNumber(total) })}
      </p>
      {(last > 1 || current > 1) && (
        <div class="row">
          <Button kind="plain" class="small" aria-disabled={current <= 1} onClick={() => current > 1 && onPage(Math.min(current - 1, last))}>
            {t("console.previous")}
          </Button>
          <span class="soft">{t("console.pageOf", { page: formatNumber(current), last: formatNumber(last) })}</span>
          <Button kind="plain" class="small" aria-disabled={current >= last} onClick={() => current < last && onPage(current + 1)}>
            {t("console.next")}
          </Button>
        </div>
      )}
    </nav>
  );
}

export interface Column<T> {
  title: string;
  hidden?: boolean; // the title is only read aloud
  sort?: string; // the field by which the heading sorts
  class?: string;
  cell: (row: T) => ComponentChildren;
}

interface ListingProps<T> {
  label: string;
  data?: { error: string; loading: boolean }; // of useData; left out for rows that are there
  rows: T[];
  columns: (Column<T> | false)[];
  empty: string;
  sort?: string;
  onSort?: (sort: string) => void;
  pager?: { current: number; total: number; onPage: (page: number) => void };
}

/** Returns the classes of a cell that its heading has too. */
const place = (name: string) => name.split(" ").filter((one) => one === "only-wide" || one === "right").join(" ") || undefined;

/** A table of rows, or what stands in its place, and the way to the next page. */
export function Listing<T>({ label, data, rows, columns, empty, sort = "", onSort = () => {}, pager }: ListingProps<T>) {
  const shown = columns.filter((one) => one !== false);
  const head = shown.map(({ title, hidden, sort: field, class: name = "" }) =>
    field ? (
      <SortHead key={title} label={title} field={field} sort={sort} onSort={onSort} class={place(name)} />
    ) : (
      <th key={title} scope="col" class={place(name)}>
        {hidden ? <span class="hidden">{title}</span> : title}
      </th>
    ),
  );
  return (
    <>
      <Loaded error={data?.error ?? ""} loading={data?.loading ?? false} empty={rows.length === 0} emptyText={empty}>
        <Table label={label} head={head}>
          {rows.map((row, i) => (
            <tr key={(row as { id?: string }).id ?? i}>
              {shown.map((one) => (
                <td key={one.title} class={one.class}>
                  {one.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </Loaded>
      {pager && !data?.error && <Pager {...pager} />}
    </>
  );
}

/** An action at the end of a page: what it does, and its button. */
export function Choice({ title, text, children }: { title: string; text: string; children: ComponentChildren }) {
  return (
    <div class="choice">
      <div>
        <h3>{title}</h3>
        <p class="soft">{text}</p>
      </div>
      <div>{children}</div>
    </div>
  );
}

/** A search field that reports what was typed after a short pause. */
export function Search({ label, value, onSearch }: { label: string; value: string; onSearch: (text: string) => void }) {
  const id = useId();
  const later = useLater(onSearch);
  return (
    <div class="field grow">
      <label for={id}>{label}</label>
      <input id={id} type="search" defaultValue={value} autocomplete="off" spellcheck={false} maxLength={200} onInput={(event) => later(event.currentTarget.value.trim())} />
    </div>
  );
}

/** A field for several values, one on each line. */
export function Lines({ label, name, values = [], hint }: { label: string; name: string; values?: string[]; hint?: string }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea id={id} name={name} class="mono" rows={Math.max(3, values.length + 1)} defaultValue={values.join("\n")} spellcheck={false} autocapitalize="off" aria-describedby={hint && `${id}-note`} />
      {hint && (
        <p id={`${id}-note`} class="note">
          {hint}
        </p>
      )}
    </div>
  );
}

/** Returns the values of a field of lines. */
export function linesOf(text: string): string[] {
  return text.split("\n").map((one) => one.trim()).filter(Boolean);
}

/** A box to check. */
export function Check({ label, name, checked, disabled }: { label: ComponentChildren; name: string; checked?: boolean; disabled?: boolean }) {
  return (
    <label class="check">
      <input type="checkbox" name={name} value="yes" defaultChecked={checked} disabled={disabled} />
      {label}
    </label>
  );
}

export function Select({ label, value, options, onChange, name }: { label: string; value?: string; options: [value: string, text: string][]; onChange?: (value: string) => void; name?: string }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} value={value} onChange={(event) => onChange?.(event.currentTarget.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What stands in place of data: the error, the wait, or that there is nothing. */
export function Loaded({ error, loading, empty, emptyText, children }: { error: string; loading: boolean; empty: boolean; emptyText: string; children: ComponentChildren }) {
  if (error) return <Notice kind="bad">{error}</Notice>;
  if (empty && loading)
    return (
      <p class="empty" role="status">
        {t("common.loading")}
      </p>
    );
  if (empty) return <Empty>{emptyText}</Empty>;
  return <div class={loading ? "stale" : undefined}>{children}</div>;
}

/** An action that is asked for once before it runs. */
export interface Question {
  title: string;
  text: ComponentChildren;
  action: string;
  run: () => Promise<Answer<unknown>>;
  done: string; // what is read aloud afterwards
}

/** Asks questions, one at a time, and tells what came of them. */
export function useQuestion(after: () => void) {
  const [question, ask] = useState<Question>();
  const [done, setDone] = useState("");
  const { busy, error, run, setError } = useCall();
  const close = () => {
    ask(undefined);
    setError("");
  };
  const confirm = async () => {
    if (!question) return;
    let worked = false;
    await run(async () => {
      const answer = await question.run();
      worked = !answer.error;
      return answer;
    });
    if (!worked) return;
    setDone(question.done);
    close();
    after();
  };
  const dialog = (
    <>
      <Notice kind="good">{done}</Notice>
      <Confirm title={question?.title ?? ""} text={question?.text} action={question?.action ?? ""} open={Boolean(question)} busy={busy} error={error} onConfirm={confirm} onClose={close} />
    </>
  );
  return {
    dialog,
    tell: setDone,
    ask: (next: Question) => {
      setDone("");
      setError("");
      ask(next);
    },
  };
}
