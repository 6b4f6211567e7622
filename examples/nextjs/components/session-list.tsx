"use client";

import { useCallback, useEffect, useState } from "react";
import { authClient } from "@/lib/auth-client";
import { browserName } from "@/lib/browser-name";
import { Alert, Badge, Button, Skeleton } from "./ui";

type Row = { id: string; token: string; createdAt: Date; userAgent?: string | null; ipAddress?: string | null };

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

function explain(error: { code?: string; message?: string }) {
  if (error.code === "SESSION_NOT_FRESH") return "You signed in a while ago. Sign in again to see this list.";
  return error.message ?? "The list cannot be had at the moment.";
}

export function SessionList({ currentId }: { currentId: string }) {
  const [rows, setRows] = useState<Row[]>();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState("");

  const load = useCallback(async () => {
    const { data, error } = await authClient.listSessions();
    setProblem(error ? explain(error) : "");
    if (data) setRows(data.sort((a, b) => Number(b.id === currentId) - Number(a.id === currentId) || +b.createdAt - +a.createdAt));
  }, [currentId]);

  useEffect(() => void load(), [load]);

  async function end(id: string, revoke: () => Promise<{ error: { message?: string } | null }>) {
    setBusy(id);
    const { error } = await revoke();
    if (error) setProblem(explain(error));
    else await load();
    setBusy("");
  }

  if (problem) return <Alert>{problem}</Alert>;
  if (!rows) return <Skeleton rows={2} label="Loading sessions" />;
  return (
    <>
      <ul className="divide-y divide-line" aria-label="Sessions">
        {rows.map((row) => (
          <li key={row.id} className="flex flex-wrap items-center justify-between gap-3 py-4 first:pt-0 last:pb-0">
            <div>
              <p className="font-medium">
                {browserName(row.userAgent)}
                {row.id === currentId && <span className="ml-2"><Badge>This browser</Badge></span>}
              </p>
              <p className="mt-0.5 text-sm text-muted">
                Since {moment.format(new Date(row.createdAt))}
                {row.ipAddress && ` · ${row.ipAddress}`}
              </p>
            </div>
            {row.id !== currentId && (
              <Button kind="danger" small busy={busy === row.id} onClick={() => end(row.id, () => authClient.revokeSession({ token: row.token }))}>
                End session
              </Button>
            )}
          </li>
        ))}
      </ul>
      {rows.length > 2 && (
        <div className="mt-5 border-t border-line pt-5">
          <Button kind="danger" small busy={busy === "all"} onClick={() => end("all", () => authClient.revokeOtherSessions())}>
            End all others
          </Button>
        </div>
      )}
    </>
  );
}
