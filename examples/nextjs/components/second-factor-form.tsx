"use client";

import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { focusFirst, formErrors, type FormErrors } from "@/lib/form-error";
import { useEnter } from "@/lib/use-enter";
import { Alert, Button, Field } from "./ui";

const known: Record<string, FormErrors> = {
  INVALID_CODE: { code: "This code is wrong or too old." },
  INVALID_BACKUP_CODE: { code: "This is none of your backup codes, or it has been used." },
  INVALID_TWO_FACTOR_COOKIE: { form: "This sign-in is over: it took too long, or it was not begun in this browser. Start again." },
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: { form: "Too many wrong codes. Start the sign-in again." },
  ACCOUNT_TEMPORARILY_LOCKED: { form: "Too many wrong codes. No codes are accepted for a while. Try again later." },
};

/** The second step of a sign-in: a code from the app, or a backup code. */
export function SecondFactorForm({ next }: { next: string }) {
  const enter = useEnter(next);
  const [backup, setBackup] = useState(false);
  const [errors, setErrors] = useState<FormErrors>({});
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    const answer = { code: String(fields.get("code")).replace(/\s/g, ""), trustDevice: fields.get("trust") === "on" };
    if (answer.code === "") {
      setErrors({ code: "Enter the code." });
      return focusFirst(form, { code: "" });
    }
    setErrors({});
    setBusy(true);
    const { data, error } = backup ? await authClient.twoFactor.verifyBackupCode(answer) : await authClient.twoFactor.verifyTotp(answer);
    if (error) {
      const found = known[error.code ?? ""] ?? formErrors(error);
      setErrors(found);
      setBusy(false);
      return focusFirst(form, found);
    }
    enter(data);
  }

  return (
    <form method="post" onSubmit={submit} noValidate className="space-y-4">
      {errors.form && <Alert>{errors.form}</Alert>}
      <Field
        key={backup ? "backup" : "app"}
        name="code"
        label={backup ? "Backup code" : "Code from your app"}
        inputMode={backup ? "text" : "numeric"}
        autoComplete={backup ? "off" : "one-time-code"}
        autoFocus
        hint={backup ? "One of those you kept when you turned two-step sign-in on." : undefined}
        className={`font-mono ${backup ? "" : "tracking-[0.3em]"}`}
        error={errors.code}
      />
      <label className="flex min-h-11 items-center gap-3 text-sm">
        <input type="checkbox" name="trust" className="size-5 accent-accent" />
        Trust this browser for 30 days
      </label>
      <Button type="submit" busy={busy} className="w-full">
        Continue
      </Button>
      <p className="text-center">
        <button type="button" className="text-sm font-medium text-accent underline-offset-4 hover:underline" onClick={() => (setBackup(!backup), setErrors({}))}>
          {backup ? "Use the app instead" : "Use a backup code instead"}
        </button>
      </p>
    </form>
  );
}
