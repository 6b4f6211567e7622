"use client";

import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { focusFirst, formErrors, type FormErrors } from "@/lib/form-error";
import { Alert, Button, Done, Field } from "./ui";

type Purpose = "magic-link" | "reset-password" | "verify-email";

const buttons: Record<Purpose, string> = {
  "magic-link": "Send me a link",
  "reset-password": "Send me a link",
  "verify-email": "Send a new link",
};

function send(purpose: Purpose, email: string, next: string) {
  switch (purpose) {
    case "magic-link":
      return authClient.signIn.magicLink({ email, callbackURL: next, errorCallbackURL: "/signin" });
    case "reset-password":
      return authClient.requestPasswordReset({ email, redirectTo: "/reset-password" });
    case "verify-email":
      return authClient.sendVerificationEmail({ email, callbackURL: "/verified" });
  }
}

/** Asks for an address and requests a link by mail. The answer is the same for known and unknown addresses. */
export function MailForm({ purpose, next = "/dashboard", email }: { purpose: Purpose; next?: string; email?: string }) {
  const [errors, setErrors] = useState<FormErrors>({});
  const [busy, setBusy] = useState(false);
  const [sentTo, setSentTo] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const address = String(new FormData(form).get("email")).trim();
    const show = (found: FormErrors) => {
      setErrors(found);
      setBusy(false);
      focusFirst(form, found);
    };
    if (address === "") return show({ email: "Enter your e-mail address." });
    setErrors({});
    setSentTo("");
    setBusy(true);
    const { error } = await send(purpose, address, next);
    if (error) return show(formErrors(error));
    setSentTo(address);
    setBusy(false);
  }

  return (
    <form method="post" onSubmit={submit} noValidate className="space-y-4">
      {errors.form && <Alert>{errors.form}</Alert>}
      {sentTo && <Done>{purpose === "magic-link" ? `We have sent a link to ${sentTo}.` : `If ${sentTo} has an account here that needs it, a link is on its way.`} Look into your mail.</Done>}
      <Field name="email" label="E-mail address" type="email" autoComplete="email" required defaultValue={email} error={errors.email} />
      <Button type="submit" busy={busy} className="w-full">
        {sentTo ? "Send it again" : buttons[purpose]}
      </Button>
    </form>
  );
}
