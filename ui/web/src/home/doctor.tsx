// What `betterauth doctor` finds.
import { useState } from "preact/hooks";
import { Badge, Button, Code, Section } from "../kit";
import { t } from "../texts";
import { usePart } from "./data";
import type { Finding } from "./data";
import { Hidden } from "./later";

const kinds = { error: "bad", warning: "warning", note: "plain", ok: "good" } as const;
const order = ["error", "warning", "note", "ok"];

export default function Doctor() {
  const [asked, ask] = useState(0);
  const part = usePart("doctor", asked);
  if (part.state === "hidden") return <Hidden />;
  const findings = part.state === "here" ? [...part.data.findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity)) : [];
  const count = (severity: string) => findings.filter((one) => one.severity === severity).length;
  return (
    <Section
      title={part.state === "here" ? t("home.doctor.result", { errors: count("error"), warnings: count("warning") }) : t("home.doctor.running")}
      intro={t("home.doctor.note")}
      action={
        <Button kind="plain" busy={part.state === "loading"} onClick={() => ask(asked + 1)}>
          {t("home.doctor.again")}
        </Button>
      }
    >
      <ul class="list findings" aria-live="polite">
        {findings.map((one, i) => (
          <Row key={i} one={one} />
        ))}
      </ul>
    </Section>
  );
}

function Row({ one }: { one: Finding }) {
  return (
    <li>
      <Badge kind={kinds[one.severity]}>{t(`home.severity.${one.severity}`)}</Badge>
      <div class="grow" lang="en">
        <p class="break">
          <strong>{one.check}:</strong> {one.what}
        </p>
        {one.remedy && <p class="soft break">{one.remedy}</p>}
        {one.sql && <Code text={one.sql} label="SQL" />}
      </div>
    </li>
  );
}
