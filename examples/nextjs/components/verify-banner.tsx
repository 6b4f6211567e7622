"use client";

import { useState } from "react";
import { authClient } from "@/lib/auth-client";
import { formErrors } from "@/lib/form-error";
import { Button } from "./ui";

/** Reminds users of the verification mail, on every page until they have opened its link. */
export function VerifyBanner({ email }: { email: string }) {
  const [state, setState] = useState<"idle" | "busy" | "sent">("idle");
  const [problem, setProblem] = useState("");

  async function send() {
    setProblem("");
    setState("busy");
    const { error } = await authClient.sendVerificationEmail({ email, callbackURL: "/verified" });
    setState(error ? "idle" : "sent");
    if (error) setProblem(formErrors(error).form ?? "The mail could not be sent.");
  }

  return (
    <aside aria-label="Confirm your address" className="border-b border-line bg-accent-soft">
      <div className="mx-auto flex max-w-3xl flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-2.5 text-sm sm:px-6">
        <p role={problem ? "alert" : "status"} className={`min-w-0 break-words ${problem ? "text-danger" : ""}`}>
          {problem || (state === "sent" ? `A new link is on its way to ${email}.` : `Please confirm ${email}: open the link that we sent there.`)}
        </p>
        {state !== "sent" && (
          <Button kind="plain" small busy={state === "busy"} onClick={send}>
            Send it again
          </Button>
        )}
      </div>
    </aside>
  );
}
