import { useState } from "preact/hooks";
import { Badge, Button, Code, Dialog, Field, Form, Notice, Section, useCall } from "../kit";
import { has, page } from "../server";
import { t } from "../texts";
import { get, post } from "./api";
import type { OAuthClient } from "./api";
import { Ago, Check, Lines, Listing, Search, Select, To, linesOf, rowsPerPage } from "./parts";
import { useData, useQuery } from "./state";
import { Without } from "./without";

export function ClientsPage() {
  return has("oauth-provider") ? <List /> : <Without plugin="oauth-provider" />;
}

interface Clients {
  clients: OAuthClient[];
  total: number;
  scopes: string[];
  clientCredentialsScopes: string[];
  may: boolean;
}

export const clientName = (one: { name: string | null }) => one.name || t("console.unnamed");

function List() {
  const { value, set, page: current } = useQuery();
  const [creating, create] = useState(false);
  const search = value("search");
  const userId = value("user");
  const { data, error, loading, reload } = useData(
    () => get<Clients>("/console/oauth-clients", { search, userId, limit: rowsPerPage, offset: (current - 1) * rowsPerPage }),
    [search, userId, current],
  );
  const close = () => {
    create(false);
    void reload(); // a client may have been created
  };
  return (
    <Section title={t("console.allClients")} intro={t("console.clientsText")} action={data?.may && <Button onClick={() => create(true)}>{t("console.newClient")}</Button>}>
      <div class="filters">
        <Search label={t("console.search")} value={search} onSearch={(text) => set({ search: text, page: 1 })} />
        {userId && (
          <Button kind="plain" onClick={() => set({ user: "", page: 1 })}>
            {t("console.clientsOfAll")}
          </Button>
        )}
      </div>
      <Listing
        label={t("console.clients")}
        data={{ error, loading }}
        rows={data?.clients ?? []}
        empty={search || userId ? t("console.noMatch") : t("console.noClients")}
        columns={[
          {
            title: t("console.name"),
            cell: (one) => (
              <div class="who">
                <To path={`/console/oauth-clients/${encodeURIComponent(one.id)}`}>{clientName(one)}</To>
                <span class="soft mono">{one.clientId}</span>
              </div>
            ),
          },
          { title: t("console.status"), cell: (one) => <ClientBadges of={one} /> },
          { title: t("console.owner"), class: "only-wide break", cell: (one) => <ClientOwner of={one} /> },
          { title: t("console.created"), class: "only-wide nowrap", cell: (one) => <Ago at={one.createdAt} /> },
        ]}
        pager={{ current, total: data?.total ?? 0, onPage: (next) => set({ page: next }) }}
      />
      <Dialog title={t("console.newClient")} open={creating} onClose={close}>
        {data && <NewClient scopes={data.scopes} own={data.clientCredentialsScopes} onClose={close} />}
      </Dialog>
    </Section>
  );
}

/** What is special about a client. */
export function ClientBadges({ of }: { of: OAuthClient }) {
  return (
    <div class="badges">
      <Badge kind={of.disabled ? "bad" : "good"}>{of.disabled ? t("console.disabled") : t("console.active")}</Badge>
      <Badge>{of.public ? t("console.public") : t("console.confidential")}</Badge>
      {of.skipConsent && <Badge kind="warning">{t("console.asksNobody")}</Badge>}
    </div>
  );
}

/** The user, or what the option clientReference names, to whom a client belongs. */
export function ClientOwner({ of }: { of: OAuthClient }) {
  if (of.userId) return <To path={`/console/users/${encodeURIComponent(of.userId)}`}>{of.ownerName || of.userId}</To>;
  return of.referenceId ? <span class="mono">{of.referenceId}</span> : <span class="soft">{t("console.ownedByNobody")}</span>;
}

/** The id and the secret of a client, which nobody sees again. */
export function ClientSecret({ clientId, secret, onClose }: { clientId: string; secret: string; onClose: () => void }) {
  return (
    <div class="stack">
      {secret ? <Notice kind="warning">{t("console.secretOnce")}</Notice> : <Notice kind="good">{t("console.clientMade")}</Notice>}
      <div>
        <h3>{t("console.clientId")}</h3>
        <Code label={t("console.clientId")} text={clientId} />
      </div>
      {secret && (
        <div>
          <h3>{t("console.clientSecret")}</h3>
          <Code label={t("console.clientSecret")} text={secret} />
        </div>
      )}
      <div class="actions">
        <Button onClick={onClose}>{t("console.toClient")}</Button>
      </div>
    </div>
  );
}

interface Made {
  id: string;
  clientId: string;
  secret: string;
}

function NewClient({ scopes, own, onClose }: { scopes: string[]; own: string[]; onClose: () => void }) {
  const { busy, error, run, setError } = useCall();
  const [kind, setKind] = useState("confidential");
  const [made, setMade] = useState<Made>();
  const isPublic = kind === "public";
  const send = async (fields: Record<string, string>) => {
    const chosen = (prefix: string, all: string[]) => all.filter((scope) => fields[prefix + scope]);
    const redirectUris = linesOf(fields.redirects);
    const clientCredentialsScopes = isPublic ? [] : chosen("own:", own);
    const asked = chosen("scope:", scopes);
    if (redirectUris.length === 0 && clientCredentialsScopes.length === 0) return setError(t("console.needsRedirect"));
    if (redirectUris.length > 0 && asked.length === 0) return setError(t("console.needsScope"));
    const answer = await run(() =>
      post<Made>("/console/oauth-client/create", {
        name: fields.name,
        ...(redirectUris.length > 0 ? { redirectUris, scopes: asked } : {}),
        ...(clientCredentialsScopes.length > 0 ? { clientCredentialsScopes } : {}),
        public: isPublic,
        native: Boolean(fields.native),
        skipConsent: Boolean(fields.skip),
      }),
    );
    if (answer) setMade(answer);
  };
  if (made) return <ClientSecret clientId={made.clientId} secret={made.secret} onClose={() => location.assign(page(`/console/oauth-clients/${encodeURIComponent(made.id)}`))} />;
  return (
    <Form onSend={send}>
      {error && <Notice kind="bad">{error}</Notice>}
      <Field label={t("console.name")} name="name" required autocomplete="off" maxLength={200} hint={t("console.clientNameHint")} />
      <Select label={t("console.kind")} name="kind" value={kind} onChange={setKind} options={[["confidential", t("console.confidentialText")], ["public", t("console.publicText")]]} />
      <Lines label={t("console.redirects")} name="redirects" hint={t("console.redirectsHint")} />
      <Check label={t("console.native")} name="native" />
      <fieldset class="checks">
        <legend>{t("console.scopesAsked")}</legend>
        {scopes.map((scope) => (
          <Check key={scope} label={scope} name={`scope:${scope}`} checked />
        ))}
      </fieldset>
      {own.length > 0 && !isPublic && (
        <fieldset class="checks">
          <legend>{t("console.scopesOwn")}</legend>
          {own.map((scope) => (
            <Check key={scope} label={scope} name={`own:${scope}`} />
          ))}
        </fieldset>
      )}
      <Check label={t("console.skipConsent")} name="skip" />
      <div class="actions">
        <Button kind="plain" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" busy={busy}>
          {t("console.createClient")}
        </Button>
      </div>
    </Form>
  );
}
