import type { ReactNode } from "react";
import { Nav } from "@/components/nav";
import { SessionWatcher } from "@/components/session-watcher";
import { VerifyBanner } from "@/components/verify-banner";
import { requireSession } from "@/lib/session";

export default async function AppLayout({ children }: { children: ReactNode }) {
  const { user } = await requireSession();
  return (
    <>
      <a href="#content" className="sr-only focus:not-sr-only focus:absolute focus:z-10 focus:m-2 focus:rounded-lg focus:bg-card focus:px-4 focus:py-2">
        Skip to content
      </a>
      <SessionWatcher />
      <Nav />
      {!user.emailVerified && <VerifyBanner email={user.email} />}
      <main id="content" className="mx-auto max-w-3xl px-4 py-8 sm:px-6 sm:py-10">
        {children}
      </main>
    </>
  );
}
