"use client";

import { QRCodeSVG } from "qrcode.react";
import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { focusFirst, formErrors, type FormErrors } from "@/lib/form-error";
import { Alert, Button, Done, Field } from "./ui";

type Started = { totpURI: string; backupCodes: string[] };
type Asking = "" | "enable" | "codes" | "disable";

const questions: Record<Exclude<Asking, "">, string> = {
  enable: "Continue",
  codes: "Create new codes",
  disable: "Turn off",
};

/** Sets up the second factor, an authenticator app with backup codes, and turns it off. */
export function TwoFactor({ enabled }: { enabled: boolean }) {
  const router = useRouter();
  const [asking, setAsking] = useState<Asking>("");
  const [started, setStarted] = useState<Started>();
  const [codes, setCodes] = useState<string[]>();
  const [errors, setErrors] = useState<FormErrors>({});
  const [done, setDone] = useState("");
  const [busy, setBusy] = useState(false);

  function reset(said = "") {
    setAsking("");
    setStarted(undefined);
    setErrors({});
    setBusy(false);
    setDone(said);
  }

  /** Sends the password of the form to one of the three calls. */
  async function confirm(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const password = String(new FormData(form).get("password"));
    setErrors({});
    setBusy(true);
    const fail = (error: { code?: string; message?: string; status: number }) => {
      const found = formErrors(error);
      setErrors(found);
      setBusy(false);
      focusFirst(form, found);
    };
    if (asking === "enable") {
      const { data, error } = await authClient.twoFactor.enable({ password });
      if (error) return fail(error);
      setStarted(data as Started);
      setAsking("");
      setBusy(false);
    } else if (asking === "codes") {
      const { data, error } = await authClient.twoFactor.generateBackupCodes({ password });
      if (error) return fail(error);
      setCodes(data.backupCodes);
      reset("These are your new backup codes. The old ones no longer work.");
    } else {
      const { error } = await authClient.twoFactor.disable({ password });
      if (error) return fail(error);
      setCodes(undefined);
      reset("The second factor is off.");
      router.refresh();
    }
  }

  async function verify(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    setErrors({});
    setBusy(true);
    const { error } = await authClient.twoFactor.verifyTotp({ code: String(new FormData(form).get("code")).trim() });
    if (error) {
      setErrors({ code: error.code === "INVALID_CODE" ? "This code is wrong or too old. Enter the one that the app shows now." : formErrors(error).form });
      setBusy(false);
      return focusFirst(form, { code: "" });
    }
    setCodes(started?.backupCodes);
    reset("The second factor is on. Keep the backup codes in a safe place.");
    router.refresh();
  }

  return (
    <div className="space-y-4">
      {done && <Done>{done}</Done>}
      {codes && <BackupCodes codes={codes} />}
      {started ? (
        <form method="post" onSubmit={verify} noValidate className="space-y-4">
          <p className="text-sm text-muted">Scan this picture with an authenticator app, then enter the six digits that it shows.</p>
          <div className="w-fit rounded-xl bg-white p-3">
            <QRCodeSVG value={started.totpURI} size={168} level="M" title="Picture for the authenticator app" />
          </div>
          <p className="text-sm break-all text-muted">
            No camera? Enter this key: <code className="font-medium text-ink">{new URL(started.totpURI).searchParams.get("secret")}</code>
          </p>
          <Field name="code" label="Code from the app" inputMode="numeric" autoComplete="one-time-code" maxLength={6} error={errors.code} />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" busy={busy}>
              Turn on
            </Button>
            <Button kind="plain" onClick={() => reset()}>
              Cancel
            </Button>
          </div>
        </form>
      ) : asking ? (
        <form method="post" onSubmit={confirm} noValidate className="space-y-4">
          {errors.form && <Alert>{errors.form}</Alert>}
          <Field name="password" label="Your password" type="password" autoComplete="current-password" error={errors.password} autoFocus />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" kind={asking === "disable" ? "danger" : "primary"} busy={busy}>
              {questions[asking]}
            </Button>
            <Button kind="plain" onClick={() => reset()}>
              Cancel
            </Button>
          </div>
        </form>
      ) : enabled ? (
        <div className="flex flex-wrap gap-2">
          <Button kind="plain" small onClick={() => setAsking("codes")}>
            New backup codes
          </Button>
          <Button kind="danger" small onClick={() => setAsking("disable")}>
            Turn off the second factor
          </Button>
        </div>
      ) : (
        <Button kind="plain" small onClick={() => setAsking("enable")}>
          Set up an authenticator app
        </Button>
      )}
    </div>
  );
}

function BackupCodes({ codes }: { codes: string[] }) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="rounded-xl border border-line p-4">
      <p className="text-sm text-muted">Each of these codes signs you in once when you do not have the app. They are shown only now.</p>
      <ul aria-label="Backup codes" className="mt-3 grid grid-cols-2 gap-x-6 gap-y-1 font-mono text-sm sm:max-w-sm">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-3">
        <Button kind="plain" small onClick={() => navigator.clipboard.writeText(codes.join("\n")).then(() => setCopied(true))}>
          {copied ? "Copied" : "Copy all"}
        </Button>
      </div>
    </div>
  );
}
