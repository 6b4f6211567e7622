"use client";

import type { Passkey } from "@better-auth/passkey/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { authClient } from "@/lib/auth-client";
import { browserName } from "@/lib/browser-name";
import { PasskeyRow, type Row } from "./passkey-row";
import { Alert, Button, Done, Skeleton } from "./ui";

type Failure = { code?: string; message?: string };

const known: Record<string, string> = {
  SESSION_NOT_FRESH: "You signed in a while ago. Sign in again to add a passkey.",
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: "This device already has a passkey for your account.",
  PREVIOUSLY_REGISTERED: "This device already has a passkey for your account.",
  ERROR_CEREMONY_ABORTED: "No passkey was added.",
  REGISTRATION_CANCELLED: "No passkey was added.",
};
const explain = ({ code = "", message }: Failure) => known[code] ?? message ?? "That did not work. Try again in a moment.";

/** The user's passkeys: they can be added, renamed and removed. */
export function PasskeyList() {
  const region = useRef<HTMLDivElement>(null);
  const [rows, setRows] = useState<Row[]>();
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState("");
  const [busy, setBusy] = useState("");

  const load = useCallback(async () => {
    const { data, error } = await authClient.passkey.listUserPasskeys();
    if (error) setProblem(explain(error));
    else setRows((data as Passkey[]).sort((a, b) => +new Date(a.createdAt) - +new Date(b.createdAt)));
  }, []);
  useEffect(() => void load(), [load]);

  async function attempt(name: string, call: () => Promise<{ error: Failure | null }>, said: string) {
    setProblem("");
    setDone("");
    setBusy(name);
    const { error } = await call();
    if (error) setProblem(explain(error));
    else {
      await load();
      setDone(said);
    }
    setBusy("");
    // What had the focus may be gone.
    if (name !== "add") region.current?.focus();
    return !error;
  }

  const add = () => attempt("add", () => authClient.passkey.addPasskey({ name: browserName(navigator.userAgent) }), "Your passkey is ready. Use it the next time you sign in.");

  if (!rows) return problem ? <Alert>{problem}</Alert> : <Skeleton rows={1} label="Loading passkeys" />;
  return (
    <div ref={region} tabIndex={-1} className="space-y-5 outline-none">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      {rows.length > 0 && (
        <ul className="divide-y divide-line" aria-label="Passkeys">
          {rows.map((row) => (
            <PasskeyRow
              key={row.id}
              row={row}
              busy={busy === row.id}
              onRename={(name) => attempt(row.id, () => authClient.passkey.updatePasskey({ id: row.id, name }), `The passkey is now called “${name}”.`)}
              onRemove={() => attempt(row.id, () => authClient.passkey.deletePasskey({ id: row.id }), "The passkey is removed. Delete it on your device too.")}
            />
          ))}
        </ul>
      )}
      <Button kind="plain" small busy={busy === "add"} onClick={add}>
        {rows.length === 0 ? "Add a passkey" : "Add another passkey"}
      </Button>
    </div>
  );
}
