import { useState } from "preact/hooks";
import { CardPage, Notice, PasswordField } from "../kit";
import { has, page, server } from "../server";
import { t } from "../texts";
import { auth, leave, query, withNext } from "./auth";
import { SendForm, useSending } from "./form";
import { Again, CodeField, EmailField, tidy } from "./parts";

const { features } = server;

/** Asks for the link that resets a password, or for a code if the server sends no links. The answer is the same for unknown addresses. */
export function Forgot() {
  const sending = useSending();
  const byCode = !features.resetPassword && has("email-otp");
  const [sentTo, setSentTo] = useState("");
  const sent = sentTo !== "" || query.has("sent");
  const request = (email: string) => (byCode ? auth.emailOtp.requestPasswordReset({ email }) : auth.requestPasswordReset({ email, redirectTo: page("/reset-password") }));
  const ask = (email: string) => sending.send<object>(() => request(email)).then((data) => data && setSentTo(email));
  const back = <a href={withNext("/sign-in")}>{t("pages.backToSignIn")}</a>;

  if (!features.emailPassword || (!features.resetPassword && !byCode))
    return (
      <CardPage title={t("pages.forgot.title")} footer={back}>
        <Notice>{t("pages.forgot.off")}</Notice>
      </CardPage>
    );
  if (sent && byCode) return <ByCode email={sentTo} />;
  return (
    <CardPage title={t("pages.forgot.title")} intro={sent ? undefined : t(byCode ? "pages.forgot.introCode" : "pages.forgot.intro")} footer={back}>
      {sent ? (
        <>
          <Notice kind="good">{sentTo ? t("pages.forgot.sent", { email: sentTo }) : t("pages.forgot.sentAny")}</Notice>
          {sentTo && <Again send={() => request(sentTo)} />}
        </>
      ) : (
        <SendForm sending={sending} button={t(byCode ? "pages.signIn.sendCode" : "pages.forgot.button")} onSend={({ email = "" }) => ask(email.trim())}>
          <EmailField sending={sending} />
        </SendForm>
      )}
    </CardPage>
  );
}

function ByCode({ email }: { email: string }) {
  const sending = useSending();
  return (
    <CardPage title={t("pages.reset.title")} footer={<a href={withNext("/sign-in")}>{t("pages.backToSignIn")}</a>}>
      <Notice>{t("pages.forgot.sentCode", { email })}</Notice>
      <SendForm
        start
        sending={sending}
        button={t("pages.reset.button")}
        onSend={async ({ code = "", password = "" }) => {
          if (await sending.send<object>(() => auth.emailOtp.resetPassword({ email, otp: tidy(code), password }))) leave(withNext("/sign-in?reset=true"));
        }}
      >
        <CodeField sending={sending} />
        <PasswordField label={t("pages.reset.password")} name="password" autocomplete="new-password" hint={t("pages.minLength", { min: features.minPasswordLength })} required error={sending.at("password")} />
      </SendForm>
      <Again send={() => auth.emailOtp.requestPasswordReset({ email })} />
    </CardPage>
  );
}
