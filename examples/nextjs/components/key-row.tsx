"use client";

import { useState } from "react";
import { Badge, Button, KeyIcon } from "./ui";

export type ApiKey = { id: string; name: string | null; start: string | null; enabled: boolean; createdAt: Date; expiresAt: Date | null; lastRequest: Date | null };

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

function facts(key: ApiKey) {
  const ends = key.expiresAt ? `until ${day.format(new Date(key.expiresAt))}` : "no end";
  return `${key.start ?? ""}… · ${ends} · ${key.lastRequest ? `last used ${day.format(new Date(key.lastRequest))}` : "not used yet"}`;
}

type Props = { row: ApiKey; busy: boolean; onSwitch: () => void; onRemove: () => Promise<boolean> };

export function KeyRow({ row, busy, onSwitch, onRemove }: Props) {
  const [removing, setRemoving] = useState(false);
  const name = row.name ?? "Key";
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-4 first:pt-0 last:pb-0">
      <div className="flex min-w-0 items-center gap-3.5">
        <span className="grid size-10 shrink-0 place-items-center rounded-full bg-accent-soft text-accent">
          <KeyIcon />
        </span>
        <div className="min-w-0">
          <p className="font-medium break-words">
            {name}
            {!row.enabled && (
              <span className="ml-2">
                <Badge on={false}>Off</Badge>
              </span>
            )}
          </p>
          <p className="mt-0.5 text-sm break-words text-muted">{removing ? <span role="status">Programs that use it will be refused.</span> : facts(row)}</p>
        </div>
      </div>
      {removing ? (
        <div className="flex gap-2">
          <Button kind="danger" small busy={busy} onClick={async () => (await onRemove()) || setRemoving(false)}>
            Delete key
          </Button>
          <Button kind="plain" small autoFocus onClick={() => setRemoving(false)}>
            Keep it
          </Button>
        </div>
      ) : (
        <div className="flex gap-2">
          <Button kind="plain" small busy={busy} onClick={onSwitch} aria-label={`Switch ${row.enabled ? "off" : "on"} ${name}`}>
            {row.enabled ? "Switch off" : "Switch on"}
          </Button>
          <Button kind="danger" small onClick={() => setRemoving(true)} aria-label={`Delete ${name}`}>
            Delete
          </Button>
        </div>
      )}
    </li>
  );
}
