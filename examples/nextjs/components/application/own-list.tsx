"use client";

import { useCallback, useEffect, useState, type FormEvent } from "react";
import { applicationErrors } from "@/lib/applications";
import { authClient } from "@/lib/auth-client";
import { useAction } from "@/lib/use-action";
import { Alert, Button, Done, Field, Skeleton } from "../ui";
import { ApplicationLogo, type Application } from "./name";

/** The applications that the user has registered. The secret of a new one is shown once. */
export function OwnList() {
  const { busy, problem, done, run, region, focus, setProblem, explain } = useAction(applicationErrors);
  const [rows, setRows] = useState<Application[]>();
  const [fresh, setFresh] = useState<{ client_id: string; client_secret?: string }>();
  const [wrong, setWrong] = useState<{ name?: string; address?: string }>({});
  const [removing, setRemoving] = useState("");

  const load = useCallback(async () => {
    const { data, error } = await authClient.oauth2.getClients();
    if (error) setProblem(explain(error));
    else setRows(data ?? []);
  }, [setProblem, explain]);
  useEffect(() => void load(), [load]);

  async function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const [name, address] = ["applicationName", "redirectAddress"].map((field) => String(fields.get(field)).trim());
    const found = {
      ...(!name && { name: "Give it a name. People see it when they are asked." }),
      ...(!URL.canParse(address) && { address: "Enter the whole address, such as https://example.com/callback." }),
    };
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    const call = async () => {
      const answer = await authClient.oauth2.createClient({
        client_name: name,
        redirect_uris: [address],
        application_type: address.startsWith("https:") ? "web" : "native",
        token_endpoint_auth_method: fields.get("public") === "on" ? "none" : "client_secret_basic",
      });
      if (answer.data) setFresh(answer.data);
      return answer;
    };
    if (await run("create", call, "", load)) form.reset();
  }

  async function remove({ client_id, client_name }: Application) {
    await run(client_id, () => authClient.oauth2.deleteClient({ client_id }), `${client_name} is deleted.`, load);
    setRemoving("");
    focus();
  }

  if (!rows) return problem ? <Alert>{problem}</Alert> : <Skeleton rows={1} label="Loading your applications" />;
  return (
    <div ref={region} tabIndex={-1} className="space-y-5 outline-none">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      {fresh && (
        <section aria-label="New application" className="space-y-3 rounded-xl bg-accent-soft p-4 text-sm">
          <dl className="space-y-2">
            <dt className="font-medium">Client ID</dt>
            <dd className="font-mono break-all" data-client-id>
              {fresh.client_id}
            </dd>
            {fresh.client_secret && (
              <>
                <dt className="font-medium">Client secret. Copy it now: it is not shown again.</dt>
                <dd className="font-mono break-all" data-client-secret>
                  {fresh.client_secret}
                </dd>
              </>
            )}
          </dl>
          <Button kind="plain" small onClick={() => setFresh(undefined)}>
            I have it
          </Button>
        </section>
      )}
      {rows.length > 0 && (
        <ul className="divide-y divide-line" aria-label="Your applications">
          {rows.map((row) => (
            <li key={row.client_id} className="flex flex-wrap items-center justify-between gap-3 py-4 first:pt-0 last:pb-0">
              <div className="flex min-w-0 items-center gap-3.5">
                <ApplicationLogo name={row.client_name ?? ""} src={row.logo_uri} />
                <div className="min-w-0">
                  <p className="font-medium break-words">{row.client_name}</p>
                  <p className="mt-0.5 text-sm break-all text-muted">{removing === row.client_id ? <span role="status">Nobody will be able to sign in with it.</span> : row.client_id}</p>
                </div>
              </div>
              {removing === row.client_id ? (
                <div className="flex gap-2">
                  <Button kind="danger" small busy={busy === row.client_id} onClick={() => remove(row)}>
                    Delete application
                  </Button>
                  <Button kind="plain" small autoFocus onClick={() => setRemoving("")}>
                    Keep it
                  </Button>
                </div>
              ) : (
                <Button kind="danger" small onClick={() => setRemoving(row.client_id)} aria-label={`Delete ${row.client_name}`}>
                  Delete
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <form method="post" onSubmit={create} noValidate className="space-y-4">
        <Field name="applicationName" label="Name of a new application" maxLength={60} autoComplete="off" error={wrong.name} />
        <Field name="redirectAddress" label="Address to which people return" type="url" autoComplete="off" spellCheck={false} error={wrong.address} />
        <label className="flex min-h-11 items-center gap-3 text-sm">
          <input type="checkbox" name="public" className="size-5 accent-accent" />
          It runs on people’s devices, where a secret could be read
        </label>
        <Button type="submit" busy={busy === "create"}>
          Create application
        </Button>
      </form>
    </div>
  );
}
