"use client";

import type { Passkey } from "@better-auth/passkey/client";
import { useState, type FormEvent } from "react";
import { Button, Field, KeyIcon } from "./ui";

/** A passkey. The server's option trackLastUse adds its last use. */
export type Row = Passkey & { lastUsedAt?: string | Date | null };

type Props = { row: Row; busy: boolean; onRename: (name: string) => Promise<boolean>; onRemove: () => Promise<boolean> };

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

export function PasskeyRow({ row, busy, onRename, onRemove }: Props) {
  const [state, setState] = useState<"shown" | "renaming" | "removing">("shown");
  const name = row.name || "Passkey";

  async function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get("passkeyName")).trim();
    if (wanted === "" || wanted === row.name || (await onRename(wanted))) setState("shown");
  }

  if (state === "renaming")
    return (
      <li className="py-4 first:pt-0 last:pb-0">
        <form method="post" onSubmit={rename} className="flex flex-wrap items-end gap-2">
          <div className="min-w-48 flex-1">
            <Field name="passkeyName" label="Name of the passkey" defaultValue={row.name ?? ""} maxLength={60} autoFocus />
          </div>
          <div className="flex gap-2">
            <Button type="submit" busy={busy}>
              Save name
            </Button>
            <Button kind="plain" type="button" onClick={() => setState("shown")}>
              Cancel
            </Button>
          </div>
        </form>
      </li>
    );
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-4 first:pt-0 last:pb-0">
      <div className="flex min-w-0 items-center gap-3.5">
        <span className="grid size-10 shrink-0 place-items-center rounded-full bg-accent-soft text-accent">
          <KeyIcon />
        </span>
        <div className="min-w-0">
          <p className="font-medium break-words">{name}</p>
          <p className="mt-0.5 text-sm text-muted">
            {state === "removing" ? (
              <span role="status">It will no longer sign you in.</span>
            ) : (
              <>
                Added {day.format(new Date(row.createdAt))} · {row.lastUsedAt ? `Last used ${moment.format(new Date(row.lastUsedAt))}` : "Not used yet"}
              </>
            )}
          </p>
        </div>
      </div>
      {state === "removing" ? (
        <div className="flex w-full gap-2 pl-[3.375rem] sm:w-auto sm:pl-0">
          <Button kind="danger" small busy={busy} onClick={async () => (await onRemove()) || setState("shown")}>
            Remove passkey
          </Button>
          <Button kind="plain" small autoFocus onClick={() => setState("shown")}>
            Keep it
          </Button>
        </div>
      ) : (
        <div className="flex w-full gap-2 pl-[3.375rem] sm:w-auto sm:pl-0">
          <Button kind="plain" small onClick={() => setState("renaming")} aria-label={`Rename ${name}`}>
            Rename
          </Button>
          <Button kind="danger" small onClick={() => setState("removing")} aria-label={`Remove ${name}`}>
            Remove
          </Button>
        </div>
      )}
    </li>
  );
}
