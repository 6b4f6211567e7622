// The password: change it, or have a link to set a first one.
import { Form, PasswordField, Section } from "../kit";
import { page, server } from "../server";
import { t } from "../texts";
import { auth } from "./client";
import type { Account } from "./client";
import { Changeable, FormActions, Small, useOpen } from "./parts";
import { hasPassword } from "./security";
import { Outcome, useSignedIn, useTask } from "./state";

const { features } = server;

export function PasswordSection({ accounts }: { accounts: Account[] }) {
  const { user } = useSignedIn();
  const task = useTask();
  const form = useOpen();
  const isSet = hasPassword(accounts);
  if (!isSet && !features.emailPassword) return null;

  async function change(fields: Record<string, string>) {
    const input = { currentPassword: fields.current, newPassword: fields.next, revokeOtherSessions: fields.others === "on" };
    if (await task.run("change", () => auth.changePassword(input), t(input.revokeOtherSessions ? "account.passwordChangedAll" : "account.passwordChanged"))) form.hide();
  }
  const sendLink = () => task.run("link", () => auth.requestPasswordReset({ email: user.email, redirectTo: page("/reset-password") }), t("account.passwordLinkSent", { email: user.email }));

  return (
    <Section title={t("account.password")}>
      <Outcome task={task} />
      <Changeable
        value={isSet ? t("account.passwordSet") : <span class="soft">{t("account.passwordNone")}</span>}
        change={isSet ? t("account.change") : undefined}
        open={form.open}
        onOpen={() => (task.clear(), form.show())}
        extra={
          !isSet &&
          features.resetPassword && (
            <Small busy={task.busy === "link"} onClick={sendLink}>
              {t("account.passwordSetOne")}
            </Small>
          )
        }
      >
        <Form onSend={change}>
          <input type="text" name="username" value={user.email} autocomplete="username" hidden readOnly />
          <PasswordField label={t("account.passwordCurrent")} name="current" autocomplete="current-password" required autofocus />
          <PasswordField
            label={t("account.passwordNew")}
            name="next"
            autocomplete="new-password"
            required
            minLength={features.minPasswordLength}
            maxLength={features.maxPasswordLength}
            hint={t("account.passwordHint", { min: features.minPasswordLength })}
          />
          <label class="check">
            <input type="checkbox" name="others" defaultChecked /> {t("account.passwordOthers")}
          </label>
          <FormActions action={t("account.passwordChange")} busy={task.busy === "change"} onCancel={form.hide} />
        </Form>
      </Changeable>
    </Section>
  );
}
