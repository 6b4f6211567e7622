import type { Metadata } from "next";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { CredentialsForm } from "@/components/credentials-form";
import { PasskeySignIn } from "@/components/passkey-sign-in";
import { ProviderButtons } from "@/components/provider-buttons";
import { Alert, Done, Or } from "@/components/ui";
import { linkError } from "@/lib/link-error";
import { nextPath } from "@/lib/next-path";
import { providers } from "@/lib/providers";

export const metadata: Metadata = { title: "Sign in" };

type Params = Promise<{ next?: string | string[]; error?: string | string[]; done?: string }>;

export default async function Page({ searchParams }: { searchParams: Params }) {
  const { next, error, done } = await searchParams;
  const problem = linkError(error);
  return (
    <AuthPage title="Welcome back" text="Your tasks are where you left them.">
      {(problem || done === "reset") && (
        <div className="mb-5">{problem ? <Alert>{problem}</Alert> : <Done>Your new password is set. Sign in with it.</Done>}</div>
      )}
      <div className="space-y-3">
        <ProviderButtons providers={providers()} next={nextPath(next)} />
        <PasskeySignIn next={nextPath(next)} />
      </div>
      <Or />
      <CredentialsForm mode="sign-in" next={nextPath(next)} />
      <Elsewhere text="Rather no password?" href={`/signin/link?next=${encodeURIComponent(nextPath(next))}`}>
        Get a link by e-mail
      </Elsewhere>
      <Elsewhere href="/forgot-password">Forgot your password?</Elsewhere>
      <Elsewhere text="New here?" href={`/signup?next=${encodeURIComponent(nextPath(next))}`}>
        Create an account
      </Elsewhere>
    </AuthPage>
  );
}
