import type { Metadata } from "next";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { MailForm } from "@/components/mail-form";
import { nextPath } from "@/lib/next-path";

export const metadata: Metadata = { title: "Sign in by e-mail" };

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  return (
    <AuthPage title="Sign in by e-mail" text="We send you a link. Open it in this browser, and you are in.">
      <MailForm purpose="magic-link" next={nextPath(next)} />
      <Elsewhere href="/signin">Sign in with a password</Elsewhere>
    </AuthPage>
  );
}
