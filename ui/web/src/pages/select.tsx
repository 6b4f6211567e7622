import { useEffect } from "preact/hooks";
import { Button, CardPage, Notice } from "../kit";
import { page } from "../server";
import { t } from "../texts";
import { auth, leave, query } from "./auth";
import { signedQuery } from "./authorization";
import { useSending } from "./form";
import { useUser } from "./parts";

/** Asks with which account a client is to be used (the page of oauth-provider's option selectAccount). */
export function SelectAccount() {
  const user = useUser();
  const sending = useSending();
  const again = `${page("/sign-in")}${location.search}`;

  useEffect(() => {
    if (user === null) location.replace(again);
  }, [user]);

  async function choose() {
    const call = () => auth.$fetch<{ url?: string }>("/oauth2/continue", { method: "POST", body: { selected: true, oauth_query: signedQuery() } });
    const data = await sending.send(call, {}, "yes");
    if (data?.url) leave(data.url);
  }

  if (!query.has("sig"))
    return (
      <CardPage title={t("pages.selectAccount.title")}>
        <Notice kind="bad">{t("pages.consent.unknown")}</Notice>
      </CardPage>
    );
  if (!user) return null;
  return (
    <CardPage title={t("pages.selectAccount.title")} intro={t("pages.selectAccount.intro")}>
      {sending.problem && <Notice kind="bad">{sending.problem.text}</Notice>}
      <div class="stack">
        <Button class="wide" busy={sending.busy !== ""} onClick={choose}>
          <span class="break">{t("pages.selectAccount.use", { email: user.email })}</span>
        </Button>
        <a class="button plain" href={again}>
          {t("pages.selectAccount.other")}
        </a>
      </div>
    </CardPage>
  );
}
