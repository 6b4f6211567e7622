// The ways to sign in besides a password, each with a form of its own.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Badge, Button, CardPage, Field, Notice, PasswordField } from "../kit";
import { has, server } from "../server";
import { t } from "../texts";
import { auth, finish, landing, leave, withNext } from "./auth";
import { SendForm, useSending } from "./form";
import { Again, CodeField, EmailField, Sign, tidy } from "./parts";

export type Way = "password" | "link" | "code" | "phone";

const { features } = server;

/** The ways with a form that this server offers, the usual one first. */
export const ways: Way[] = [
  ...(features.emailPassword ? (["password"] as const) : []),
  ...(has("email-otp") ? (["code"] as const) : []),
  ...(has("magic-link") ? (["link"] as const) : []),
  ...(has("phone-number") ? (["phone"] as const) : []),
];

export const last = has("last-login-method") ? auth.getLastUsedLoginMethod() : null;

const labels = { password: "pages.signIn.withPassword", link: "pages.signIn.withLink", code: "pages.signIn.withCode", phone: "pages.signIn.withPhone" } as const;
const signs = { password: "password", link: "mail", code: "code", phone: "phone" } as const;
const methods = { password: "email", link: "magic-link", code: "email-otp", phone: "phone-number" };

export function WayButton({ way, onChoose }: { way: Way; onChoose: (way: Way) => void }) {
  return (
    <Button kind="plain" onClick={() => onChoose(way)}>
      <Sign of={signs[way]} />
      {t(labels[way])}
      {last === methods[way] && <Badge>{t("pages.lastUsed")}</Badge>}
    </Button>
  );
}

/** One button for each provider. Signing up and signing in are the same with a provider. */
export function ProviderButtons() {
  const sending = useSending();
  if (features.providers.length === 0) return null;
  return (
    <>
      {sending.problem && <Notice kind="bad">{sending.problem.text}</Notice>}
      {features.providers.map(({ id, name }) => (
        <Button
          key={id}
          kind="plain"
          busy={sending.busy === id}
          disabled={sending.busy !== ""}
          onClick={() =>
            sending.send(
              async () => {
                const answer = await auth.signIn.social({ provider: id, callbackURL: landing(), errorCallbackURL: withNext("/sign-in") });
                if (answer.data?.url) leave(answer.data.url);
                return answer;
              },
              {},
              id,
            )
          }
        >
          {t("pages.continueWith", { name })}
          {last === id && <Badge>{t("pages.lastUsed")}</Badge>}
        </Button>
      ))}
    </>
  );
}

interface WayProps {
  start: boolean; // the cursor goes into the first field
}

/** Asks for an address and sends a link to it. */
export function LinkForm({ start, name }: WayProps & { name?: boolean }) {
  const sending = useSending();
  const [sentTo, setSentTo] = useState("");
  const ask = (email: string, called?: string) => auth.signIn.magicLink({ email, ...(called && { name: called }), callbackURL: landing(), errorCallbackURL: withNext("/sign-in") });
  if (sentTo)
    return (
      <>
        <Notice kind="good">{t("pages.signIn.linkSent", { email: sentTo })}</Notice>
        <Again send={() => ask(sentTo)} />
      </>
    );
  return (
    <SendForm
      start={start}
      sending={sending}
      button={t("pages.signIn.sendLink")}
      onSend={async (fields) => {
        const email = (fields.email ?? "").trim();
        if (await sending.send(() => ask(email, fields.name))) setSentTo(email);
      }}
    >
      {name && <Field label={t("pages.name")} name="name" autocomplete="name" required error={sending.at("name")} />}
      <EmailField sending={sending} />
    </SendForm>
  );
}

/** Sends a code to an address, then asks for it. */
export function CodeForm({ start, name }: WayProps & { name?: boolean }) {
  const asking = useSending();
  const [sentTo, setSentTo] = useState({ email: "", name: "" });
  const ask = (email: string) => auth.emailOtp.sendVerificationOtp({ email, type: "sign-in" });
  if (sentTo.email)
    return (
      <EnterCode to={sentTo.email} again={() => ask(sentTo.email)} send={(otp) => auth.signIn.emailOtp({ email: sentTo.email, otp, ...(sentTo.name && { name: sentTo.name }) })} />
    );
  return (
    <SendForm
      start={start}
      sending={asking}
      button={t("pages.signIn.sendCode")}
      onSend={async (fields) => {
        const email = (fields.email ?? "").trim();
        if (await asking.send(() => ask(email))) setSentTo({ email, name: fields.name ?? "" });
      }}
    >
      {name && <Field label={t("pages.name")} name="name" autocomplete="name" required error={asking.at("name")} />}
      <EmailField sending={asking} />
    </SendForm>
  );
}

/** Asks for a phone number, and for a code or the password. */
export function PhoneForm({ start }: WayProps) {
  const sending = useSending();
  const [byPassword, setByPassword] = useState(false);
  const [sentTo, setSentTo] = useState("");
  const ask = (phoneNumber: string) => auth.phoneNumber.sendOtp({ phoneNumber });
  if (sentTo) return <EnterCode to={sentTo} again={() => ask(sentTo)} send={(code) => auth.phoneNumber.verify({ phoneNumber: sentTo, code })} />;
  return (
    <>
      <SendForm
        start={start}
        sending={sending}
        button={t(byPassword ? "pages.signIn.button" : "pages.signIn.sendCode")}
        onSend={async ({ phone = "", password = "" }) => {
          const phoneNumber = tidy(phone);
          if (byPassword) {
            const data = await sending.send<object>(() => auth.signIn.phoneNumber({ phoneNumber, password, rememberMe: true }));
            if (data) finish(data);
          } else if (await sending.send(() => ask(phoneNumber))) setSentTo(phoneNumber);
        }}
      >
        <Field label={t("pages.phone")} name="phone" type="tel" autocomplete="tel" hint={t("pages.phoneHint")} required error={sending.at("phone")} />
        {byPassword && <PasswordField label={t("pages.password")} name="password" autocomplete="current-password" required error={sending.at("password")} />}
      </SendForm>
      <div class="links">
        <Button kind="link" onClick={() => setByPassword(!byPassword)}>
          {t(byPassword ? "pages.signIn.sendCode" : "pages.signIn.withPassword")}
        </Button>
      </div>
    </>
  );
}

function EnterCode({ to, send, again }: { to: string; send: (code: string) => Promise<unknown>; again: () => Promise<unknown> }) {
  const sending = useSending();
  type Result = Parameters<typeof sending.send<object>>[0];
  return (
    <>
      <Notice>{t("pages.codeSent", { to })}</Notice>
      <SendForm
        start
        sending={sending}
        button={t("pages.continue")}
        onSend={async ({ code = "" }) => {
          const data = await sending.send<object>((() => send(tidy(code))) as Result);
          if (data) finish(data);
        }}
      >
        <CodeField sending={sending} />
      </SendForm>
      <Again send={again as Result} />
    </>
  );
}

export function WayPage({ title, children, back }: { title: string; children: ComponentChildren; back?: () => void }) {
  return (
    <CardPage
      title={title}
      footer={
        back && (
          <Button kind="link" onClick={back}>
            {t("pages.otherWays")}
          </Button>
        )
      }
    >
      {children}
    </CardPage>
  );
}
