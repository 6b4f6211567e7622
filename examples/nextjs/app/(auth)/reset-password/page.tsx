import type { Metadata } from "next";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { ResetForm } from "@/components/reset-form";
import { Alert } from "@/components/ui";
import { linkError } from "@/lib/link-error";

// The address contains the token, which must not be sent to other sites.
export const metadata: Metadata = { title: "New password", referrer: "no-referrer" };

export default async function Page({ searchParams }: { searchParams: Promise<{ token?: string; error?: string }> }) {
  const { token, error } = await searchParams;
  return (
    <AuthPage title="Choose a new password" text="It ends your sessions in every browser.">
      {token && !error ? <ResetForm token={token} /> : <Alert>{linkError(error ?? "INVALID_TOKEN")}</Alert>}
      <Elsewhere href="/forgot-password">Get a new link</Elsewhere>
    </AuthPage>
  );
}
