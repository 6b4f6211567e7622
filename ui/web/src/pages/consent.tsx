import { useEffect, useState } from "preact/hooks";
import { Button, CardPage, Notice } from "../kit";
import { page, server } from "../server";
import { t } from "../texts";
import type { Key } from "../texts";
import { auth, leave, query } from "./auth";
import { signedQuery } from "./authorization";
import { useSending } from "./form";
import { useUser } from "./parts";

interface Client {
  client_name?: string;
  client_uri?: string;
  policy_uri?: string;
  tos_uri?: string;
}

/** Returns what a scope allows in words, or its name. */
function scopeText(scope: string): string {
  return server.texts[`pages.scope.${scope}`] ?? scope;
}

/** Asks the user whether a client may have what it asks for (the page of oauth-provider's option consentPage). */
export function Consent() {
  const user = useUser();
  const sending = useSending();
  const [client, setClient] = useState<Client | null>();
  const id = query.get("client_id") ?? "";
  const scopes = (query.get("scope") ?? "").split(" ").filter(Boolean);

  useEffect(() => {
    if (user === null) location.replace(`${page("/sign-in")}${location.search}`);
    if (user && id)
      auth.$fetch<Client>("/oauth2/public-client", { query: { client_id: id } }).then(
        ({ data }) => setClient(data),
        () => setClient(null),
      );
  }, [user]);

  async function decide(accept: boolean) {
    const call = () => auth.$fetch<{ url?: string }>("/oauth2/consent", { method: "POST", body: { accept, oauth_query: signedQuery() } });
    const data = await sending.send(call, {}, accept ? "yes" : "no");
    if (data?.url) leave(data.url);
  }

  if (!query.has("sig") || client === null)
    return (
      <CardPage title={t("pages.consent.title")}>
        <Notice kind="bad">{t("pages.consent.unknown")}</Notice>
      </CardPage>
    );
  if (!user || !client) return null;
  const name = client.client_name || host(client.client_uri) || id;
  const to = host(query.get("redirect_uri") ?? "");
  return (
    <CardPage
      title={t("pages.consent.heading", { name })}
      intro={t("pages.consent.intro", { name, site: server.site.name })}
      footer={
        <>
          <span class="break">{t("pages.invitation.signedIn", { email: user.email })}</span>{" "}
          <a href={`${page("/sign-in")}${location.search}`}>{t("pages.consent.other")}</a>
        </>
      }
    >
      <ul class="scopes">
        {scopes.map((scope) => (
          <li key={scope} class="break">
            {scopeText(scope)}
          </li>
        ))}
      </ul>
      {to && <p class="soft break">{t("pages.consent.returns", { to })}</p>}
      {(client.policy_uri || client.tos_uri) && (
        <p class="soft row">
          <Link to={client.policy_uri} label="pages.consent.policy" />
          <Link to={client.tos_uri} label="pages.consent.terms" />
        </p>
      )}
      {sending.problem && <Notice kind="bad">{sending.problem.text}</Notice>}
      <div class="actions">
        <Button kind="plain" busy={sending.busy === "no"} disabled={sending.busy !== ""} onClick={() => decide(false)}>
          {t("pages.consent.deny")}
        </Button>
        <Button busy={sending.busy === "yes"} disabled={sending.busy !== ""} onClick={() => decide(true)}>
          {t("pages.consent.allow")}
        </Button>
      </div>
    </CardPage>
  );
}

/** A link to a page of the client; only of the web. */
function Link({ to, label }: { to?: string; label: Key }) {
  if (!to || !/^https?:\/\//.test(to)) return null;
  return (
    <a href={to} rel="noopener noreferrer" target="_blank">
      {t(label)}
    </a>
  );
}

function host(address = ""): string {
  try {
    const url = new URL(address);
    return url.host || url.protocol.replace(":", "");
  } catch {
    return "";
  }
}
