"use client";

import { useState } from "react";
import { authClient } from "@/lib/auth-client";
import { formErrors } from "@/lib/form-error";
import type { Provider } from "@/lib/providers";
import { Alert, Button } from "./ui";

/** One button for each provider. Signing up and signing in are the same with a provider. */
export function ProviderButtons({ providers, next }: { providers: Provider[]; next: string }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState("");
  if (providers.length === 0) return null;

  async function go(provider: string) {
    setProblem("");
    setBusy(provider);
    // On success the browser leaves the page; the button stays busy until then.
    const { error } = await authClient.signIn.social({ provider, callbackURL: next, errorCallbackURL: "/signin" });
    if (!error) return;
    setProblem(formErrors(error).form ?? "");
    setBusy("");
  }

  return (
    <div className="space-y-3">
      {problem && <Alert>{problem}</Alert>}
      {providers.map(({ id, name }) => (
        <Button key={id} kind="plain" className="w-full" busy={busy === id} onClick={() => go(id)}>
          Continue with {name}
        </Button>
      ))}
    </div>
  );
}
