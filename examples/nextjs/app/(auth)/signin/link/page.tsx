import type { Metadata } from "next";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { MailForm } from "@/components/mail-form";
import { arrivalOf, type Params } from "@/lib/next-path";

export const metadata: Metadata = { title: "Sign in by e-mail" };

export default async function Page({ searchParams }: { searchParams: Promise<Params> }) {
  const { next, query } = arrivalOf(await searchParams);
  return (
    <AuthPage title="Sign in by e-mail" text="We send you a link. Open it in this browser, and you are in.">
      <MailForm purpose="magic-link" next={next} />
      <Elsewhere href={`/signin${query}`}>Sign in with a password</Elsewhere>
    </AuthPage>
  );
}
