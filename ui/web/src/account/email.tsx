// The e-mail address: whether it is verified, and its change.
import { Badge, Field, Form, Section } from "../kit";
import { page, server } from "../server";
import { t } from "../texts";
import { auth } from "./client";
import { Changeable, FormActions, securityPage, Small, useOpen } from "./parts";
import { Outcome, useSignedIn, useTask } from "./state";

const { features } = server;

export function EmailSection() {
  const { user, reload } = useSignedIn();
  const task = useTask();
  const form = useOpen();

  const sendLink = () => task.run("verify", () => auth.sendVerificationEmail({ email: user.email, callbackURL: `${page("/verify-email")}?verified=true&redirectTo=${encodeURIComponent(securityPage)}` }), t("account.emailLinkSent", { email: user.email }));

  async function change(fields: Record<string, string>) {
    const newEmail = fields.email.trim();
    const answer = await task.run("change", () => auth.changeEmail({ newEmail, callbackURL: securityPage }));
    if (!answer) return;
    form.hide();
    const now = await reload();
    const isDone = now?.user.email.toLowerCase() === newEmail.toLowerCase();
    const confirms = user.emailVerified && features.account.confirmEmailChange;
    task.setDone(isDone ? t("account.emailChanged") : confirms ? t("account.emailConfirmSent", { email: user.email, next: newEmail }) : t("account.emailChangeSent", { email: newEmail }));
  }

  return (
    <Section title={t("account.email")}>
      <Outcome task={task} />
      <Changeable
        value={user.email}
        badge={user.emailVerified ? <Badge kind="good">{t("account.verified")}</Badge> : <Badge kind="warning">{t("account.notVerified")}</Badge>}
        change={features.changeEmail ? t("account.change") : undefined}
        open={form.open}
        onOpen={() => (task.clear(), form.show())}
        extra={
          !user.emailVerified &&
          features.verifyEmail && (
            <Small busy={task.busy === "verify"} onClick={sendLink}>
              {t("account.sendLink")}
            </Small>
          )
        }
      >
        <Form onSend={change}>
          <Field label={t("account.newEmail")} name="email" type="email" autocomplete="email" required autofocus hint={t("account.emailHint")} />
          <FormActions action={t("account.changeEmail")} busy={task.busy === "change"} onCancel={form.hide} />
        </Form>
      </Changeable>
    </Section>
  );
}
