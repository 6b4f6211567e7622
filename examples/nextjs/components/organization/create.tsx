"use client";

import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { enter, organizationErrors, slugOf } from "@/lib/organization";
import { useAction } from "@/lib/use-action";
import { Alert, Button, Field } from "../ui";

export function CreateOrganization() {
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string>();
  const [missing, setMissing] = useState("");
  const { busy, problem, run } = useAction(organizationErrors);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = name.trim();
    setMissing(wanted ? "" : "Give it a name.");
    if (!wanted) return;
    await run("create", async () => {
      const { data, error } = await authClient.organization.create({ name: wanted, slug: slugOf(slug ?? wanted) });
      return error ? { error } : enter(data.id);
    });
  }

  return (
    <form method="post" onSubmit={submit} noValidate className="space-y-4">
      {problem && <Alert>{problem}</Alert>}
      <Field name="organizationName" label="Name" value={name} onChange={(e) => setName(e.target.value)} maxLength={80} autoComplete="organization" error={missing || undefined} />
      <Field name="slug" label="Address" hint="Small letters, digits and hyphens. It is part of links." value={slug ?? slugOf(name)} onChange={(e) => setSlug(e.target.value)} maxLength={60} autoComplete="off" spellCheck={false} className="font-mono text-sm" />
      <Button type="submit" busy={busy === "create"}>
        Create organization
      </Button>
    </form>
  );
}
