import { CardPage, Notice } from "../kit";
import { t } from "../texts";
import { query, withNext } from "./auth";
import { linkError } from "./parts";

/** What a provider or a link that failed leads to. */
export function Failed() {
  const code = query.get("error") ?? "";
  return (
    <CardPage title={t("pages.error.title")} footer={<a href={withNext("/sign-in")}>{t("pages.backToSignIn")}</a>}>
      <Notice kind="bad">{linkError() ?? t("link.other")}</Notice>
      {/^[\w-]{1,60}$/.test(code) && <p class="soft break">{t("pages.error.code", { code })}</p>}
    </CardPage>
  );
}
