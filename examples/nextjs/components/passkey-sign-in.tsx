"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import { authClient } from "@/lib/auth-client";
import { Alert, Button } from "./ui";

/** Offers passkeys: in the autofill of the address field, where the browser can, and behind a button. */
export function PasskeySignIn({ next }: { next: string }) {
  const router = useRouter();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  const enter = useCallback(() => {
    router.replace(next);
    router.refresh();
  }, [router, next]);

  useEffect(() => {
    let left = false;
    async function offer() {
      if (!(await globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
      // Ends with an error when the button is used instead, or the page is left: nobody needs to see that.
      const { data } = (await authClient.signIn.passkey({ autoFill: true })) ?? {};
      if (data && !left) enter();
    }
    void offer();
    return () => void (left = true);
  }, [enter]);

  async function signIn() {
    setProblem("");
    setBusy(true);
    const { data, error } = (await authClient.signIn.passkey()) ?? {};
    if (data) return enter();
    setBusy(false);
    setProblem(
      error && "code" in error && error.code === "PASSKEY_NOT_FOUND"
        ? "This passkey is not known here. It may have been removed from your account."
        : "Nobody was signed in. Try again, or use another way.",
    );
  }

  return (
    <div className="mb-5 space-y-3">
      {problem && <Alert>{problem}</Alert>}
      <Button kind="plain" busy={busy} className="w-full" onClick={signIn}>
        Sign in with a passkey
      </Button>
    </div>
  );
}
