"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useSession } from "@/lib/auth-client";

/** Leaves a protected page when the session ends elsewhere: another tab signs out, or the window gets the focus after the session has expired. */
export function SessionWatcher() {
  const router = useRouter();
  const { data, isPending, error } = useSession();
  const isOver = !isPending && !error && data === null;

  useEffect(() => {
    if (!isOver) return;
    router.replace("/signin");
    router.refresh();
  }, [isOver, router]);

  return null;
}
