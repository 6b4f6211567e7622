// One OAuth client: what it is and may, who allowed it what, and what an operator can do.
import { useState } from "preact/hooks";
import { Button, Copy, Dialog, Field, Form, Notice, Section, useCall } from "../kit";
import { has, page } from "../server";
import { formatDate, t } from "../texts";
import { get, post } from "./api";
import type { OAuthClient } from "./api";
import { ClientBadges, ClientOwner, ClientSecret, clientName } from "./clients";
import { Consents } from "./consents";
import { Choice, Lines, Loaded, To, formatNumber, linesOf, useQuestion } from "./parts";
import { useData } from "./state";
import { Without } from "./without";

export function ClientPage({ id }: { id: string }) {
  return has("oauth-provider") ? <One id={id} /> : <Without plugin="oauth-provider" />;
}

interface Details {
  client: OAuthClient;
  consents: number;
  refreshTokens: number;
  may: boolean;
}

function One({ id }: { id: string }) {
  const { data, error, loading, reload } = useData(() => get<Details>("/console/oauth-client", { id }), [id]);
  const { ask, dialog } = useQuestion(() => void reload());
  const back = (
    <To path="/console/oauth-clients" class="back">
      ← {t("console.allClients")}
    </To>
  );
  if (!data)
    return (
      <>
        {back}
        <Loaded error={error} loading={loading} empty emptyText={t("console.noMatch")}>
          {null}
        </Loaded>
      </>
    );
  const { client, may } = data;
  return (
    <>
      {back}
      {dialog}
      {error && <Notice kind="bad">{error}</Notice>}
      <Facts data={data} />
      {may && !client.fixed && !client.document && <Edit key={client.id} client={client} onChange={reload} />}
      <Consents client={client} onChange={() => void reload()} />
      {may && !client.fixed && <Danger client={client} ask={ask} />}
    </>
  );
}

function Texts({ of }: { of: string[] }) {
  if (of.length === 0) return <>–</>;
  return (
    <ul class="plain-list mono">
      {of.map((one) => (
        <li key={one}>{one}</li>
      ))}
    </ul>
  );
}

function Facts({ data }: { data: Details }) {
  const { client, consents, refreshTokens } = data;
  return (
    <Section title={clientName(client)} action={<ClientBadges of={client} />}>
      {client.fixed && <Notice>{t("console.clientFixed")}</Notice>}
      {client.document && <Notice>{t("console.clientDocument")}</Notice>}
      <dl>
        <dt>{t("console.clientId")}</dt>
        <dd class="row">
          <span class="mono break">{client.clientId}</span>
          <Copy text={client.clientId} />
        </dd>
        <dt>{t("console.kind")}</dt>
        <dd>
          {client.public ? t("console.publicText") : t("console.confidentialText")}
          {client.applicationType === "native" && ` · ${t("console.nativeShort")}`}
        </dd>
        <dt>{t("console.authMethod")}</dt>
        <dd class="mono">{client.authMethod ?? "client_secret_basic"}</dd>
        <dt>{t("console.clientSecret")}</dt>
        <dd>{client.hasSecret ? t("console.secretSet") : t("console.secretNone")}</dd>
        <dt>{t("console.redirects")}</dt>
        <dd>
          <Texts of={client.redirectUris} />
        </dd>
        {client.postLogoutRedirectUris.length > 0 && (
          <>
            <dt>{t("console.postLogout")}</dt>
            <dd>
              <Texts of={client.postLogoutRedirectUris} />
            </dd>
          </>
        )}
        <dt>{t("console.scopes")}</dt>
        <dd>{client.scopes ? <span class="mono">{client.scopes.join(" ") || "–"}</span> : t("console.allScopes")}</dd>
        {client.clientCredentialsScopes.length > 0 && (
          <>
            <dt>{t("console.scopesOwn")}</dt>
            <dd class="mono">{client.clientCredentialsScopes.join(" ")}</dd>
          </>
        )}
        <dt>{t("console.grants")}</dt>
        <dd class="mono">{client.grantTypes.join(" ") || "authorization_code"}</dd>
        <dt>{t("console.owner")}</dt>
        <dd>
          <ClientOwner of={client} />
        </dd>
        <dt>{t("console.created")}</dt>
        <dd>{client.createdAt ? formatDate(client.createdAt) : "–"}</dd>
        <dt>{t("console.consents")}</dt>
        <dd>{formatNumber(consents)}</dd>
        <dt>{t("console.refreshTokens")}</dt>
        <dd>{formatNumber(refreshTokens)}</dd>
      </dl>
    </Section>
  );
}

function Edit({ client, onChange }: { client: OAuthClient; onChange: () => Promise<void> }) {
  const { busy, error, run } = useCall();
  const [done, setDone] = useState("");
  const save = async (fields: Record<string, string>) => {
    setDone("");
    const redirectUris = linesOf(fields.redirects);
    const change: Record<string, unknown> = {};
    if (fields.name !== (client.name ?? "")) change.name = fields.name;
    if (redirectUris.join("\n") !== client.redirectUris.join("\n")) change.redirectUris = redirectUris;
    if (Object.keys(change).length === 0) return;
    if (await run(() => post("/console/oauth-client/update", { id: client.id, ...change }))) {
      await onChange();
      setDone(t("console.saved"));
    }
  };
  return (
    <Section title={t("console.editClient")}>
      <Form onSend={save}>
        {error && <Notice kind="bad">{error}</Notice>}
        {done && <Notice kind="good">{done}</Notice>}
        <Field label={t("console.name")} name="name" defaultValue={client.name ?? ""} required maxLength={200} autocomplete="off" />
        <Lines label={t("console.redirects")} name="redirects" values={client.redirectUris} hint={t("console.redirectsHint")} />
        <div class="actions">
          <Button type="submit" busy={busy}>
            {t("common.save")}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

function Danger({ client, ask }: { client: OAuthClient; ask: ReturnType<typeof useQuestion>["ask"] }) {
  const [secret, setSecret] = useState("");
  const name = clientName(client);
  const { id } = client;
  const disable = () =>
    ask({
      title: t("console.disable"),
      text: t("console.disableClientText", { name }),
      action: t("console.disable"),
      run: () => post("/console/oauth-client/disable", { id }),
      done: t("console.keyDisabled", { name }),
    });
  const enable = () =>
    ask({
      title: t("console.enable"),
      text: t("console.enableClientText", { name }),
      action: t("console.enable"),
      run: () => post("/console/oauth-client/enable", { id }),
      done: t("console.clientEnabled", { name }),
    });
  const rotate = () =>
    ask({
      title: t("console.rotateSecret"),
      text: t("console.rotateSecretText", { name }),
      action: t("console.rotateSecret"),
      run: async () => {
        const answer = await post<{ secret: string }>("/console/oauth-client/rotate-secret", { id });
        if (answer.data) setSecret(answer.data.secret);
        return answer;
      },
      done: "",
    });
  const remove = () =>
    ask({
      title: t("console.deleteClient"),
      text: t("console.deleteClientText", { name }),
      action: t("console.deleteClient"),
      run: async () => {
        const answer = await post("/console/oauth-client/delete", { id });
        if (!answer.error) location.assign(page("/console/oauth-clients"));
        return answer;
      },
      done: "",
    });
  return (
    <Section title={t("console.more")}>
      <div class="choices">
        {client.disabled ? (
          <Choice title={t("console.enable")} text={t("console.enableClientShort")}>
            <Button kind="plain" onClick={enable}>
              {t("console.enable")}
            </Button>
          </Choice>
        ) : (
          <Choice title={t("console.disable")} text={t("console.disableClientShort")}>
            <Button kind="danger" onClick={disable}>
              {t("console.disable")}
            </Button>
          </Choice>
        )}
        {client.hasSecret && (
          <Choice title={t("console.rotateSecret")} text={t("console.rotateSecretShort")}>
            <Button kind="danger" onClick={rotate}>
              {t("console.rotateSecret")}
            </Button>
          </Choice>
        )}
        <Choice title={t("console.deleteClient")} text={t("console.deleteClientShort")}>
          <Button kind="danger" onClick={remove}>
            {t("console.deleteClient")}
          </Button>
        </Choice>
      </div>
      <Dialog title={t("console.newSecret")} open={Boolean(secret)} onClose={() => setSecret("")}>
        <ClientSecret clientId={client.clientId} secret={secret} onClose={() => setSecret("")} />
      </Dialog>
    </Section>
  );
}
