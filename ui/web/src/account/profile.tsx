// /account: the name, and what else is stored about the user.
import { Form, Field, Section } from "../kit";
import { server } from "../server";
import { formatDate, t } from "../texts";
import { auth } from "./client";
import type { User } from "./client";
import { Avatar, Frame } from "./frame";
import { FormActions } from "./parts";
import { Outcome, useSignedIn, useTask } from "./state";

export function ProfilePage() {
  const { user, reload } = useSignedIn();
  const task = useTask();

  async function save(fields: Record<string, string>) {
    const name = fields.name.trim();
    if (name) await task.run("name", () => auth.updateUser({ name }), t("account.saved"), reload);
  }

  return (
    <Frame title={t("account.profile")} current="/account">
      <Section title={t("account.you")}>
        <div class="row person">
          <Avatar name={user.name || user.email} large />
          <div class="grow">
            <p class="name break">{user.name || t("account.noName")}</p>
            <p class="soft flush break">{user.email}</p>
          </div>
        </div>
        <Outcome task={task} />
        <Form class="narrow" onSend={save}>
          <Field label={t("account.name")} name="name" defaultValue={user.name} autocomplete="name" required maxLength={255} />
          <FormActions action={t("common.save")} busy={task.busy === "name"} />
        </Form>
      </Section>
      <Section title={t("account.details")} intro={t("account.detailsText")}>
        <dl>
          <dt>{t("account.memberSince")}</dt>
          <dd>{formatDate(user.createdAt)}</dd>
          {server.features.account.userFields.map(({ name, type }) => (
            <>
              <dt>{fieldLabel(name)}</dt>
              <dd>{fieldValue((user as unknown as Record<string, unknown>)[name as keyof User], type)}</dd>
            </>
          ))}
          <dt>{t("account.id")}</dt>
          <dd class="mono">{user.id}</dd>
        </dl>
      </Section>
    </Frame>
  );
}

/** Returns the text `account.field.<name>`, else the name as words: favouriteColour is "Favourite colour". */
function fieldLabel(name: string): string {
  const own = server.texts[`account.field.${name}`];
  if (own) return own;
  const words = name.replace(/_/g, " ").replace(/(\p{Ll})(\p{Lu})/gu, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function fieldValue(value: unknown, type: string): string {
  if (value === null || value === undefined || value === "") return "–";
  if (type === "boolean") return value ? t("account.yes") : t("account.no");
  if (type === "date") return formatDate(value as string);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
