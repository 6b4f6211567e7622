// The console: pages for administrators.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button, CardPage, Code, Notice, WidePage, useCall } from "../kit";
import type { Tab } from "../kit";
import { has, page, server } from "../server";
import { t } from "../texts";
import { APIKeysPage } from "./api-keys";
import { AuditPage } from "./audit";
import { auth, signInFirst } from "./api";
import type { User } from "./api";
import { ClientPage } from "./client";
import { ClientsPage } from "./clients";
import { KeysPage } from "./keys";
import { LimitsPage } from "./limits";
import { MailPage } from "./mail";
import { OrganizationPage, OrganizationsPage } from "./organizations";
import { OverviewPage } from "./overview";
import { UserPage } from "./user";
import { UsersPage } from "./users";
import "./style.css";

interface Place {
  path: string;
  title: string;
  hidden?: boolean;
  show: (me: User) => preact.JSX.Element;
  one?: (id: string, me: User) => preact.JSX.Element;
}

const places: Place[] = [
  { path: "/console", title: t("console.overview"), show: () => <OverviewPage /> },
  { path: "/console/users", title: t("console.users"), show: () => <UsersPage />, one: (id, me) => <UserPage id={id} me={me} /> },
  { path: "/console/organizations", title: t("console.organizations"), show: () => <OrganizationsPage />, one: (id) => <OrganizationPage id={id} /> },
  { path: "/console/api-keys", title: t("console.apiKeys"), show: () => <APIKeysPage /> },
  { path: "/console/oauth-clients", title: t("console.clients"), hidden: !has("oauth-provider"), show: () => <ClientsPage />, one: (id) => <ClientPage id={id} /> },
  { path: "/console/keys", title: t("console.keys"), show: () => <KeysPage /> },
  { path: "/console/mail", title: t("console.mail"), show: () => <MailPage /> },
  { path: "/console/limits", title: t("console.limits"), show: () => <LimitsPage /> },
  { path: "/console/audit", title: t("console.audit"), show: () => <AuditPage /> },
];

const tabs: Tab[] = places.filter((place) => !place.hidden).map(({ path, title }) => ({ path, label: title }));

interface Me {
  user: User;
  impersonatedBy: string;
  admin: boolean;
}

/** Asks who is here and whether that is an administrator; undefined means: to the sign-in page. */
async function whoIsHere(): Promise<Me | undefined> {
  const [{ data, error }, access] = await Promise.all([auth.getSession(), auth.$fetch("/console/figures", { query: { minutes: 1 } })]);
  if (error) throw error;
  if (!data) return undefined;
  const impersonatedBy = (data.session as { impersonatedBy?: string | null }).impersonatedBy ?? "";
  const user = data.user as unknown as User;
  if (impersonatedBy) return { user, impersonatedBy, admin: false };
  if (access.error && access.error.status !== 403) throw access.error;
  return { user, impersonatedBy, admin: !access.error };
}

async function signOut() {
  await auth.signOut();
  location.assign(page("/sign-in"));
}

function Console({ me }: { me: User }) {
  const path = server.page.replace(/\/+$/, "");
  const place = places.find((one) => one.path === path) ?? places.find((one) => one.one && path.startsWith(`${one.path}/`));
  const id = place && path !== place.path ? path.slice(place.path.length + 1) : "";
  const aside = (
    <>
      <span class="signed-in">{me.email}</span>
      <Button kind="plain" class="small" onClick={signOut}>
        {t("common.signOut")}
      </Button>
    </>
  );
  useEffect(() => document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), []);
  return (
    <WidePage title={place?.title ?? t("console.notFound")} tabs={tabs} current={place?.path ?? ""} aside={aside}>
      {!place && <p class="soft">{t("console.notFoundText")}</p>}
      {place && (id && place.one ? place.one(decoded(id), me) : place.show(me))}
    </WidePage>
  );
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function NoAccess({ me }: { me: User }) {
  return (
    <CardPage title={t("console.noAccess")} intro={t("console.noAccessText", { email: me.email })}>
      {server.mode === "development" && (
        <>
          <p class="note">{t("console.makeAdmin")}</p>
          <Code label={t("console.command")} text="betterauth user create --admin you@example.com" />
          <p />
        </>
      )}
      <div class="actions">
        <a class="button plain" href={page("/account")}>
          {t("console.toAccount")}
        </a>
        <Button onClick={signOut}>{t("console.otherAccount")}</Button>
      </div>
    </CardPage>
  );
}

function Impersonating({ me }: { me: User }) {
  const { busy, error, run } = useCall();
  const stop = async () => {
    if (await run(() => auth.admin.stopImpersonating())) location.reload();
  };
  return (
    <CardPage title={t("console.impersonating")} intro={t("console.impersonatingText", { name: me.name || me.email })}>
      {error && <Notice kind="bad">{error}</Notice>}
      <div class="actions">
        <a class="button plain" href={page("/account")}>
          {t("console.stay")}
        </a>
        <Button busy={busy} onClick={stop}>
          {t("console.stopImpersonating")}
        </Button>
      </div>
    </CardPage>
  );
}

const missing = ["admin", "console"].filter((plugin) => !has(plugin));

function Missing() {
  return (
    <CardPage title={t("console.title")} intro={t("console.missing")}>
      <Code label="betterauth.yaml" text={`plugins:\n${missing.map((plugin) => `  ${plugin}: {}`).join("\n")}`} />
      <p />
      <p class="note">{t("console.missingThen")}</p>
      <Code label={t("console.command")} text={"betterauth migrate\nbetterauth user create --admin you@example.com"} />
    </CardPage>
  );
}

function App() {
  const [me, setMe] = useState<Me>();
  const [failed, setFailed] = useState(false);
  const [stranger, setStranger] = useState(false);
  useEffect(() => {
    if (missing.length > 0) return;
    whoIsHere().then(
      (found) => {
        if (found) setMe(found);
        else if (server.site.pages) signInFirst();
        else setStranger(true);
      },
      () => setFailed(true),
    );
  }, []);
  if (missing.length > 0) return <Missing />;
  if (stranger) return <CardPage title={t("console.title")} intro={t("console.signInElsewhere")} />;
  if (failed)
    return (
      <CardPage title={t("console.title")}>
        <Notice kind="bad">{t("error.unavailable")}</Notice>
        <Button onClick={() => location.reload()}>{t("console.again")}</Button>
      </CardPage>
    );
  if (!me) return <p class="hidden" role="status">{t("common.loading")}</p>;
  if (me.impersonatedBy) return <Impersonating me={me.user} />;
  if (!me.admin) return <NoAccess me={me.user} />;
  return <Console me={me.user} />;
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<App />, root);
}
