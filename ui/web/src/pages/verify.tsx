import { useState } from "preact/hooks";
import { CardPage, Notice } from "../kit";
import { server } from "../server";
import { next } from "./authorization";
import { t } from "../texts";
import { query, withNext } from "./auth";
import { SendForm, useSending } from "./form";
import { askToConfirm, ConfirmAddress, EmailField, linkError, useUser } from "./parts";

const byCode = server.features.verifyByCode;

/** How the link that confirms an address ended, and a form that asks for a new one. */
export function Verify() {
  const user = useUser();
  const sending = useSending();
  const [sentTo, setSentTo] = useState("");
  const problem = linkError();

  if (query.has("verified") && !problem)
    return (
      <CardPage title={t("pages.verify.doneTitle")}>
        <Notice kind="good">{t("pages.verify.done")}</Notice>
        {user !== undefined && (
          <a class="button primary wide" href={user ? next : withNext("/sign-in")}>
            {user ? t("pages.continue") : t("pages.signIn.title")}
          </a>
        )}
      </CardPage>
    );
  const footer = <a href={withNext("/sign-in")}>{t("pages.backToSignIn")}</a>;
  if (sentTo)
    return (
      <CardPage title={t("pages.signIn.linkSentTitle")} footer={footer}>
        <ConfirmAddress email={sentTo}>
          {byCode ? t("pages.codeSent", { to: sentTo }) : t("pages.verify.sent", { email: sentTo })}
        </ConfirmAddress>
      </CardPage>
    );
  return (
    <CardPage title={t("pages.verify.title")} footer={footer}>
      {problem && <Notice kind="bad">{problem}</Notice>}
      {query.has("sent") && <Notice kind="good">{t("pages.verify.sentAny")}</Notice>}
      {server.features.verifyEmail ? (
        <SendForm
          sending={sending}
          button={t(byCode ? "pages.signIn.sendCode" : "pages.verify.send")}
          onSend={async ({ email = "" }) => {
            const to = email.trim();
            if (await sending.send(() => askToConfirm(to))) setSentTo(to);
          }}
        >
          <EmailField key={user?.email} sending={sending} defaultValue={user?.email} />
        </SendForm>
      ) : (
        !problem && <Notice>{t("pages.notEnabled")}</Notice>
      )}
    </CardPage>
  );
}
