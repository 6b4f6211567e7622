import { useState } from "preact/hooks";
import { CardPage, Notice, PasswordField } from "../kit";
import { server } from "../server";
import { t } from "../texts";
import { auth, leave, query, withNext } from "./auth";
import { SendForm, useSending } from "./form";
import { linkError } from "./parts";

/** Asks for a new password. The token comes from the link in the mail. */
export function Reset() {
  const sending = useSending();
  const [over, setOver] = useState(linkError());
  const token = query.get("token") ?? "";
  const problem = over ?? (token === "" ? t("pages.reset.missing") : "");
  const footer = <a href={withNext("/sign-in")}>{t("pages.backToSignIn")}</a>;

  if (problem || server.message)
    return (
      <CardPage title={t("pages.reset.title")} footer={footer}>
        <Notice kind="bad">{problem || server.message}</Notice>
        <a class="button plain wide" href={withNext("/forgot-password")}>
          {t("pages.reset.again")}
        </a>
      </CardPage>
    );
  return (
    <CardPage title={t("pages.reset.title")} footer={footer}>
      <SendForm
        sending={sending}
        button={t("pages.reset.button")}
        onSend={async ({ password = "" }) => {
          const end = () => setOver(linkError("INVALID_TOKEN"));
          if (await sending.send(() => auth.resetPassword({ newPassword: password, token }), { INVALID_TOKEN: end })) leave(withNext("/sign-in?reset=true"));
        }}
      >
        <PasswordField label={t("pages.reset.password")} name="password" autocomplete="new-password" hint={t("pages.minLength", { min: server.features.minPasswordLength })} required error={sending.at("password")} />
      </SendForm>
    </CardPage>
  );
}
