// Passkeys on the first page; the code for them is loaded when a button is pressed.
import { useEffect, useState } from "preact/hooks";
import { Button, Notice, Section, useCall } from "../kit";
import { page } from "../server";
import { t } from "../texts";
import { call, refreshSession } from "./data";

const client = () => import("./passkey-client");

export function Passkeys({ signed }: { signed: boolean }) {
  const { busy, error, run } = useCall();
  const [names, setNames] = useState<string[]>([]);
  const load = async () => {
    const { data } = await call<{ name?: string; createdAt: string }[]>("/passkey/list-user-passkeys");
    setNames((data ?? []).map((one) => one.name || t("home.passkey.unnamed")));
  };
  useEffect(() => {
    if (signed) load();
    else setNames([]);
  }, [signed]);
  return (
    <Section title={t("home.passkey.title")} intro={t(signed ? "home.passkey.intro" : "home.passkey.signIn")}>
      {error && <Notice kind="bad">{error}</Notice>}
      {names.length > 0 && (
        <ul class="list" aria-label={t("home.passkey.title")}>
          {names.map((name, i) => (
            <li key={i} class="break">
              {name}
            </li>
          ))}
        </ul>
      )}
      <div class="row">
        {signed ? (
          <>
            <Button kind="plain" busy={busy} onClick={() => run(async () => (await client()).add()).then(load)}>
              {t("home.passkey.add")}
            </Button>
            <a href={page("/account/security")}>{t("home.passkey.manage")}</a>
          </>
        ) : (
          <Button kind="plain" busy={busy} onClick={() => run(async () => (await client()).signIn()).then(refreshSession)}>
            {t("home.passkey.use")}
          </Button>
        )}
      </div>
    </Section>
  );
}
