"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { authClient } from "@/lib/auth-client";
import { enter } from "@/lib/organization";

/** Chooses the organization that the user works in. */
export function OrganizationSwitcher() {
  const router = useRouter();
  const { data: list } = authClient.useListOrganizations();
  const { data: active } = authClient.useActiveOrganization();
  const [busy, setBusy] = useState(false);
  if (!list || list.length === 0) return null;

  async function choose(organizationId: string | null) {
    setBusy(true);
    await enter(organizationId);
    setBusy(false);
    router.refresh();
  }

  return (
    <select
      aria-label="Organization"
      aria-busy={busy || undefined}
      disabled={busy}
      value={active?.id ?? ""}
      onChange={(event) => choose(event.target.value || null)}
      className="min-h-9 max-w-24 min-w-0 truncate rounded-lg border border-control/60 bg-card px-2 text-sm hover:border-control sm:max-w-44"
    >
      <option value="">Personal</option>
      {list.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
