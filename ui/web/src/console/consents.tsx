import { useState } from "preact/hooks";
import { Button, Section } from "../kit";
import { t } from "../texts";
import { get, post } from "./api";
import type { Consent, OAuthClient } from "./api";
import { clientName } from "./clients";
import { Ago, Listing, To, rowsPerPage, useQuestion } from "./parts";
import { useData } from "./state";

/** What users allowed a client, or what a user allowed clients, with the way to end it. */
export function Consents({ client, user, onChange }: { client?: OAuthClient; user?: string; onChange?: () => void }) {
  const [current, setCurrent] = useState(1);
  const { data, error, loading, reload } = useData(
    () => get<{ consents: Consent[]; total: number; may: boolean }>("/console/oauth-consents", { client: client?.id, userId: user, limit: rowsPerPage, offset: (current - 1) * rowsPerPage }),
    [client?.id, user, current],
  );
  const { ask, dialog } = useQuestion(() => {
    void reload();
    onChange?.();
  });
  const names = (one: Consent) => ({ client: one.client.name || one.client.clientId || t("console.unnamed"), user: one.user?.name || one.user?.email || t("console.unknown") });
  const revoke = (one: Consent) =>
    ask({
      title: t("console.revokeAccess"),
      text: t("console.revokeAccessText", names(one)),
      action: t("console.revokeAccess"),
      run: () => post("/console/oauth-consent/revoke", { id: one.id }),
      done: t("console.accessRevoked", names(one)),
    });
  return (
    <Section title={t("console.consents")} intro={client ? (client.skipConsent ? t("console.consentsSkipped") : t("console.consentsText")) : t("console.consentsOfUser")}>
      {dialog}
      <Listing
        label={t("console.consents")}
        data={{ error, loading }}
        rows={data?.consents ?? []}
        empty={t("console.noConsents")}
        columns={[
          client
            ? {
                title: t("console.user"),
                cell: ({ user: who }) =>
                  who ? (
                    <div class="who">
                      <To path={`/console/users/${encodeURIComponent(who.id)}`}>{who.name || who.email}</To>
                      <span class="soft">{who.email}</span>
                    </div>
                  ) : (
                    t("console.unknown")
                  ),
              }
            : {
                title: t("console.client"),
                cell: (one) => (
                  <div class="who">
                    {one.client.id ? <To path={`/console/oauth-clients/${encodeURIComponent(one.client.id)}`}>{clientName(one.client)}</To> : t("console.unknown")}
                    <span class="soft mono">{one.client.clientId}</span>
                  </div>
                ),
              },
          {
            title: t("console.scopes"),
            class: "break",
            cell: (one) => (
              <div class="who">
                <span class="mono">{one.scopes.join(" ")}</span>
                {one.referenceId && <span class="soft">{t("console.consentFor", { reference: one.referenceId })}</span>}
              </div>
            ),
          },
          { title: t("console.allowedAt"), class: "only-wide nowrap", cell: (one) => <Ago at={one.createdAt} /> },
          {
            title: t("console.actions"),
            hidden: true,
            class: "right",
            cell: (one) =>
              data?.may && (
                <Button kind="danger" class="small" aria-label={`${t("console.revokeAccess")}: ${client ? names(one).user : names(one).client}`} onClick={() => revoke(one)}>
                  {t("console.revokeAccess")}
                </Button>
              ),
          },
        ]}
        pager={{ current, total: data?.total ?? 0, onPage: setCurrent }}
      />
    </Section>
  );
}
