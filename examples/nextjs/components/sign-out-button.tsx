"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { authClient } from "@/lib/auth-client";
import { Button } from "./ui";

export function SignOutButton() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);

  async function leave() {
    setBusy(true);
    const { error } = await authClient.signOut();
    setBusy(false);
    if (error) return;
    router.replace("/signin");
    router.refresh();
  }

  return (
    <Button kind="plain" small busy={busy} onClick={leave}>
      Sign out
    </Button>
  );
}
