"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { focusFirst, formErrors, type FormErrors } from "@/lib/form-error";
import type { Arrival } from "@/lib/next-path";
import { useEnter } from "@/lib/use-enter";
import { MailForm } from "./mail-form";
import { Alert, Button, Done, Field } from "./ui";

function missing(fields: Record<string, string>): FormErrors {
  const errors: FormErrors = {};
  if (fields.name === "") errors.name = "Tell us what to call you.";
  if (fields.email === "") errors.email = "Enter your e-mail address.";
  if (fields.password === "") errors.password = "Enter your password.";
  return errors;
}

/** The form of both pages: signing up also asks for a name. */
export function CredentialsForm({ mode, arrival }: { mode: "sign-in" | "sign-up"; arrival: Arrival }) {
  const router = useRouter();
  const enter = useEnter(arrival.next);
  const [errors, setErrors] = useState<FormErrors>({});
  const [busy, setBusy] = useState(false);
  const [unconfirmed, setUnconfirmed] = useState("");
  const isNew = mode === "sign-up";

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = Object.fromEntries(new FormData(form)) as Record<string, string>;
    const show = (found: FormErrors) => {
      setErrors(found);
      setBusy(false);
      focusFirst(form, found);
    };
    const empty = missing(fields);
    if (Object.keys(empty).length > 0) return show(empty);
    setErrors({});
    setBusy(true);
    const { email, password, name } = fields;
    const { data, error } = isNew
      ? await authClient.signUp.email({ name, email, password, callbackURL: "/verified" })
      : await authClient.signIn.email({ email, password });
    // A server that requires verified addresses signs nobody in before the link in the mail was opened.
    if (error?.code === "EMAIL_NOT_VERIFIED" || data?.token === null) return setUnconfirmed(email);
    if (error) return show(formErrors(error));
    if (data && "twoFactorRedirect" in data) return router.push(`/two-factor${arrival.query}`);
    enter(data);
  }

  if (unconfirmed)
    return (
      <div className="space-y-5">
        <Done>{isNew ? `Almost done. We have sent a link to ${unconfirmed}: open it to confirm your address.` : "Confirm your address first: open the link that we sent you."}</Done>
        <MailForm purpose="verify-email" email={unconfirmed} />
      </div>
    );
  return (
    <form method="post" onSubmit={submit} noValidate className="space-y-4">
      {errors.form && <Alert>{errors.form}</Alert>}
      {isNew && <Field name="name" label="Name" autoComplete="name" required error={errors.name} />}
      <Field name="email" label="E-mail address" type="email" autoComplete={isNew ? "email" : "username webauthn"} required error={errors.email} />
      <Field
        name="password"
        label="Password"
        type="password"
        required
        autoComplete={isNew ? "new-password" : "current-password"}
        hint={isNew ? "At least 8 characters." : undefined}
        error={errors.password}
      />
      <Button type="submit" busy={busy} className="w-full">
        {isNew ? "Create account" : "Sign in"}
      </Button>
    </form>
  );
}
