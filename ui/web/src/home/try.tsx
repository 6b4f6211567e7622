// A form for one endpoint, from what the OpenAPI document says about it.
import { useId, useState } from "preact/hooks";
import { Button, Code, Field, Form, Notice } from "../kit";
import { server } from "../server";
import { t } from "../texts";
import { refreshSession } from "./data";
import type { Operation, Schema } from "./data";

type Input = { name: string; where: "path" | "query" | "body"; required: boolean; schema: Schema };

interface Answer {
  status: string;
  ok: boolean;
  time: number;
  body: string;
}

const kindOf = (schema: Schema) => [schema.type].flat().find((one) => one !== "null") ?? "object";

function inputsOf(operation: Operation): Input[] {
  const inputs: Input[] = (operation.parameters ?? [])
    .filter((one) => one.in === "path" || one.in === "query")
    .map((one) => ({ name: one.name, where: one.in as "path" | "query", required: one.in === "path", schema: { description: one.description, ...one.schema } }));
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  for (const [name, schema] of Object.entries(body?.properties ?? {})) inputs.push({ name, where: "body", required: body?.required?.includes(name) ?? false, schema });
  return inputs;
}

/** Returns the value of an input for JSON. Objects and lists are written as JSON. */
function valueOf(text: string, schema: Schema): unknown {
  switch (kindOf(schema)) {
    case "number":
    case "integer":
      return Number(text);
    case "boolean":
      return text === "true";
    case "object":
    case "array":
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
  }
  return text;
}

interface Built {
  url: string;
  body?: string;
}

function build(method: string, path: string, inputs: Input[], fields: Record<string, string>): Built {
  const query = new URLSearchParams();
  const body: Record<string, unknown> = {};
  for (const { name, where, schema } of inputs) {
    const text = fields[`${where}.${name}`] ?? "";
    if (where === "path") path = path.replace(`{${name}}`, encodeURIComponent(text));
    else if (text !== "" && where === "query") query.set(name, text);
    else if (text !== "") body[name] = valueOf(text, schema);
  }
  const url = server.endpoints + path + (query.size > 0 ? `?${query}` : "");
  return method === "get" ? { url } : { url, body: JSON.stringify(body) };
}

async function send(method: string, { url, body }: Built): Promise<Answer> {
  const begin = performance.now();
  const answer = await fetch(url, { method: method.toUpperCase(), redirect: "manual", body, headers: body === undefined ? {} : { "content-type": "application/json" } });
  const time = Math.round(performance.now() - begin);
  if (answer.type === "opaqueredirect") return { status: t("home.api.redirect"), ok: true, time, body: "" };
  const text = await answer.text();
  let pretty = text;
  try {
    pretty = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // not JSON
  }
  return { status: `${answer.status} ${answer.statusText}`, ok: answer.ok, time, body: pretty };
}

export function Try({ method, path, operation }: { method: string; path: string; operation: Operation }) {
  const inputs = inputsOf(operation);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<Built>();
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState("");
  return (
    <div class="try">
      <Form
        onSend={async (fields) => {
          const built = build(method, path, inputs, fields);
          setBusy(true);
          setProblem("");
          setSent(built);
          try {
            setAnswer(await send(method, built));
          } catch {
            setAnswer(undefined);
            setProblem(t("error.unavailable"));
          }
          setBusy(false);
          if (method !== "get") refreshSession();
        }}
      >
        {inputs.map((input) => (
          <Entry key={input.where + input.name} {...input} />
        ))}
        <div>
          <Button type="submit" busy={busy}>
            {t("home.api.send")}
          </Button>
        </div>
      </Form>
      {problem && <Notice kind="bad">{problem}</Notice>}
      {answer && (
        <div role="status">
          <p>
            <strong class={answer.ok ? "good" : "bad"}>{answer.status}</strong> <span class="soft">{t("home.api.time", { ms: answer.time })}</span>
          </p>
        </div>
      )}
      {answer?.body && <Code text={answer.body} label={t("home.api.answer")} />}
      {sent && (
        <details>
          <summary>{t("home.api.code")}</summary>
          <Code text={line(method, sent)} label={t("home.api.code")} />
        </details>
      )}
    </div>
  );
}

/** Returns the same request as a line of JavaScript, without what was typed into fields of passwords. */
function line(method: string, { url, body }: Built): string {
  const hidden = body?.replace(/("(?:\w*[pP]assword|token)":)"(?:[^"\\]|\\.)*"/g, '$1"…"');
  const parts = [`method: "${method.toUpperCase()}"`, 'credentials: "include"'];
  if (hidden !== undefined) parts.push('headers: { "content-type": "application/json" }', `body: JSON.stringify(${hidden})`);
  return `await fetch("${location.origin}${url}", {\n  ${parts.join(",\n  ")},\n})`;
}

function Entry({ name, where, required, schema }: Input) {
  const id = useId();
  const kind = kindOf(schema);
  const label = required ? name : `${name} (${t("home.api.optional")})`;
  const field = `${where}.${name}`;
  const choices = kind === "boolean" ? ["true", "false"] : schema.enum?.map(String);
  const hint = schema.description && <span lang="en">{schema.description}</span>;
  if (!choices && kind !== "object" && kind !== "array")
    return <Field label={label} name={field} required={required} type={typeOf(name, kind)} step="any" autocomplete="off" hint={schema.description} />;
  return (
    <div class="field">
      <div class="label">
        <label for={id}>{label}</label>
      </div>
      {choices ? (
        <select id={id} name={field} required={required} aria-describedby={hint ? `${id}-note` : undefined}>
          <option value="" />
          {choices.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      ) : (
        <textarea id={id} name={field} required={required} rows={2} class="mono" placeholder="JSON" aria-describedby={hint ? `${id}-note` : undefined} />
      )}
      {hint && (
        <p id={`${id}-note`} class="note">
          {hint}
        </p>
      )}
    </div>
  );
}

function typeOf(name: string, kind: string): string {
  if (kind === "number" || kind === "integer") return "number";
  return /password$/i.test(name) ? "password" : "text";
}
