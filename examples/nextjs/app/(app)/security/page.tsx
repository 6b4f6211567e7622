import type { Metadata } from "next";
import { AccountList } from "@/components/account-list";
import { PasswordForm } from "@/components/password-form";
import { Card, PageTitle } from "@/components/ui";
import { linkError } from "@/lib/link-error";
import { providers } from "@/lib/providers";
import { requireSession } from "@/lib/session";

export const metadata: Metadata = { title: "Security" };

export default async function Security({ searchParams }: { searchParams: Promise<{ error?: string | string[] }> }) {
  const { error } = await searchParams;
  const { user } = await requireSession();
  return (
    <>
      <PageTitle title="Security" text="How you get in, and how nobody else does." />
      <div className="space-y-5">
        <Card title="Ways to sign in">
          <AccountList email={user.email} providers={providers()} problem={linkError(error)} />
        </Card>
        <Card title="Change password">
          <PasswordForm />
        </Card>
      </div>
    </>
  );
}
