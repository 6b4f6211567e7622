"use client";

import type { Passkey } from "@better-auth/passkey/client";
import { useCallback, useEffect, useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { browserName } from "@/lib/browser-name";
import { Alert, Button, Done, Field, Skeleton } from "./ui";

type Row = Passkey & { lastUsed?: string | Date | null };
type Failure = { code?: string; message?: string };

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const known: Record<string, string> = {
  SESSION_NOT_FRESH: "You signed in a while ago. Sign in again to add a passkey.",
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: "This device already has a passkey for your account.",
  PREVIOUSLY_REGISTERED: "This device already has a passkey for your account.",
  REGISTRATION_CANCELLED: "Nothing was added: the passkey was cancelled.",
};
const explain = ({ code = "", message }: Failure) => known[code] ?? message ?? "That did not work. Try again in a moment.";

/** The user's passkeys: they can be added, renamed and removed. */
export function PasskeyList() {
  const [rows, setRows] = useState<Row[]>();
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState("");
  const [busy, setBusy] = useState("");
  const [renaming, setRenaming] = useState("");

  const load = useCallback(async () => {
    const { data, error } = await authClient.passkey.listUserPasskeys();
    if (error) setProblem(explain(error));
    else setRows(data as Row[]);
  }, []);
  useEffect(() => void load(), [load]);

  async function attempt(name: string, call: () => Promise<{ error: Failure | null }>, said: string) {
    setProblem("");
    setDone("");
    setBusy(name);
    const { error } = await call();
    if (error) setProblem(explain(error));
    else {
      setDone(said);
      await load();
    }
    setBusy("");
    setRenaming("");
  }

  const add = () => attempt("add", () => authClient.passkey.addPasskey({ name: browserName(navigator.userAgent) }), "Your new passkey is ready.");

  function rename(event: FormEvent<HTMLFormElement>, id: string) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    if (name !== "") void attempt(id, () => authClient.passkey.updatePasskey({ id, name }), "The passkey has its new name.");
  }

  if (!rows) return problem ? <Alert>{problem}</Alert> : <Skeleton rows={1} label="Loading passkeys" />;
  return (
    <div className="space-y-4">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      {rows.length === 0 && <p className="text-sm text-muted">You have no passkeys yet.</p>}
      {rows.length > 0 && (
        <ul className="divide-y divide-line" aria-label="Passkeys">
          {rows.map((row) => (
            <li key={row.id} className="py-3 first:pt-0">
              {renaming === row.id ? (
                <form method="post" onSubmit={(event) => rename(event, row.id)} className="space-y-3">
                  <Field name="name" label="Name of the passkey" defaultValue={row.name ?? ""} autoFocus />
                  <div className="flex gap-2">
                    <Button type="submit" small busy={busy === row.id}>
                      Save name
                    </Button>
                    <Button kind="plain" small onClick={() => setRenaming("")}>
                      Cancel
                    </Button>
                  </div>
                </form>
              ) : (
                <div className="flex flex-wrap items-center justify-between gap-3">
                  <div>
                    <p className="font-medium">{row.name || "Passkey"}</p>
                    <p className="mt-0.5 text-sm text-muted">
                      Added {day.format(new Date(row.createdAt))}
                      {" · "}
                      {row.lastUsed ? `last used ${day.format(new Date(row.lastUsed))}` : "not used yet"}
                      {row.backedUp && " · synced"}
                    </p>
                  </div>
                  <div className="flex gap-2">
                    <Button kind="plain" small onClick={() => setRenaming(row.id)} aria-label={`Rename ${row.name || "passkey"}`}>
                      Rename
                    </Button>
                    <Button
                      kind="danger"
                      small
                      busy={busy === row.id}
                      aria-label={`Remove ${row.name || "passkey"}`}
                      onClick={() => attempt(row.id, () => authClient.passkey.deletePasskey({ id: row.id }), "The passkey is removed.")}
                    >
                      Remove
                    </Button>
                  </div>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      <Button kind="plain" small busy={busy === "add"} onClick={add}>
        Add a passkey
      </Button>
    </div>
  );
}
