// The options in force.
import { useState } from "preact/hooks";
import { Badge, Empty, Field, Section } from "../kit";
import { t } from "../texts";
import { usePart } from "./data";
import { Hidden } from "./later";

export default function Settings() {
  const part = usePart("config");
  const about = usePart("server");
  const [all, setAll] = useState(false);
  const [text, setText] = useState("");
  if (part.state === "hidden") return <Hidden />;
  if (part.state === "loading") return <p class="soft">{t("common.loading")}</p>;
  const wanted = text.trim().toLowerCase();
  const shown = part.data.settings.filter((one) => (all || one.own || wanted) && `${one.path} ${one.value}`.toLowerCase().includes(wanted));
  const file = about.state === "here" ? about.data.config : "";
  return (
    <Section title={file || t("home.config.noFile")} intro={t("home.config.note")}>
      {part.data.notes.map((note) => (
        <p key={note} lang="en" class="note">
          {note}
        </p>
      ))}
      <div class="filter">
        <Field label={t("home.config.find")} name="find" type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <label class="check">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
          {t("home.config.all")}
        </label>
      </div>
      {shown.length === 0 && <Empty>{t("home.config.none")}</Empty>}
      {shown.length > 0 && (
        <div class="table" tabIndex={0} role="region" aria-label={t("home.config.title")}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("home.config.option")}</th>
                <th scope="col">{t("home.config.value")}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((one) => (
                <tr key={one.path}>
                  <th scope="row">
                    <code class="break">{one.path}</code>
                  </th>
                  <td>
                    <span class="break" lang="en">
                      {one.value}
                    </span>{" "}
                    {all && one.own && <Badge>{t("home.config.own")}</Badge>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}
