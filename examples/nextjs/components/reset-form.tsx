"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { focusFirst, formErrors, type FormErrors } from "@/lib/form-error";
import { Alert, Button, Field } from "./ui";

/** Asks for a new password. The token comes from the link in the mail. */
export function ResetForm({ token }: { token: string }) {
  const router = useRouter();
  const [errors, setErrors] = useState<FormErrors>({});
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const newPassword = String(new FormData(form).get("password"));
    setErrors({});
    setBusy(true);
    const { error } = await authClient.resetPassword({ newPassword, token });
    if (!error) return router.replace("/signin?done=reset");
    if (error.code === "INVALID_TOKEN") return router.replace("/reset-password?error=INVALID_TOKEN");
    const found = formErrors(error);
    setErrors(found);
    setBusy(false);
    focusFirst(form, found);
  }

  return (
    <form method="post" onSubmit={submit} noValidate className="space-y-4">
      {errors.form && <Alert>{errors.form}</Alert>}
      <Field name="password" label="New password" type="password" autoComplete="new-password" hint="At least 8 characters." error={errors.password} />
      <Button type="submit" busy={busy} className="w-full">
        Set password
      </Button>
    </form>
  );
}
