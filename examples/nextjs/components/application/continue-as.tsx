"use client";

import { applicationErrors } from "@/lib/applications";
import { authClient } from "@/lib/auth-client";
import { useAction } from "@/lib/use-action";
import { Elsewhere } from "../auth-page";
import { Alert, Button, Done } from "../ui";

/** Continues the request of an application with the account that is signed in, or with another one. */
export function SelectAccount({ name, email, query }: { name: string; email: string; query: string }) {
  const { busy, problem, done, run } = useAction(applicationErrors);
  return (
    <div className="space-y-4">
      {problem && <Alert>{problem}</Alert>}
      {done ? (
        <Done>{done}</Done>
      ) : (
        <Button kind="plain" busy={busy !== ""} className="w-full py-3 text-left" onClick={() => run("continue", () => authClient.oauth2.continue({ selected: true }), "One moment, please.")}>
          <span className="min-w-0">
            <span className="block break-words">{name}</span>
            <span className="block text-sm break-all text-muted">{email}</span>
          </span>
        </Button>
      )}
      <Elsewhere href={`/signin${query}`}>Use another account</Elsewhere>
    </div>
  );
}
