import type { Metadata } from "next";
import { Consent } from "@/components/application/consent";
import { AuthPage } from "@/components/auth-page";
import { Alert } from "@/components/ui";
import { applicationErrors, hostOf } from "@/lib/applications";
import { arrivalOf, type Params } from "@/lib/next-path";
import { requireSession } from "@/lib/session";

export const metadata: Metadata = { title: "Allow an application", referrer: "no-referrer" };

/** The consentPage of the plugin oauth-provider: it is opened with the request of an application. */
export default async function Page({ searchParams }: { searchParams: Promise<Params> }) {
  const { user } = await requireSession();
  const params = await searchParams;
  const [clientId, scope, returnsTo] = [params.client_id, params.scope, params.redirect_uri].map((value) => String(value ?? ""));
  if (!params.sig)
    return (
      <AuthPage title="Allow an application" text="This page is for people whom an application sends here.">
        <Alert>{applicationErrors.invalid_signature}</Alert>
      </AuthPage>
    );
  return <Consent email={user.email} clientId={clientId} scopes={scope.split(" ").filter(Boolean)} returnsTo={hostOf(returnsTo)} query={arrivalOf(params).query} />;
}
