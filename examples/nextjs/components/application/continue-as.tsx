"use client";

import { applicationErrors } from "@/lib/applications";
import { authClient } from "@/lib/auth-client";
import { useAction } from "@/lib/use-action";
import { Alert, Button, Done } from "../ui";

/** Continues the request of an application with the account that is signed in: it was selected, or created for the application. */
export function ContinueAs({ step, name, email }: { step: "selected" | "created"; name: string; email: string }) {
  const { busy, problem, done, run } = useAction(applicationErrors);
  if (done) return <Done>{done}</Done>;
  return (
    <div className="space-y-4">
      {problem && <Alert>{problem}</Alert>}
      <Button kind="plain" busy={busy !== ""} className="w-full py-3" onClick={() => run("continue", () => authClient.oauth2.continue({ [step]: true }), "One moment, please.")}>
        <span className="min-w-0">
          <span className="block break-words">Continue as {name}</span>
          <span className="block text-sm break-all text-muted">{email}</span>
        </span>
      </Button>
    </div>
  );
}
