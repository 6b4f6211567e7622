// Parts that several pages have.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button, Field, Notice } from "../kit";
import { server } from "../server";
import { t } from "../texts";
import { auth, finish, query, verified } from "./auth";
import { SendForm, useSending } from "./form";
import type { Answer, Sending } from "./form";

/** Returns the text for the error that a link or a provider came back with; undefined if there is none. */
export function linkError(code = query.get("error")): string | undefined {
  if (!code) return undefined;
  return (code.length < 100 && server.texts[`link.${code.toLowerCase()}`]) || t("link.other");
}

export interface User {
  email: string;
  name: string;
  emailVerified: boolean;
}

/** Returns the user who is signed in, null for nobody, and undefined until that is known. */
export function useUser(): User | null | undefined {
  const [user, setUser] = useState<User | null>();
  useEffect(() => {
    auth.getSession().then(
      ({ data }) => setUser(data?.user ?? null),
      () => setUser(null),
    );
  }, []);
  return user;
}

export function EmailField({ sending, ...input }: { sending: Sending } & Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "label" | "name">) {
  return <Field label={t("pages.email")} name="email" type="email" autocomplete="email" inputMode="email" autocapitalize="off" spellcheck={false} required error={sending.at("email")} {...input} />;
}

export function CodeField({ sending, label = t("pages.code"), digits = true }: { sending: Sending; label?: string; digits?: boolean }) {
  return <Field label={label} name="code" class="code-input" autocomplete={digits ? "one-time-code" : "off"} inputMode={digits ? "numeric" : "text"} autocapitalize="off" spellcheck={false} required error={sending.at("code")} />;
}

/** Returns a code as it was meant, without the blanks in it. */
export const tidy = (code: string) => code.replace(/\s/g, "");

/** A link-like button that sends a message again. */
export function Again({ send }: { send: () => Promise<Answer<object>> }) {
  const sending = useSending();
  const [done, setDone] = useState(false);
  return (
    <div class="again">
      {sending.problem && <Notice kind="bad">{sending.problem.text}</Notice>}
      <Button
        kind="link"
        busy={sending.busy !== ""}
        onClick={async () => {
          setDone(false);
          const answer = await sending.send(send);
          if (answer !== undefined) setDone(true);
        }}
      >
        {t("pages.sendAgain")}
      </Button>
      <span class="soft" role="status">
        {done ? t("pages.sentAgain") : ""}
      </span>
    </div>
  );
}

/** Sends the link that confirms an address, or a code where the server sends codes. */
export async function askToConfirm(email: string): Promise<Answer<object>> {
  if (server.features.verifyByCode) return auth.emailOtp.sendVerificationOtp({ email, type: "email-verification" });
  return auth.sendVerificationEmail({ email, callbackURL: verified() });
}

/** Tells to look into the inbox for the link or the code that confirms an address; sends it again. */
export function ConfirmAddress({ email, children }: { email: string; children: ComponentChildren }) {
  const sending = useSending();
  const byCode = server.features.verifyByCode;
  return (
    <>
      <Notice>{children}</Notice>
      {byCode && (
        <SendForm
          sending={sending}
          button={t("pages.verify.confirm")}
          onSend={async ({ code = "" }) => {
            const data = await sending.send(() => auth.emailOtp.verifyEmail({ email, otp: tidy(code) }));
            if (data) finish(data);
          }}
        >
          <CodeField sending={sending} label={t("pages.verify.byCode")} />
        </SendForm>
      )}
      {server.features.verifyEmail && <Again send={() => askToConfirm(email)} />}
    </>
  );
}

/** The sign of a way to sign in. */
export function Sign({ of }: { of: "passkey" | "mail" | "phone" | "password" | "code" }) {
  const paths = {
    passkey: "M8 11a4 4 0 1 1 3.9-4.9A4 4 0 0 1 8 11Zm-6 9v-2a5 5 0 0 1 5-5h3m6-3a3 3 0 0 1 1.5 5.6V17l-1 1 1 1-1.500 2-1.500-1.500v-4.900A3 3 0 0 1 16 10Z",
    mail: "M3 6h18v12H3zM3 7l9 6 9-6",
    phone: "M8 3h8v18H8zM11 18h2",
    password: "M5 11h14v9H5zM8 11V8a4 4 0 0 1 8 0v3",
    code: "M4 6h16v12H4zM8 12h.01M12 12h.01M16 12h.01",
  };
  return (
    <svg class="sign" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
      <path d={paths[of]} />
    </svg>
  );
}
