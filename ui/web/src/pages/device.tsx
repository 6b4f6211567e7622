import { useEffect, useState } from "preact/hooks";
import { Button, CardPage, Field, Notice } from "../kit";
import { has, page } from "../server";
import { failureText, t } from "../texts";
import type { Failure } from "../texts";
import { auth, query, withNext } from "./auth";
import { SendForm, useSending } from "./form";
import { useUser } from "./parts";

interface Claimed {
  user_code: string;
  status: string;
  client_id?: string | null;
  scope?: string | null;
}

// The errors of OAuth, under the names of texts.
const codes: Record<string, string> = {
  invalid_request: "INVALID_USER_CODE",
  expired_token: "EXPIRED_USER_CODE",
  access_denied: "DEVICE_OTHER_USER",
};

type OAuthFailure = Failure & { error?: string; error_description?: string };

function translated<T extends { error: unknown }>(answer: T): T {
  const failure = answer.error as OAuthFailure | null;
  if (failure?.error) failure.code = failure.error_description?.includes("already processed") ? "DEVICE_CODE_ALREADY_PROCESSED" : codes[failure.error];
  return answer;
}

/** Lets the signed-in user connect a device that shows a code. */
export function Device() {
  const user = useUser();
  const sending = useSending();
  const [claimed, setClaimed] = useState<Claimed>();
  const [end, setEnd] = useState<"approved" | "denied">();
  const given = query.get("user_code") ?? "";

  const look = async (code: string) => {
    const data = await sending.send(async () => translated(await auth.device({ query: { user_code: code } })));
    if (data) setClaimed(data as Claimed);
  };
  useEffect(() => {
    if (user === null) location.replace(withNext("/sign-in", page(`/device${location.search}`)));
    if (user && given && has("device-authorization")) void look(given);
  }, [user]);

  async function decide(approved: boolean) {
    const userCode = claimed?.user_code ?? "";
    const call = async () => translated(approved ? await auth.device.approve({ userCode }) : await auth.device.deny({ userCode }));
    if (await sending.send<object>(call, {}, approved ? "yes" : "no")) setEnd(approved ? "approved" : "denied");
  }

  if (!has("device-authorization"))
    return (
      <CardPage title={t("pages.device.title")}>
        <Notice>{t("pages.notEnabled")}</Notice>
      </CardPage>
    );
  if (!user) return null;
  const footer = <span class="break">{t("pages.invitation.signedIn", { email: user.email })}</span>;
  if (end)
    return (
      <CardPage title={t("pages.device.title")} footer={footer}>
        <Notice kind={end === "approved" ? "good" : "info"}>{t(`pages.device.${end}`)}</Notice>
      </CardPage>
    );
  if (claimed && claimed.status !== "pending")
    return (
      <CardPage title={t("pages.device.title")} footer={footer}>
        <Notice>{t("pages.device.done")}</Notice>
      </CardPage>
    );
  if (claimed && claimed.client_id === undefined)
    return (
      <CardPage title={t("pages.device.title")} footer={footer}>
        <Notice kind="bad">{failureText({ code: "DEVICE_OTHER_USER" })}</Notice>
      </CardPage>
    );
  if (claimed)
    return (
      <CardPage title={t("pages.device.title")} intro={t("pages.device.compare")} footer={footer}>
        <p class="user-code">{claimed.user_code}</p>
        <dl>
          <dt>{t("pages.device.application")}</dt>
          <dd>{claimed.client_id}</dd>
          {claimed.scope && <dt>{t("pages.device.access")}</dt>}
          {claimed.scope && <dd>{claimed.scope}</dd>}
        </dl>
        <p class="soft">{t("pages.device.warning")}</p>
        {sending.problem && <Notice kind="bad">{sending.problem.text}</Notice>}
        <div class="actions">
          <Button kind="plain" busy={sending.busy === "no"} disabled={sending.busy !== ""} onClick={() => decide(false)}>
            {t("pages.device.deny")}
          </Button>
          <Button busy={sending.busy === "yes"} disabled={sending.busy !== ""} onClick={() => decide(true)}>
            {t("pages.device.approve")}
          </Button>
        </div>
      </CardPage>
    );
  return (
    <CardPage title={t("pages.device.title")} intro={t("pages.device.intro")} footer={footer}>
      <SendForm start sending={sending} button={t("pages.continue")} onSend={({ code = "" }) => look(code.trim())}>
        <Field label={t("pages.code")} name="code" class="code-input" autocomplete="off" autocapitalize="characters" spellcheck={false} defaultValue={given} required error={sending.at("code")} />
      </SendForm>
    </CardPage>
  );
}
