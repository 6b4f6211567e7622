"use client";

import { QRCodeSVG } from "qrcode.react";
import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { focusFirst, formErrors } from "@/lib/form-error";
import { Button, Field } from "./ui";

/** Connects an authenticator app: a picture to scan, or a key to type, and the first code as the proof. */
export function AppSetup({ uri, onDone, onCancel }: { uri: string; onDone: () => void; onCancel: () => void }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const key = new URL(uri).searchParams.get("secret") ?? "";

  async function verify(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    setProblem("");
    setBusy(true);
    const { error } = await authClient.twoFactor.verifyTotp({ code: String(new FormData(form).get("code")).replace(/\s/g, "") });
    if (!error) return onDone();
    setProblem(error.code === "INVALID_CODE" ? "This code is wrong or too old. Enter the one that the app shows now." : (formErrors(error).form ?? "That did not work. Try again."));
    setBusy(false);
    focusFirst(form, { code: "" });
  }

  return (
    <form method="post" onSubmit={verify} noValidate className="grid gap-6 sm:grid-cols-[auto_1fr] sm:gap-8">
      <div className="w-fit self-start rounded-xl border border-line bg-white p-3">
        <QRCodeSVG value={uri} size={176} level="M" title="QR code for the authenticator app" />
      </div>
      <div className="min-w-0 space-y-5">
        <div>
          <p className="text-sm font-medium">1. Scan the QR code with your app</p>
          <p className="mt-1 text-sm text-muted">No camera at hand? Type this key instead:</p>
          <p className="mt-1.5 font-mono text-sm break-words" data-key>
            {key.match(/.{1,4}/g)?.join(" ")}
          </p>
        </div>
        <div>
          <Field name="code" label="2. Enter the six digits that it shows" inputMode="numeric" autoComplete="one-time-code" maxLength={7} error={problem || undefined} autoFocus className="font-mono tracking-[0.3em] sm:max-w-48" />
        </div>
        <div className="flex flex-wrap gap-2">
          <Button type="submit" busy={busy}>
            Turn on
          </Button>
          <Button kind="plain" type="button" onClick={onCancel}>
            Cancel
          </Button>
        </div>
      </div>
    </form>
  );
}
