"use client";

import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { focusFirst, formErrors, type FormErrors } from "@/lib/form-error";
import { Alert, Button, Done, Field } from "./ui";

// The server's error for a password that is too short is about the new one here.
function placed(found: FormErrors, code?: string): FormErrors {
  return code?.startsWith("PASSWORD_TOO") ? { newPassword: found.password } : found;
}

export function PasswordForm() {
  const [errors, setErrors] = useState<FormErrors>({});
  const [state, setState] = useState<"idle" | "busy" | "done">("idle");

  async function change(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    setErrors({});
    setState("busy");
    const { error } = await authClient.changePassword({
      currentPassword: String(fields.get("password")),
      newPassword: String(fields.get("newPassword")),
      revokeOtherSessions: fields.get("others") === "on",
    });
    if (error) {
      const found = placed(formErrors(error), error.code);
      setErrors(found);
      setState("idle");
      return focusFirst(form, found);
    }
    form.reset();
    setState("done");
  }

  return (
    <form method="post" onSubmit={change} noValidate className="space-y-4">
      {errors.form && <Alert>{errors.form}</Alert>}
      {state === "done" && <Done>Your password is changed.</Done>}
      <Field name="password" label="Current password" type="password" autoComplete="current-password" error={errors.password} />
      <Field name="newPassword" label="New password" type="password" autoComplete="new-password" hint="At least 8 characters." error={errors.newPassword} />
      <label className="flex min-h-11 items-center gap-3 text-sm">
        <input type="checkbox" name="others" defaultChecked className="size-5 accent-accent" />
        Sign out everywhere else
      </label>
      <Button type="submit" busy={state === "busy"}>
        Change password
      </Button>
    </form>
  );
}
