import type { Metadata } from "next";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { CredentialsForm } from "@/components/credentials-form";
import { PasskeySignIn } from "@/components/passkey-sign-in";
import { ProviderButtons } from "@/components/provider-buttons";
import { Alert, Done, Or } from "@/components/ui";
import { linkError } from "@/lib/link-error";
import { arrivalOf, type Params } from "@/lib/next-path";
import { providers } from "@/lib/providers";

export const metadata: Metadata = { title: "Sign in" };

export default async function Page({ searchParams }: { searchParams: Promise<Params> }) {
  const params = await searchParams;
  const { error, done } = params;
  const arrival = arrivalOf(params);
  const problem = linkError(error);
  return (
    <AuthPage title="Welcome back" text="Your tasks are where you left them.">
      {(problem || done === "reset") && (
        <div className="mb-5">{problem ? <Alert>{problem}</Alert> : <Done>Your new password is set. Sign in with it.</Done>}</div>
      )}
      <div className="space-y-3">
        <ProviderButtons providers={providers()} next={arrival.next} />
        <PasskeySignIn next={arrival.next} />
      </div>
      <Or />
      <CredentialsForm mode="sign-in" arrival={arrival} />
      <Elsewhere text="Rather no password?" href={`/signin/link${arrival.query}`}>
        Get a link by e-mail
      </Elsewhere>
      <Elsewhere href="/forgot-password">Forgot your password?</Elsewhere>
      <Elsewhere text="New here?" href={`/signup${arrival.query}`}>
        Create an account
      </Elsewhere>
    </AuthPage>
  );
}
