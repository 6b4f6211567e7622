"use client";

import { useEffect, useState } from "react";
import { applicationErrors, scopeText } from "@/lib/applications";
import { authClient } from "@/lib/auth-client";
import { useAction } from "@/lib/use-action";
import { AuthPage, Elsewhere } from "../auth-page";
import { Alert, Button, Done, Skeleton } from "../ui";
import { ApplicationLink, ApplicationLogo, type Application } from "./name";

type Props = { email: string; clientId: string; scopes: string[]; returnsTo: string; query: string };

/** Asks whether an application may have what it asks for. The client's plugin sends the signed request in the address along. */
export function Consent({ email, clientId, scopes, returnsTo, query }: Props) {
  const { busy, problem, done, run } = useAction(applicationErrors);
  const [application, setApplication] = useState<Application | null>();

  useEffect(() => {
    authClient.oauth2.publicClient({ query: { client_id: clientId } }).then(({ data }) => setApplication(data));
  }, [clientId]);

  // The answer says where to go, and the client opens that.
  const decide = (accept: boolean) => run(accept ? "allow" : "deny", () => authClient.oauth2.consent({ accept }), "You are on your way back.");

  if (application === undefined) return <Skeleton rows={4} label="Loading the request" />;
  if (application === null)
    return (
      <AuthPage title="Allow an application" text="It asks for access to your account.">
        <Alert>This application is not known here, or not at the moment. Nothing has been allowed.</Alert>
      </AuthPage>
    );
  const name = application.client_name || clientId;
  return (
    <AuthPage title={`Allow ${name}?`} text="It would like to use your Taskbook account.">
      <div className="space-y-5">
        <div className="flex items-center gap-3.5">
          <ApplicationLogo name={name} src={application.logo_uri} />
          <div className="min-w-0">
            <p className="font-medium break-words">{name}</p>
            <p className="flex flex-wrap gap-x-3 text-sm">
              <ApplicationLink to={application.client_uri}>Website</ApplicationLink>
              <ApplicationLink to={application.policy_uri}>Privacy</ApplicationLink>
              <ApplicationLink to={application.tos_uri}>Terms</ApplicationLink>
            </p>
          </div>
        </div>
        <ul className="divide-y divide-line rounded-xl border border-line px-4" aria-label="What it asks for">
          {scopes.map((scope) => (
            <li key={scope} className="py-2.5 break-words">
              {scopeText(scope)}
            </li>
          ))}
        </ul>
        {returnsTo && <p className="text-sm break-words text-muted">Afterwards you return to {returnsTo}.</p>}
        {problem && <Alert>{problem}</Alert>}
        {done ? (
          <Done>{done}</Done>
        ) : (
          <div className="grid grid-cols-2 gap-3">
            <Button kind="plain" busy={busy === "deny"} disabled={busy !== ""} onClick={() => decide(false)}>
              Deny
            </Button>
            <Button busy={busy === "allow"} disabled={busy !== ""} onClick={() => decide(true)}>
              Allow
            </Button>
          </div>
        )}
      </div>
      <Elsewhere text={`Signed in as ${email}.`} href={`/signin${query}`}>
        Use another account
      </Elsewhere>
    </AuthPage>
  );
}
