"use client";

import { useCallback, useEffect, useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { useAction } from "@/lib/use-action";
import { KeyRow, type ApiKey } from "./key-row";
import { Alert, Button, Done, Field, Skeleton } from "./ui";

const lifetimes = [
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "One year"],
  ["", "No end"],
];

/** The user's API keys. A new key is shown once. */
export function KeyList() {
  const { busy, problem, done, run, region, focus, setProblem, explain } = useAction();
  const [keys, setKeys] = useState<ApiKey[]>();
  const [fresh, setFresh] = useState("");
  const [copied, setCopied] = useState(false);
  const [wrong, setWrong] = useState("");

  const load = useCallback(async () => {
    const { data, error } = await authClient.apiKey.list();
    if (error) setProblem(explain(error));
    else setKeys(data.apiKeys);
  }, [setProblem, explain]);
  useEffect(() => void load(), [load]);

  async function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const name = String(fields.get("keyName")).trim();
    const days = Number(fields.get("lifetime"));
    setWrong(name ? "" : "Give the key a name, so that you know it again.");
    if (!name) return;
    setCopied(false);
    const call = async () => {
      const answer = await authClient.apiKey.create({ name, ...(days > 0 && { expiresIn: days * 86_400 }) });
      if (answer.data) setFresh(answer.data.key);
      return answer;
    };
    if (await run("create", call, "", load)) form.reset();
  }
  async function copy() {
    await navigator.clipboard.writeText(fresh);
    setCopied(true);
  }

  if (!keys) return problem ? <Alert>{problem}</Alert> : <Skeleton rows={2} label="Loading API keys" />;
  return (
    <div ref={region} tabIndex={-1} className="space-y-5 outline-none">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      {fresh && (
        <section aria-label="New API key" className="space-y-3 rounded-xl bg-accent-soft p-4">
          <p className="text-sm font-medium text-accent">Copy the key now. It is not shown again.</p>
          <p className="font-mono text-sm break-all" data-api-key>
            {fresh}
          </p>
          <div className="flex flex-wrap gap-2">
            <Button kind="plain" small onClick={copy}>
              {copied ? "Copied" : "Copy key"}
            </Button>
            <Button kind="plain" small onClick={() => setFresh("")}>
              I have it
            </Button>
          </div>
        </section>
      )}
      {keys.length === 0 ? (
        <p className="text-sm text-muted">No keys yet.</p>
      ) : (
        <ul className="divide-y divide-line" aria-label="API keys">
          {keys.map((key) => (
            <KeyRow
              key={key.id}
              row={key}
              busy={busy === key.id}
              onSwitch={() => run(key.id, () => authClient.apiKey.update({ keyId: key.id, enabled: !key.enabled }), `“${key.name}” is switched ${key.enabled ? "off" : "on"}.`, load)}
              onRemove={async () => {
                const removed = await run(key.id, () => authClient.apiKey.delete({ keyId: key.id }), `“${key.name}” is deleted.`, load);
                focus();
                return removed;
              }}
            />
          ))}
        </ul>
      )}
      <form method="post" onSubmit={create} noValidate className="flex flex-wrap items-end gap-3">
        <div className="min-w-48 flex-1">
          <Field name="keyName" label="Name of a new key" maxLength={32} autoComplete="off" error={wrong || undefined} />
        </div>
        <select name="lifetime" aria-label="Lifetime" defaultValue="90" className="min-h-11 rounded-lg border border-control/60 bg-card px-2 text-sm hover:border-control">
          {lifetimes.map(([days, name]) => (
            <option key={days} value={days}>
              {name}
            </option>
          ))}
        </select>
        <Button type="submit" busy={busy === "create"}>
          Create key
        </Button>
      </form>
    </div>
  );
}
