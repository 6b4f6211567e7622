import type { Metadata } from "next";
import Link from "next/link";
import { AuthPage } from "@/components/auth-page";
import { MailForm } from "@/components/mail-form";
import { Alert, buttonStyle } from "@/components/ui";
import { linkError } from "@/lib/link-error";

export const metadata: Metadata = { title: "E-mail address" };

/** The target of the link in a verification mail. */
export default async function Page({ searchParams }: { searchParams: Promise<{ error?: string | string[] }> }) {
  const problem = linkError((await searchParams).error);
  if (problem)
    return (
      <AuthPage title="Confirm your address" text="It is not confirmed yet.">
        <div className="mb-5">
          <Alert>{problem}</Alert>
        </div>
        <MailForm purpose="verify-email" />
      </AuthPage>
    );
  return (
    <AuthPage title="Your address is confirmed" text="Thank you. That was all.">
      <Link href="/dashboard" className={`${buttonStyle("primary")} w-full`}>
        Go to your profile
      </Link>
    </AuthPage>
  );
}
