// The endpoints of this server, each with a form that sends a request.
import { useState } from "preact/hooks";
import { Empty, Field } from "../kit";
import { t } from "../texts";
import { usePart } from "./data";
import type { Operation } from "./data";
import { Hidden } from "./later";
import { Try } from "./try";

interface Row {
  method: string;
  path: string;
  operation: Operation;
}

export default function Api() {
  const part = usePart("api");
  const [text, setText] = useState("");
  if (part.state === "hidden") return <Hidden />;
  if (part.state === "loading") return <p class="soft">{t("common.loading")}</p>;
  const wanted = text.trim().toLowerCase();
  const groups = new Map<string, Row[]>();
  let found = 0;
  for (const [path, methods] of Object.entries(part.data.paths))
    for (const [method, operation] of Object.entries(methods)) {
      if (!`${method} ${path} ${operation.description ?? ""}`.toLowerCase().includes(wanted)) continue;
      const tag = operation.tags?.[0] ?? "Default";
      groups.set(tag, [...(groups.get(tag) ?? []), { method, path, operation }]);
      found++;
    }
  return (
    <>
      <div class="filter">
        <Field label={t("home.api.find")} name="find" type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </div>
      <p class="hidden" role="status">
        {t("home.api.found", { n: found })}
      </p>
      {found === 0 && <Empty>{t("home.api.none")}</Empty>}
      {[...groups].map(([tag, rows]) => (
        <section key={tag} class="section endpoints" aria-label={tag}>
          <h2>{tag === "Default" ? t("home.api.core") : tag}</h2>
          {rows.map((row) => (
            <Endpoint key={row.method + row.path} {...row} />
          ))}
        </section>
      ))}
    </>
  );
}

function Endpoint({ method, path, operation }: Row) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class={`method ${method}`}>{method.toUpperCase()}</span>
        <code class="break">{path}</code>
        <span class="soft" lang="en">
          {operation.description}
        </span>
      </summary>
      {open && <Try method={method} path={path} operation={operation} />}
    </details>
  );
}
