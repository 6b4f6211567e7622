// /account/delete: the user deletes the account.
import { useState } from "preact/hooks";
import { CardPage, Confirm, Section } from "../kit";
import { page, server } from "../server";
import { t } from "../texts";
import { auth } from "./client";
import type { Account } from "./client";
import { Frame } from "./frame";
import { PasswordDialog, Small } from "./parts";
import { hasPassword } from "./security";
import { Outcome, useList, useSignedIn, useTask, Waiting } from "./state";

const { deleteByMail, deleteGraceDays } = server.features.account;

export function DeletePage() {
  const { user, session } = useSignedIn();
  const task = useTask();
  const accounts = useList<Account[]>(() => auth.listAccounts() as never);
  const [asking, setAsking] = useState(false);
  const [gone, setGone] = useState(false);
  const withPassword = hasPassword(accounts.data ?? []);
  const grace = deleteGraceDays > 0 ? t("account.deleteGrace", { days: deleteGraceDays }) : "";
  const text = deleteByMail ? t("account.deleteMailText", { email: user.email }) : grace || t("account.deleteText");

  async function remove(password: string) {
    const input = { ...(password && { password }), callbackURL: page("/sign-in") };
    const done = await task.run("delete", () => auth.deleteUser(input), deleteByMail ? t("account.deleteMailSent", { email: user.email }) : "");
    if (!done && withPassword) return; // the dialog shows why
    setAsking(false);
    if (done) setGone(!deleteByMail);
  }

  if (gone)
    return (
      <CardPage title={t("account.deleted")} intro={grace ? t("account.deletedGrace", { days: deleteGraceDays }) : t("account.deletedText")}>
        <a class="button primary wide" href={page("/sign-in")}>
          {t("account.toSignIn")}
        </a>
      </CardPage>
    );
  const close = () => (task.clear(), setAsking(false));
  return (
    <Frame title={t("account.delete")} current="/account/delete">
      <Section title={t("account.deleteTitle")}>
        {!asking && <Outcome task={task} />}
        <p>{t("account.deleteWhat")}</p>
        {grace && <p>{grace}</p>}
        {deleteByMail && <p>{t("account.deleteMail", { email: user.email })}</p>}
        {!accounts.data ? (
          <Waiting failure={accounts.failure} />
        ) : session.impersonatedBy ? (
          <p class="soft flush">{t("account.deleteImpersonated")}</p>
        ) : (
          <Small kind="danger" onClick={() => (task.clear(), setAsking(true))}>
            {t("account.deleteAction")}
          </Small>
        )}
      </Section>
      {withPassword ? (
        <PasswordDialog title={t("account.deleteAsk")} text={text} action={t("account.deleteAction")} danger open={asking} withPassword task={task} onSend={remove} onClose={close} />
      ) : (
        <Confirm title={t("account.deleteAsk")} text={text} action={t("account.deleteAction")} open={asking} busy={task.busy !== ""} onConfirm={() => remove("")} onClose={close} />
      )}
    </Frame>
  );
}
