// Lines to paste into a program, with the addresses of this server.
import { useEffect, useState } from "preact/hooks";
import { Code, Copy, Section } from "../kit";
import { has, server } from "../server";
import { t } from "../texts";
import { usePart } from "./data";
import { bearer, targets } from "./snippets";

const chosen = () => location.hash.split("/")[1];

export default function Connect() {
  const about = usePart("server");
  const [id, choose] = useState(chosen);
  useEffect(() => {
    const changed = () => choose(chosen());
    addEventListener("hashchange", changed);
    changed(); // it may have changed before
    return () => removeEventListener("hashchange", changed);
  }, []);
  if (about.state === "loading") return <p class="soft">{t("common.loading")}</p>;
  const here = location.origin + server.endpoints;
  const known = about.state === "here" ? about.data : { endpoints: here, localEndpoints: here, command: "betterauth serve" };
  const list = targets({ ...known, jwt: has("jwt") });
  const target = list.find((one) => one.id === id) ?? list[0];
  return (
    <>
      <nav class="choices" aria-label={t("home.connect.choose")}>
        {list.map((one) => (
          <a key={one.id} href={`#connect/${one.id}`} aria-current={one === target ? "true" : undefined}>
            {one.name}
          </a>
        ))}
      </nav>
      <Section title={target.name} intro={t(`home.connect.${target.kind}`)}>
        {target.kind === "server" && !has("jwt") && <p class="note bad">{t("home.token.off")}</p>}
        {target.snippets.map((one) => (
          <Lines key={target.id + one.file} file={one.file === "terminal" ? t("home.connect.terminal") : one.file} code={one.code} />
        ))}
        {target.kind === "server" && <Lines file={t("home.connect.bearer")} code={bearer} />}
        {target.kind === "page" && target.id !== "nextjs" && (
          <>
            <h3>{t("home.connect.origins")}</h3>
            <Code text={"trustedOrigins: [http://localhost:5173]"} label="betterauth.yaml" />
          </>
        )}
      </Section>
    </>
  );
}

function Lines({ file, code }: { file: string; code: string }) {
  return (
    <figure class="lines">
      <figcaption>
        <span class="mono">{file}</span>
        <Copy text={code} />
      </figcaption>
      <pre tabIndex={0} aria-label={file} data-file={file}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}
