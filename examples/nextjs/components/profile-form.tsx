"use client";

import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { formErrors, type FormErrors } from "@/lib/form-error";
import { Alert, Button, Done, Field } from "./ui";

export function ProfileForm({ name }: { name: string }) {
  const router = useRouter();
  const [errors, setErrors] = useState<FormErrors>({});
  const [state, setState] = useState<"idle" | "busy" | "done">("idle");

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get("name")).trim();
    if (wanted === "") return setErrors({ name: "The name cannot be empty." });
    setErrors({});
    setState("busy");
    const { error } = await authClient.updateUser({ name: wanted });
    setState(error ? "idle" : "done");
    if (error) return setErrors(formErrors(error));
    router.refresh();
  }

  return (
    <form method="post" onSubmit={save} noValidate className="space-y-4">
      {errors.form && <Alert>{errors.form}</Alert>}
      {state === "done" && <Done>Saved.</Done>}
      <Field name="name" label="Your name" defaultValue={name} autoComplete="name" error={errors.name} />
      <Button type="submit" busy={state === "busy"}>
        Save
      </Button>
    </form>
  );
}
