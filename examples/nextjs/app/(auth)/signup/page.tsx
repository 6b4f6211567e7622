import type { Metadata } from "next";
import { ContinueAs } from "@/components/application/continue-as";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { CredentialsForm } from "@/components/credentials-form";
import { ProviderButtons } from "@/components/provider-buttons";
import { Or } from "@/components/ui";
import { arrivalOf, type Params } from "@/lib/next-path";
import { providers } from "@/lib/providers";
import { currentSession } from "@/lib/session";

export const metadata: Metadata = { title: "Create account" };

export default async function Page({ searchParams }: { searchParams: Promise<Params> }) {
  const arrival = arrivalOf(await searchParams);
  const session = await currentSession(); // only with an application's request: see middleware.ts
  return (
    <AuthPage title="Create your account" text="A name, an address and a password are all it takes.">
      {session && (
        <>
          <ContinueAs step="created" name={session.user.name} email={session.user.email} />
          <Or />
        </>
      )}
      {providers().length > 0 && (
        <>
          <ProviderButtons providers={providers()} next={arrival.next} />
          <Or />
        </>
      )}
      <CredentialsForm mode="sign-up" arrival={arrival} />
      <Elsewhere text="Already have an account?" href={`/signin${arrival.query}`}>
        Sign in
      </Elsewhere>
    </AuthPage>
  );
}
