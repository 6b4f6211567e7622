// The phone number: a code that was sent to it proves it.
import { useState } from "preact/hooks";
import { Badge, Confirm, Field, Form, Section } from "../kit";
import { failureText, t } from "../texts";
import { auth } from "./client";
import { Changeable, FormActions, Small, useOpen } from "./parts";
import { Outcome, useSignedIn, useTask } from "./state";

export function PhoneSection() {
  const { user, reload } = useSignedIn();
  const task = useTask();
  const form = useOpen();
  const removing = useOpen();
  const [number, setNumber] = useState(""); // to which a code was sent

  function close() {
    setNumber("");
    form.hide();
  }
  async function send(fields: Record<string, string>) {
    const phoneNumber = fields.phone.trim();
    if (await task.run("send", () => auth.phoneNumber.sendOtp({ phoneNumber }))) setNumber(phoneNumber);
  }
  async function prove(fields: Record<string, string>) {
    const proof = { phoneNumber: number, code: fields.code.trim(), updatePhoneNumber: true };
    if (await task.run("prove", () => auth.phoneNumber.verify(proof), t("account.phoneSaved"), reload)) close();
  }
  async function remove() {
    const answer = await task.run("remove", () => auth.updateUser({ phoneNumber: null } as never), t("account.phoneRemoved"), reload);
    if (answer) removing.hide();
  }

  return (
    <Section title={t("account.phone")}>
      {!removing.open && <Outcome task={task} />}
      <Changeable
        value={user.phoneNumber || <span class="soft">{t("account.notSet")}</span>}
        badge={user.phoneNumber && (user.phoneNumberVerified ? <Badge kind="good">{t("account.verified")}</Badge> : <Badge kind="warning">{t("account.notVerified")}</Badge>)}
        change={user.phoneNumber ? t("account.change") : t("account.phoneAdd")}
        open={form.open}
        step={number}
        onOpen={() => (task.clear(), form.show())}
        extra={
          user.phoneNumber && (
            <Small kind="danger" onClick={() => (task.clear(), removing.show())}>
              {t("account.remove")}
            </Small>
          )
        }
      >
        {number ? (
          <Form key="code" onSend={prove}>
            <Field label={t("account.phoneCode")} name="code" inputMode="numeric" autocomplete="one-time-code" required autofocus hint={t("account.phoneCodeHint", { number })} />
            <FormActions action={t("account.confirm")} busy={task.busy === "prove"} onCancel={close} />
          </Form>
        ) : (
          <Form key="number" onSend={send}>
            <Field label={t("account.phoneNew")} name="phone" type="tel" autocomplete="tel" required autofocus hint={t("account.phoneHint")} />
            <FormActions action={t("account.sendCode")} busy={task.busy === "send"} onCancel={close} />
          </Form>
        )}
      </Changeable>
      <Confirm
        title={t("account.phoneRemove")}
        text={t("account.phoneRemoveText", { number: user.phoneNumber ?? "" })}
        action={t("account.remove")}
        open={removing.open}
        busy={task.busy === "remove"}
        error={task.failure && failureText(task.failure)}
        onConfirm={remove}
        onClose={removing.hide}
      />
    </Section>
  );
}
