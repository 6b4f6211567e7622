import type { Metadata } from "next";
import { AccountList } from "@/components/account-list";
import { PasskeyList } from "@/components/passkey-list";
import { PasswordForm } from "@/components/password-form";
import { SessionList } from "@/components/session-list";
import { TwoFactor } from "@/components/two-factor";
import { Badge, Card, PageTitle } from "@/components/ui";
import { linkError } from "@/lib/link-error";
import { providers } from "@/lib/providers";
import { requireSession } from "@/lib/session";

export const metadata: Metadata = { title: "Security" };

export default async function Security({ searchParams }: { searchParams: Promise<{ error?: string | string[] }> }) {
  const { error } = await searchParams;
  const { session, user } = await requireSession();
  return (
    <>
      <PageTitle title="Security" text="How you get in, and how nobody else does." />
      <div className="space-y-5">
        <Card title="Ways to sign in" text="All of them open the same account.">
          <AccountList email={user.email} providers={providers()} problem={linkError(error)} />
        </Card>
        <Card title="Passkeys" text="Sign in with a fingerprint, your face or the PIN of your device, without a password.">
          <PasskeyList />
        </Card>
        <Card
          title="Two-step sign-in"
          text="A code from an app, after your password: a stolen password alone is not enough."
          badge={<Badge on={Boolean(user.twoFactorEnabled)}>{user.twoFactorEnabled ? "On" : "Off"}</Badge>}
        >
          <TwoFactor enabled={Boolean(user.twoFactorEnabled)} />
        </Card>
        <Card title="Devices" text="Where you are signed in. End every session that is not yours.">
          <SessionList currentId={session.id} />
        </Card>
        <Card title="Change password">
          <PasswordForm />
        </Card>
      </div>
    </>
  );
}
