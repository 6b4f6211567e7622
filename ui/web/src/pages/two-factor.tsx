import { useEffect, useState } from "preact/hooks";
import { Button, CardPage, Notice } from "../kit";
import { server } from "../server";
import { next } from "./authorization";
import { t } from "../texts";
import { auth, finish, query, withNext } from "./auth";
import { SendForm, useSending } from "./form";
import { Again, CodeField, linkError, tidy, useUser } from "./parts";

type Method = "totp" | "otp" | "backup";

const intros = { totp: "pages.twoFactor.totp", otp: "pages.twoFactor.otp", backup: "pages.twoFactor.backup" } as const;
const uses = { totp: "pages.twoFactor.useTotp", otp: "pages.twoFactor.useOtp", backup: "pages.twoFactor.useBackup" } as const;

/** The second step of a sign-in. Somebody who comes here signed in, from a link or a provider, goes on at once. */
export function TwoFactor() {
  const pending = query.has("twoFactorRedirect");
  return pending || linkError() ? <Factor /> : <PassOn />;
}

function PassOn() {
  const user = useUser();
  useEffect(() => {
    if (user) location.replace(next);
  }, [user]);
  if (user !== null) return null;
  return (
    <CardPage title={t("pages.twoFactor.title")}>
      <Notice>{t("pages.twoFactor.none")}</Notice>
      <a class="button primary wide" href={withNext("/sign-in")}>
        {t("pages.signIn.title")}
      </a>
    </CardPage>
  );
}

function Factor() {
  const offered = (query.get("twoFactorMethods") ?? "totp").split(",");
  const methods: Method[] = [...(["totp", "otp"] as const).filter((m) => offered.includes(m)), "backup"];
  const [method, setMethod] = useState<Method>(methods[0] === "otp" ? "backup" : (methods[0] ?? "backup"));
  const [over, setOver] = useState(false);
  const sending = useSending();
  const asking = useSending();
  const ends = { INVALID_TWO_FACTOR_COOKIE: () => setOver(true), TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: () => setOver(true) };

  async function choose(next: Method) {
    sending.setProblem(undefined);
    if (next === "otp" && !(await asking.send<object>(() => auth.twoFactor.sendOtp(), ends))) return;
    setMethod(next);
  }
  // The only method besides backup codes is a code that has to be sent.
  useEffect(() => {
    if (methods[0] === "otp") void choose("otp");
  }, []);

  if (over)
    return (
      <CardPage title={t("pages.twoFactor.title")}>
        <Notice kind="bad">{server.texts["code.INVALID_TWO_FACTOR_COOKIE"]}</Notice>
        <a class="button primary wide" href={withNext("/sign-in")}>
          {t("pages.backToSignIn")}
        </a>
      </CardPage>
    );
  return (
    <CardPage title={t("pages.twoFactor.title")} intro={t(intros[method])} footer={<a href={withNext("/sign-in")}>{t("pages.backToSignIn")}</a>}>
      {asking.problem && <Notice kind="bad">{asking.problem.text}</Notice>}
      {server.message && !sending.problem && <Notice kind="bad">{server.message}</Notice>}
      <SendForm
        key={method}
        start
        sending={sending}
        button={t("pages.continue")}
        onSend={async ({ code = "", trustDevice }) => {
          const answer = { code: tidy(code), trustDevice: trustDevice === "on" };
          const calls = { totp: () => auth.twoFactor.verifyTotp(answer), otp: () => auth.twoFactor.verifyOtp(answer), backup: () => auth.twoFactor.verifyBackupCode(answer) };
          const data = await sending.send<object>(calls[method], ends);
          if (data) finish(data);
        }}
      >
        <CodeField sending={sending} digits={method !== "backup"} label={t(method === "backup" ? "pages.twoFactor.backupCode" : "pages.code")} />
        <label class="check">
          <input type="checkbox" name="trustDevice" />
          {t("pages.twoFactor.trust")}
        </label>
      </SendForm>
      {method === "otp" && <Again send={() => auth.twoFactor.sendOtp()} />}
      <div class="links">
        {methods
          .filter((other) => other !== method)
          .map((other) => (
            <Button key={other} kind="link" busy={asking.busy !== "" && other === "otp"} onClick={() => choose(other)}>
              {t(uses[other])}
            </Button>
          ))}
      </div>
    </CardPage>
  );
}
