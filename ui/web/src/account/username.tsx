// The username.
import { Field, Form, Section } from "../kit";
import { server } from "../server";
import { t } from "../texts";
import { auth } from "./client";
import { Changeable, FormActions, useOpen } from "./parts";
import { Outcome, useSignedIn, useTask } from "./state";

export function UsernameSection() {
  const { user, reload } = useSignedIn();
  const task = useTask();
  const form = useOpen();
  const fixed = server.features.account.usernameFixed;

  async function save(fields: Record<string, string>) {
    const username = fields.username.trim();
    if (username && (await task.run("name", () => auth.updateUser({ username }), t("account.usernameSaved"), reload))) form.hide();
  }

  return (
    <Section title={t("account.username")}>
      <Outcome task={task} />
      <Changeable
        value={user.displayUsername || user.username || <span class="soft">{t("account.notSet")}</span>}
        change={fixed && user.username ? undefined : user.username ? t("account.change") : t("account.usernameChoose")}
        open={form.open}
        onOpen={() => (task.clear(), form.show())}
      >
        <Form onSend={save}>
          <Field
            label={t("account.usernameNew")}
            name="username"
            defaultValue={user.displayUsername ?? user.username ?? ""}
            autocomplete="username"
            autocapitalize="off"
            spellcheck={false}
            required
            autofocus
            hint={fixed ? t("account.usernameFixed") : t("account.usernameHint")}
          />
          <FormActions action={t("common.save")} busy={task.busy === "name"} onCancel={form.hide} />
        </Form>
      </Changeable>
    </Section>
  );
}
