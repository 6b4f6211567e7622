import type { Metadata } from "next";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { SecondFactorForm } from "@/components/second-factor-form";
import { arrivalOf, type Params } from "@/lib/next-path";

export const metadata: Metadata = { title: "Second step" };

export default async function Page({ searchParams }: { searchParams: Promise<Params> }) {
  const { next, query } = arrivalOf(await searchParams);
  return (
    <AuthPage title="One more step" text="Your password is not enough for this account: enter a code too.">
      <SecondFactorForm next={next} />
      <Elsewhere href={`/signin${query}`}>Sign in another way</Elsewhere>
    </AuthPage>
  );
}
