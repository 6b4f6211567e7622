"use client";

import { useCallback, useEffect, useState } from "react";
import { scopeText } from "@/lib/applications";
import { authClient } from "@/lib/auth-client";
import { useAction } from "@/lib/use-action";
import { Alert, Button, Done, Skeleton } from "../ui";
import { ApplicationLogo } from "./name";

type Row = { id: string; name: string; logo?: string; scopes: string[]; since: Date };

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

/** The applications that the user has allowed something. */
export function ConnectedList() {
  const { busy, problem, done, run, region, focus, setProblem, explain } = useAction();
  const [rows, setRows] = useState<Row[]>();

  const load = useCallback(async () => {
    const { data, error } = await authClient.oauth2.getConsents();
    if (error) return setProblem(explain(error));
    const named = data.map(async ({ id, clientId, scopes, createdAt }) => {
      const { data: client } = await authClient.oauth2.publicClient({ query: { client_id: clientId } });
      return { id, name: client?.client_name || clientId, logo: client?.logo_uri, scopes, since: new Date(createdAt) };
    });
    setRows(await Promise.all(named));
  }, [setProblem, explain]);
  useEffect(() => void load(), [load]);

  async function disconnect({ id, name }: Row) {
    await run(id, () => authClient.oauth2.deleteConsent({ id }), `${name} is disconnected.`, load);
    focus();
  }

  if (!rows) return problem ? <Alert>{problem}</Alert> : <Skeleton rows={1} label="Loading connected applications" />;
  return (
    <div ref={region} tabIndex={-1} className="space-y-5 outline-none">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      {rows.length === 0 ? (
        <p className="text-sm text-muted">No application is connected.</p>
      ) : (
        <ul className="divide-y divide-line" aria-label="Connected applications">
          {rows.map((row) => (
            <li key={row.id} className="flex flex-wrap items-center justify-between gap-3 py-4 first:pt-0 last:pb-0">
              <div className="flex min-w-0 items-center gap-3.5">
                <ApplicationLogo name={row.name} src={row.logo} />
                <div className="min-w-0">
                  <p className="font-medium break-words">{row.name}</p>
                  <p className="mt-0.5 text-sm break-words text-muted">
                    {row.scopes.map(scopeText).join(" · ")} · since {day.format(row.since)}
                  </p>
                </div>
              </div>
              <Button kind="danger" small busy={busy === row.id} onClick={() => disconnect(row)} aria-label={`Disconnect ${row.name}`}>
                Disconnect
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
