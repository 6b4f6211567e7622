import type { Metadata } from "next";
import { ContinueAs } from "@/components/application/continue-as";
import { AuthPage, Elsewhere } from "@/components/auth-page";
import { Alert } from "@/components/ui";
import { applicationErrors } from "@/lib/applications";
import { arrivalOf, type Params } from "@/lib/next-path";
import { requireSession } from "@/lib/session";

export const metadata: Metadata = { title: "Choose an account", referrer: "no-referrer" };

/** The page of the plugin oauth-provider's option selectAccount: it is opened with the request of an application. */
export default async function Page({ searchParams }: { searchParams: Promise<Params> }) {
  const { user } = await requireSession();
  const params = await searchParams;
  return (
    <AuthPage title="Choose an account" text="Which one should the application get?">
      {params.sig ? <ContinueAs step="selected" name={user.name} email={user.email} /> : <Alert>{applicationErrors.invalid_signature}</Alert>}
      {params.sig && <Elsewhere href={`/signin${arrivalOf(params).query}`}>Use another account</Elsewhere>}
    </AuthPage>
  );
}
