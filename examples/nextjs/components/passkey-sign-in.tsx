"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { authClient } from "@/lib/auth-client";
import { useEnter } from "@/lib/use-enter";
import { Alert, Button, KeyIcon } from "./ui";

// The server accepts an answer for five minutes, and people leave pages open: the offer is renewed before that.
const renewal = 4 * 60_000;

// Answers of the server. Other errors are the browser's: the person cancelled, or another ceremony began.
const known: Record<string, string> = {
  PASSKEY_NOT_FOUND: "This passkey is not known here. It may have been removed from your account.",
  CHALLENGE_NOT_FOUND: "This took too long. Try again.",
  AUTHENTICATION_FAILED: "This passkey was refused. Use another way to sign in.",
};

/** Offers passkeys: in the autofill of the address field, where the browser can do that, and behind a button. */
export function PasskeySignIn({ next }: { next: string }) {
  const enter = useEnter(next);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [offers, setOffers] = useState(0);
  const shown = useRef(true);

  const signIn = useCallback(
    async (autoFill: boolean) => {
      const { data, error } = (await authClient.signIn.passkey({ autoFill })) ?? {};
      if (!shown.current) return;
      if (data) return enter(data);
      const text = known[String((error && "code" in error && error.code) || "")];
      if (autoFill && !text) return;
      setProblem(text ?? "Nobody was signed in. Try again, or use another way.");
      setBusy(false);
      setOffers((n) => n + 1);
    },
    [enter],
  );

  useEffect(() => {
    shown.current = true;
    return () => void (shown.current = false);
  }, []);

  // The button's ceremony ends the offer, which begins again after that.
  useEffect(() => {
    if (busy) return;
    let timer: ReturnType<typeof setInterval> | undefined;
    let over = false;
    void globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.().then((can) => {
      if (!can || over) return;
      void signIn(true);
      timer = setInterval(() => void signIn(true), renewal);
    });
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [signIn, busy, offers]);

  return (
    <div className="space-y-3">
      {problem && <Alert>{problem}</Alert>}
      <Button
        kind="plain"
        className="w-full"
        busy={busy}
        onClick={() => {
          setProblem("");
          setBusy(true);
          void signIn(false);
        }}
      >
        {!busy && <KeyIcon />}
        Continue with a passkey
      </Button>
    </div>
  );
}
