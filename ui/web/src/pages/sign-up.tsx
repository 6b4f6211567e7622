import { useId, useState } from "preact/hooks";
import { CardPage, Field, Notice, PasswordField } from "../kit";
import { has, server } from "../server";
import type { Field as Extra } from "../server";
import { t } from "../texts";
import { auth, finish, verified, withNext } from "./auth";
import { SendForm, useSending } from "./form";
import type { Fields } from "./form";
import { ConfirmAddress, EmailField, linkError } from "./parts";
import { CodeForm, LinkForm, ProviderButtons } from "./ways";

const { features } = server;

export function SignUp() {
  const [sentTo, setSentTo] = useState("");
  const footer = (
    <>
      {t("pages.signUp.have")} <a href={withNext("/sign-in")}>{t("pages.signUp.signIn")}</a>
    </>
  );
  if (sentTo)
    return (
      <CardPage title={t("pages.signIn.linkSentTitle")} footer={footer}>
        <ConfirmAddress email={sentTo}>
          {features.verifyByCode ? t("pages.codeSent", { to: sentTo }) : t("pages.verify.sent", { email: sentTo })}
        </ConfirmAddress>
      </CardPage>
    );
  // Without passwords, the first link or code creates the account.
  const first = features.signUp ? <Details onSent={setSentTo} /> : features.emailPassword ? null : has("email-otp") ? <CodeForm start={false} name /> : has("magic-link") ? <LinkForm start={false} name /> : null;
  const problem = linkError() ?? server.message;
  return (
    <CardPage title={t("pages.signUp.title")} footer={footer}>
      {problem && <Notice kind="bad">{problem}</Notice>}
      {!first && features.providers.length === 0 && <Notice>{t("pages.signUp.closed")}</Notice>}
      {first}
      {first && features.providers.length > 0 && <div class="divider">{t("pages.or")}</div>}
      <div class="ways">
        <ProviderButtons />
      </div>
    </CardPage>
  );
}

/** Returns what a form gives an additional field, in its own type. */
function valueOf(field: Extra, fields: Fields): unknown {
  const text = fields[field.name] ?? "";
  if (field.type === "boolean") return text === "on";
  return field.type === "number" && text !== "" ? Number(text) : text;
}

function Details({ onSent }: { onSent: (email: string) => void }) {
  const sending = useSending();
  const waiting = () => sending.setProblem({ text: t("pages.signUp.waiting") });
  return (
    <SendForm
      sending={sending}
      button={t("pages.signUp.button")}
      onSend={async (fields) => {
        const email = (fields.email ?? "").trim();
        const extra = Object.fromEntries(features.signUpFields.map((field) => [field.name, valueOf(field, fields)]));
        const who = { ...extra, name: (fields.name ?? "").trim(), email, password: fields.password ?? "", callbackURL: verified(), ...(has("username") && { username: (fields.username ?? "").trim() }) };
        const data = await sending.send(() => auth.signUp.email(who), features.waitingList ? { SIGN_UP_NOT_ALLOWED: waiting } : {});
        if (data?.token || (data && "url" in data)) finish(data);
        else if (data) onSent(email);
      }}
    >
      <Field label={t("pages.name")} name="name" autocomplete="name" required error={sending.at("name")} />
      <EmailField sending={sending} />
      {has("username") && <Field label={t("pages.username")} name="username" autocomplete="username" autocapitalize="off" spellcheck={false} hint={t("pages.signUp.usernameHint")} required error={sending.at("username")} />}
      {features.signUpFields.map((field) => (
        <ExtraField key={field.name} field={field} error={sending.at(field.name)} />
      ))}
      <PasswordField label={t("pages.password")} name="password" autocomplete="new-password" hint={t("pages.minLength", { min: features.minPasswordLength })} required error={sending.at("password")} />
    </SendForm>
  );
}

const inputTypes: Record<string, string> = { number: "number", date: "date" };

/** An additional field of users. Its label is the text field.NAME of the site, or its name. */
function ExtraField({ field, error }: { field: Extra; error?: string }) {
  const id = useId();
  const label = server.texts[`field.${field.name}`] ?? field.name;
  if (field.type === "boolean")
    return (
      <label class="check">
        <input type="checkbox" name={field.name} />
        {label}
      </label>
    );
  if (field.enum?.length)
    return (
      <div class="field">
        <div class="label">
          <label for={id}>{label}</label>
        </div>
        <select id={id} name={field.name} required>
          {field.enum.map((value) => (
            <option key={value}>{value}</option>
          ))}
        </select>
      </div>
    );
  return <Field label={label} name={field.name} type={inputTypes[field.type] ?? "text"} step={field.type === "number" ? "any" : undefined} required error={error} />;
}
