import { useState } from "preact/hooks";
import { Button, CardPage, Field, Notice, PasswordField } from "../kit";
import { has, server } from "../server";
import { t } from "../texts";
import { auth, finish, leave, query, verified, withNext } from "./auth";
import { SendForm, useSending } from "./form";
import { PasskeyButton } from "./passkey";
import { ConfirmAddress, linkError, useUser } from "./parts";
import { CodeForm, last, LinkForm, PhoneForm, ProviderButtons, WayButton, WayPage, ways } from "./ways";
import type { Way } from "./ways";
import { next } from "./authorization";

const { features } = server;

export function SignIn() {
  const user = useUser();
  const [way, choose] = useState<Way>();
  const [unconfirmed, setUnconfirmed] = useState("");
  const usual = ways[0];

  if (unconfirmed)
    return (
      <CardPage title={t("pages.verify.title")} footer={<a href={withNext("/sign-in")}>{t("pages.backToSignIn")}</a>}>
        <ConfirmAddress email={unconfirmed}>
          {t(features.verifyByCode ? "pages.verify.neededCode" : "pages.verify.needed")}
        </ConfirmAddress>
      </CardPage>
    );
  if (way)
    return (
      <WayPage title={t("pages.signIn.title")} back={() => choose(undefined)}>
        <WayForm way={way} start onUnconfirmed={setUnconfirmed} />
      </WayPage>
    );
  const others = ways.slice(1);
  const choices = others.length > 0 || has("passkey") || features.providers.length > 0;
  const problem = linkError() ?? server.message;
  return (
    <CardPage title={t("pages.signIn.title")} footer={features.signUp && <Footer />}>
      {problem && <Notice kind="bad">{problem}</Notice>}
      {query.has("reset") && !problem && <Notice kind="good">{t("pages.signIn.afterReset")}</Notice>}
      {user && <SignedIn email={user.email} />}
      {!usual && !choices && <Notice kind="warning">{t("pages.signIn.none")}</Notice>}
      {usual && <WayForm way={usual} start={false} onUnconfirmed={setUnconfirmed} />}
      {usual && choices && <div class="divider">{t("pages.or")}</div>}
      {choices && (
        <div class="ways">
          {has("passkey") && <PasskeyButton last={last === "passkey"} />}
          {others.map((other) => (
            <WayButton key={other} way={other} onChoose={choose} />
          ))}
          <ProviderButtons />
        </div>
      )}
    </CardPage>
  );
}

function Footer() {
  return (
    <>
      {t("pages.signIn.noAccount")} <a href={withNext("/sign-up")}>{t("pages.signIn.signUp")}</a>
    </>
  );
}

/** Tells somebody who is signed in so, and leads on. */
function SignedIn({ email }: { email: string }) {
  return (
    <Notice>
      <p class="break">{t("pages.signIn.already", { email })}</p>
      <Button kind="plain" class="small" onClick={() => leave(next)}>
        {t("pages.continue")}
      </Button>
    </Notice>
  );
}

function WayForm({ way, start, onUnconfirmed }: { way: Way; start: boolean; onUnconfirmed: (email: string) => void }) {
  switch (way) {
    case "link":
      return <LinkForm start={start} />;
    case "code":
      return <CodeForm start={start} />;
    case "phone":
      return <PhoneForm start={start} />;
  }
  return <Password start={start} onUnconfirmed={onUnconfirmed} />;
}

function Password({ start, onUnconfirmed }: { start: boolean; onUnconfirmed: (email: string) => void }) {
  const sending = useSending();
  const names = has("username");
  return (
    <SendForm
      start={start}
      sending={sending}
      button={t("pages.signIn.button")}
      onSend={async ({ email = "", password = "", rememberMe }) => {
        const who = email.trim();
        const common = { password, rememberMe: rememberMe === "on", callbackURL: verified() };
        const byName = names && !who.includes("@");
        const call = () => (byName ? auth.signIn.username({ username: who, ...common }) : auth.signIn.email({ email: who, ...common }));
        const data = await sending.send<object>(call, byName || !features.verifyEmail ? {} : { EMAIL_NOT_VERIFIED: () => onUnconfirmed(who) });
        if (data) finish(data);
      }}
    >
      <Field
        label={t(names ? "pages.emailOrUsername" : "pages.email")}
        name="email"
        type={names ? "text" : "email"}
        autocomplete={has("passkey") ? "username webauthn" : "username"}
        autocapitalize="off"
        spellcheck={false}
        required
        error={sending.at("email")}
      />
      <PasswordField
        label={t("pages.password")}
        name="password"
        autocomplete="current-password"
        required
        error={sending.at("password")}
      />
      <div class="row between">
        <label class="check">
          <input type="checkbox" name="rememberMe" defaultChecked />
          {t("pages.remember")}
        </label>
        {(features.resetPassword || has("email-otp")) && <a href={withNext("/forgot-password")}>{t("pages.signIn.forgot")}</a>}
      </div>
      {(last === "email" || last === "username") && <p class="note center">{t("pages.lastUsedPassword")}</p>}
    </SendForm>
  );
}
