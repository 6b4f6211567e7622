// The second factor: set it up, new backup codes, turn it off.
import { useEffect, useRef, useState } from "preact/hooks";
import { Badge, Button, Copy, Field, Form, Section } from "../kit";
import { server } from "../server";
import { t } from "../texts";
import { auth } from "./client";
import type { Account } from "./client";
import { PasswordDialog, Small } from "./parts";
import { QR } from "./qr";
import { hasPassword } from "./security";
import { Outcome, useRegion, useSignedIn, useTask } from "./state";

const { factors, factorPasswordless } = server.features.account;

type Asking = "totp" | "otp" | "codes" | "off";
type Setup = { totpURI: string; backupCodes: string[] };

export function FactorSection({ accounts }: { accounts: Account[] }) {
  const { user, reload } = useSignedIn();
  const task = useTask();
  const region = useRegion();
  const [asking, setAsking] = useState<Asking>();
  const [setup, setSetup] = useState<Setup>();
  const [codes, setCodes] = useState<string[]>();
  const isOn = Boolean(user.twoFactorEnabled);
  const withPassword = hasPassword(accounts);
  const mayStart = withPassword || factorPasswordless;

  const ask = (what: Asking) => (task.clear(), setAsking(what));

  async function send(given: string) {
    const password = given || (undefined as never); // only users without one leave it out
    if (asking === "totp") {
      const answer = await task.run("send", () => auth.twoFactor.enable({ password, method: "totp" } as never));
      if (!answer) return;
      setSetup(answer as Setup);
    } else if (asking === "otp") {
      if (!(await task.run("send", () => auth.twoFactor.enable({ password, method: "otp" } as never), t("account.factorOnSent"), reload))) return;
    } else if (asking === "codes") {
      const answer = await task.run("send", () => auth.twoFactor.generateBackupCodes({ password }), t("account.codesNew"));
      if (!answer) return;
      setCodes(answer.backupCodes);
    } else {
      if (!(await task.run("send", () => auth.twoFactor.disable({ password }), t("account.factorOffDone"), reload))) return;
      setCodes(undefined);
    }
    setAsking(undefined);
    region.focus();
  }

  async function prove(fields: Record<string, string>) {
    const code = fields.code.replace(/\s/g, "");
    if (!(await task.run("prove", () => auth.twoFactor.verifyTotp({ code }), t("account.factorOnDone"), reload))) return;
    setCodes(setup?.backupCodes);
    setSetup(undefined);
    region.focus();
  }

  const dialogs: Record<Asking, { title: string; text: string; action: string }> = {
    totp: { title: t("account.factorApp"), text: t("account.factorAppText"), action: t("account.continue") },
    otp: { title: t("account.factorSent"), text: t("account.factorSentText"), action: t("account.turnOn") },
    codes: { title: t("account.codesMake"), text: t("account.codesMakeText"), action: t("account.codesMake") },
    off: { title: t("account.factorOff"), text: t("account.factorOffText"), action: t("account.turnOff") },
  };

  return (
    <Section title={t("account.factor")} intro={t("account.factorText")} action={<Badge kind={isOn ? "good" : "plain"}>{isOn ? t("account.on") : t("account.off")}</Badge>}>
      <div ref={region.ref} tabIndex={-1} class="stack">
        {!asking && !setup && <Outcome task={task} />}
        {codes && <BackupCodes codes={codes} onClose={() => (setCodes(undefined), region.focus())} />}
        {setup ? (
          <AppSetup setup={setup} task={task} onProve={prove} onCancel={() => (task.clear(), setSetup(undefined))} />
        ) : isOn ? (
          <div class="row">
            <Small onClick={() => ask("codes")}>{t("account.codesMake")}</Small>
            <Small kind="danger" onClick={() => ask("off")}>
              {t("account.turnOff")}
            </Small>
          </div>
        ) : mayStart ? (
          <div class="row">
            {factors.includes("totp") && <Small onClick={() => ask("totp")}>{t("account.factorApp")}</Small>}
            {factors.includes("otp") && <Small onClick={() => ask("otp")}>{t("account.factorSent")}</Small>}
          </div>
        ) : (
          <p class="soft flush">{t("account.factorNeedsPassword")}</p>
        )}
      </div>
      <PasswordDialog
        {...(asking ? dialogs[asking] : dialogs.totp)}
        danger={asking === "off"}
        open={asking !== undefined}
        withPassword={withPassword}
        task={task}
        onSend={send}
        onClose={() => (task.clear(), setAsking(undefined))}
      />
    </Section>
  );
}

function AppSetup({ setup, task, onProve, onCancel }: { setup: Setup; task: ReturnType<typeof useTask>; onProve: (fields: Record<string, string>) => void; onCancel: () => void }) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.querySelector("input")?.focus(), []);
  const key = new URL(setup.totpURI).searchParams.get("secret") ?? "";
  return (
    <div class="setup" ref={ref}>
      <QR text={setup.totpURI} label={t("account.qr")} />
      <div class="stack grow">
        <p class="flush">{t("account.qrText")}</p>
        <p class="row flush">
          <code class="key break" data-key>
            {key.replace(/(.{4})(?=.)/g, "$1 ")}
          </code>
          <Copy text={key} />
        </p>
        <Form onSend={onProve}>
          <Outcome task={{ failure: task.failure, done: "" }} />
          <Field label={t("account.qrCode")} name="code" class="code-input" inputMode="numeric" autocomplete="one-time-code" required autofocus maxLength={12} />
          <div class="actions start">
            <Button type="submit" busy={task.busy === "prove"}>
              {t("account.turnOn")}
            </Button>
            <Button kind="plain" onClick={onCancel}>
              {t("common.cancel")}
            </Button>
          </div>
        </Form>
      </div>
    </div>
  );
}

/** Backup codes. The server answers with them only when they are made. */
function BackupCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  return (
    <section class="once" aria-label={t("account.codes")}>
      <h3>{t("account.codesKeep")}</h3>
      <p class="soft">{t("account.codesText")}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div class="row">
        <Copy text={codes.join("\n")} label={t("account.copyAll")} />
        <Small onClick={onClose}>{t("account.codesKept")}</Small>
      </div>
    </section>
  );
}
