// Passkeys: add, rename, remove.
import { useState } from "preact/hooks";
import { Confirm, Dialog, Empty, Field, Form, Section } from "../kit";
import { failureText, formatDate, t } from "../texts";
import { auth } from "./client";
import { deviceName } from "./device";
import { FormActions, Small } from "./parts";
import { Outcome, useList, useRegion, useTask, Waiting } from "./state";

interface Passkey {
  id: string;
  name?: string | null;
  createdAt: Date;
  lastUsedAt?: Date | null; // with the server's option trackLastUse
}

const byAge = (a: Passkey, b: Passkey) => new Date(a.createdAt).getTime() - new Date(b.createdAt).getTime();

export function PasskeySection() {
  const task = useTask();
  const region = useRegion();
  const list = useList<Passkey[]>(() => auth.$fetch("/passkey/list-user-passkeys", { method: "GET" }) as never);
  const [renaming, setRenaming] = useState<Passkey>();
  const [removing, setRemoving] = useState<Passkey>();
  const nameOf = (one?: Passkey) => one?.name || t("account.passkey");
  const supported = typeof PublicKeyCredential === "function";

  const add = () => task.run("add", () => auth.passkey.addPasskey({ name: deviceName(navigator.userAgent) }) as never, t("account.passkeyAdded"), list.reload);

  async function rename(fields: Record<string, string>) {
    const name = fields.name.trim();
    if (!renaming || !name) return;
    if (await task.run("rename", () => auth.passkey.updatePasskey({ id: renaming.id, name }), t("account.passkeyRenamed", { name }), list.reload)) setRenaming(undefined);
  }
  async function remove() {
    if (!removing) return;
    const done = await task.run("remove", () => auth.passkey.deletePasskey({ id: removing.id }), t("account.passkeyRemoved"), list.reload);
    if (!done) return;
    setRemoving(undefined);
    region.focus();
  }

  return (
    <Section
      title={t("account.passkeys")}
      intro={t("account.passkeysText")}
      action={
        supported && (
          <Small kind="primary" busy={task.busy === "add"} onClick={add}>
            {t("account.passkeyAdd")}
          </Small>
        )
      }
    >
      <div ref={region.ref} tabIndex={-1}>
        {!renaming && !removing && <Outcome task={task} />}
        {!list.data ? (
          <Waiting failure={list.failure} />
        ) : list.data.length === 0 ? (
          <Empty>{t("account.passkeysNone")}</Empty>
        ) : (
          <ul class="list" aria-label={t("account.passkeys")}>
            {[...list.data].sort(byAge).map((one) => (
              <li key={one.id}>
                <div class="grow">
                  <p class="name break">{nameOf(one)}</p>
                  <p class="note">
                    {t("account.passkeySince", { date: formatDate(one.createdAt) })}
                    {one.lastUsedAt && ` · ${t("account.lastUsed", { date: formatDate(one.lastUsedAt) })}`}
                  </p>
                </div>
                <Small aria-label={t("account.passkeyRename", { name: nameOf(one) })} onClick={() => (task.clear(), setRenaming(one))}>
                  {t("account.rename")}
                </Small>
                <Small kind="danger" aria-label={t("account.passkeyRemove", { name: nameOf(one) })} onClick={() => (task.clear(), setRemoving(one))}>
                  {t("account.remove")}
                </Small>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Dialog title={t("account.passkeyRename", { name: nameOf(renaming) })} open={renaming !== undefined} onClose={() => setRenaming(undefined)}>
        <Form onSend={rename}>
          <Outcome task={{ failure: task.failure, done: "" }} />
          <Field label={t("account.passkeyName")} name="name" defaultValue={renaming?.name ?? ""} required maxLength={60} autofocus autocomplete="off" />
          <FormActions action={t("common.save")} busy={task.busy === "rename"} onCancel={() => setRenaming(undefined)} />
        </Form>
      </Dialog>
      <Confirm
        title={t("account.passkeyRemove", { name: nameOf(removing) })}
        text={t("account.passkeyRemoveText")}
        action={t("account.remove")}
        open={removing !== undefined}
        busy={task.busy === "remove"}
        error={task.failure && failureText(task.failure)}
        onConfirm={remove}
        onClose={() => setRemoving(undefined)}
      />
    </Section>
  );
}
