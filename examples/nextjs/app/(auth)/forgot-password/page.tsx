import type { Metadata } from "next";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { MailForm } from "@/components/mail-form";

export const metadata: Metadata = { title: "Forgotten password" };

export default function Page() {
  return (
    <AuthPage title="Forgot your password?" text="Tell us your address, and we send you a link to set a new one.">
      <MailForm purpose="reset-password" />
      <Elsewhere href="/signin">Back to sign-in</Elsewhere>
    </AuthPage>
  );
}
