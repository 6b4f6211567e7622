// Sign up, sign in, and a new password through the outbox, on the first page itself.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button, Field, Form, Notice, PasswordField, Section, useCall } from "../kit";
import { page, server } from "../server";
import { failureText, t } from "../texts";
import type { Failure } from "../texts";
import { auth } from "./data";

type Way = "sign-up" | "sign-in" | "forgot" | "reset";

const at = () => location.pathname; // this page, which links of messages lead back to

function first(known: boolean): Way {
  const query = new URLSearchParams(location.search);
  if (query.has("token") || query.get("error") === "INVALID_TOKEN") return "reset";
  return server.features.signUp && !known ? "sign-up" : "sign-in";
}

export function Forms({ ready, known, onReset }: { ready: boolean; known: boolean; onReset: () => void }) {
  const [way, go] = useState<Way>(() => first(known));
  const [done, setDone] = useState("");
  const turn = (to: Way, text = "") => {
    setDone(text);
    go(to);
  };
  if (!server.features.emailPassword)
    return (
      <Section title={t("home.account.title")} intro={t("home.account.noPassword")}>
        <MoreWays primary />
      </Section>
    );
  return (
    <Section title={t(`home.form.${way}.title`)} intro={t(`home.form.${way}.intro`)}>
      {done && <Notice kind="good">{done}</Notice>}
      <div class={ready ? undefined : "waiting"} aria-busy={!ready || undefined}>
        {way === "sign-up" && <SignUp turn={turn} />}
        {way === "sign-in" && <SignIn turn={turn} />}
        {way === "forgot" && <Forgot turn={turn} />}
        {way === "reset" && <Reset turn={turn} onReset={onReset} />}
      </div>
    </Section>
  );
}

type Turn = { turn: (to: Way, text?: string) => void };

/** Runs a call, and explains the errors that development brings. */
function useSubmit() {
  const call = useCall();
  const [failure, setFailure] = useState<Failure>();
  const run: typeof call.run = async (send) => {
    setFailure(undefined);
    return call.run(async () => {
      const answer = await send();
      if (answer.error) setFailure(answer.error);
      return answer;
    });
  };
  return { busy: call.busy, run, error: call.error && (explain(failure) ?? call.error) };
}

function explain(failure?: Failure): string | undefined {
  if (failure?.code === "INVALID_ORIGIN") return t("home.form.origin", { origin: location.origin });
  if (failure?.code === "EMAIL_NOT_VERIFIED") return t("home.form.unverified");
  return failure && failureText(failure);
}

function Foot({ children }: { children: ComponentChildren }) {
  return <div class="form-foot">{children}</div>;
}

function Email(props: { autocomplete?: string }) {
  return <Field label={t("home.form.email")} name="email" type="email" required autocomplete={props.autocomplete ?? "username"} />;
}

function SignUp({ turn }: Turn) {
  const { busy, error, run } = useSubmit();
  const { minPasswordLength: min, maxPasswordLength: max } = server.features;
  return (
    <Form
      onSend={async ({ name, email, password }) => {
        const data = await run(() => auth.signUp.email({ name, email, password, callbackURL: at() }));
        if (data && !("token" in data && data.token)) turn("sign-in", t("home.form.signedUp"));
      }}
    >
      {error && <Notice kind="bad">{error}</Notice>}
      <Field label={t("home.form.name")} name="name" required autocomplete="name" />
      <Email />
      <PasswordField label={t("home.form.password")} name="password" required minLength={min} maxLength={max} autocomplete="new-password" hint={t("home.form.passwordHint", { min })} />
      <Button type="submit" busy={busy}>
        {t("home.form.sign-up.title")}
      </Button>
      <Foot>
        <Button kind="link" onClick={() => turn("sign-in")}>
          {t("home.form.haveAccount")}
        </Button>
        <MoreWays />
      </Foot>
    </Form>
  );
}

function SignIn({ turn }: Turn) {
  const { busy, error, run } = useSubmit();
  return (
    <Form
      onSend={async ({ email, password }) => {
        const data = await run(() => auth.signIn.email({ email, password, callbackURL: undefined }));
        if (data && "twoFactorRedirect" in data) location.assign(page(`/two-factor?redirectTo=${encodeURIComponent(at())}`));
      }}
    >
      {error && <Notice kind="bad">{error}</Notice>}
      <Email />
      <PasswordField label={t("home.form.password")} name="password" required autocomplete="current-password" />
      <Button type="submit" busy={busy}>
        {t("home.form.sign-in.title")}
      </Button>
      <Foot>
        {server.features.signUp && (
          <Button kind="link" onClick={() => turn("sign-up")}>
            {t("home.form.noAccount")}
          </Button>
        )}
        {server.features.resetPassword && (
          <Button kind="link" onClick={() => turn("forgot")}>
            {t("home.form.forgotten")}
          </Button>
        )}
        <MoreWays />
      </Foot>
    </Form>
  );
}

function Forgot({ turn }: Turn) {
  const { busy, error, run } = useSubmit();
  return (
    <Form
      onSend={async ({ email }) => {
        if (await run(() => auth.requestPasswordReset({ email, redirectTo: at() }))) turn("sign-in", t("home.form.resetSent"));
      }}
    >
      {error && <Notice kind="bad">{error}</Notice>}
      <Email />
      <Button type="submit" busy={busy}>
        {t("home.form.sendLink")}
      </Button>
      <Foot>
        <Button kind="link" onClick={() => turn("sign-in")}>
          {t("home.form.back")}
        </Button>
      </Foot>
    </Form>
  );
}

function Reset({ turn, onReset }: Turn & { onReset: () => void }) {
  const { busy, error, run } = useSubmit();
  const [token] = useState(() => new URLSearchParams(location.search).get("token"));
  const { minPasswordLength: min, maxPasswordLength: max } = server.features;
  const leave = (to: Way, text?: string) => {
    history.replaceState(null, "", at()); // the token must not stay in the address
    turn(to, text);
    onReset();
  };
  if (!token)
    return (
      <>
        <Notice kind="bad">{t("home.form.badLink")}</Notice>
        <Button kind="plain" onClick={() => leave("forgot")}>
          {t("home.form.newLink")}
        </Button>
      </>
    );
  return (
    <Form
      onSend={async ({ newPassword }) => {
        if (await run(() => auth.resetPassword({ newPassword, token }))) leave("sign-in", t("home.form.changed"));
      }}
    >
      {error && <Notice kind="bad">{error}</Notice>}
      <PasswordField label={t("home.form.newPassword")} name="newPassword" required minLength={min} maxLength={max} autocomplete="new-password" hint={t("home.form.passwordHint", { min })} />
      <Button type="submit" busy={busy}>
        {t("home.form.save")}
      </Button>
      <Foot>
        <Button kind="link" onClick={() => leave("sign-in")}>
          {t("home.form.back")}
        </Button>
      </Foot>
    </Form>
  );
}

/** Leads to the hosted page, which has all ways to sign in. */
function MoreWays({ primary }: { primary?: boolean }) {
  return (
    <a class={primary ? "button primary" : undefined} href={page(`/sign-in?redirectTo=${encodeURIComponent(at())}`)}>
      {t("home.form.moreWays")}
    </a>
  );
}
