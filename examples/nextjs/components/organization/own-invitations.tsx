"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { authClient } from "@/lib/auth-client";
import { roleName } from "@/lib/organization";
import { buttonStyle, Card } from "../ui";

type Row = { id: string; role: string; organizationName?: string; expiresAt: Date; status: string };

/** The invitations that were sent to the user. */
export function OwnInvitations() {
  const [rows, setRows] = useState<Row[]>([]);
  useEffect(() => {
    authClient.organization.listUserInvitations().then(({ data }) => setRows(((data ?? []) as Row[]).filter((row) => row.status === "pending" && +new Date(row.expiresAt) > Date.now())));
  }, []);
  if (rows.length === 0) return null;
  return (
    <Card title="You are invited">
      <ul className="divide-y divide-line" aria-label="Your invitations">
        {rows.map((row) => (
          <li key={row.id} className="flex flex-wrap items-center justify-between gap-3 py-4 first:pt-0 last:pb-0">
            <div className="min-w-0">
              <p className="font-medium break-words">{row.organizationName ?? "An organization"}</p>
              <p className="mt-0.5 text-sm text-muted">as {roleName(row.role).toLowerCase()}</p>
            </div>
            <Link href={`/accept-invitation/${encodeURIComponent(row.id)}`} className={buttonStyle("plain", true)}>
              Look at it
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
