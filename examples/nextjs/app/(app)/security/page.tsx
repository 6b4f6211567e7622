import type { Metadata } from "next";
import { PasswordForm } from "@/components/password-form";
import { Card, PageTitle } from "@/components/ui";

export const metadata: Metadata = { title: "Security" };

export default function Security() {
  return (
    <>
      <PageTitle title="Security" text="A new password, whenever you want one." />
      <Card title="Change password">
        <PasswordForm />
      </Card>
    </>
  );
}
