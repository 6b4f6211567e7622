import { Code, Section } from "../kit";
import { t } from "../texts";

/** In place of a page whose plugin is not there: the lines that add it. */
export function Without({ plugin }: { plugin: string }) {
  return (
    <Section title={t("console.notOn")} intro={t("console.addLines")}>
      <Code label="betterauth.yaml" text={`plugins:\n  ${plugin}: {}`} />
      <p />
      <p class="note">{t("console.thenMigrate")}</p>
      <Code label={t("console.command")} text="betterauth migrate" />
    </Section>
  );
}
