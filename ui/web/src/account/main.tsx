// The pages of the account: one script for all of them, chosen by the path.
import { render } from "preact";
import { CardPage, Notice } from "../kit";
import { has, server } from "../server";
import { t } from "../texts";
import { DeletePage } from "./delete";
import { Frame } from "./frame";
import { KeysPage } from "./keys";
import { OrganizationPage } from "./organization";
import { OrganizationsPage } from "./organizations";
import { ProfilePage } from "./profile";
import { SecurityPage } from "./security";
import { SessionsPage } from "./sessions";
import { StateProvider, useSession } from "./state";
import "./style.css";

const path = server.page.replace(/\/+$/, "");
const { features } = server;

function Page() {
  const id = path.match(/^\/account\/organizations\/([^/]+)$/)?.[1];
  switch (path) {
    case "/account":
      return <ProfilePage />;
    case "/account/security":
      return <SecurityPage />;
    case "/account/sessions":
      return <SessionsPage />;
    case "/account/organizations":
      if (has("organization")) return <OrganizationsPage />;
      break;
    case "/account/api-keys":
      if (features.account.apiKeys) return <KeysPage />;
      break;
    case "/account/delete":
      if (features.deleteUser) return <DeletePage />;
  }
  if (id && has("organization")) return <OrganizationPage id={id} />;
  return (
    <Frame title={t("account.notFound")} current="">
      <p>{t("account.notFoundText")}</p>
    </Frame>
  );
}

function App() {
  const { signedIn, failure, reload } = useSession();
  if (signedIn)
    return (
      <StateProvider value={{ ...signedIn, reload }}>
        <Page />
      </StateProvider>
    );
  return (
    <CardPage title={t("account.title")}>
      {failure ? (
        <Notice kind="bad">{failure}</Notice>
      ) : (
        <p class="soft" role="status">
          {t("common.loading")}
        </p>
      )}
    </CardPage>
  );
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<App />, root);
}
