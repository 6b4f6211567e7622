import type { Metadata } from "next";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { SecondFactorForm } from "@/components/second-factor-form";
import { nextPath } from "@/lib/next-path";

export const metadata: Metadata = { title: "Second step" };

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  return (
    <AuthPage title="One more step" text="Your password is not enough for this account: enter a code too.">
      <SecondFactorForm next={nextPath(next)} />
      <Elsewhere href={`/signin?next=${encodeURIComponent(nextPath(next))}`}>Sign in another way</Elsewhere>
    </AuthPage>
  );
}
