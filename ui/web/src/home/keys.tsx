// The key set: what other servers check tokens with.
import { useEffect, useState } from "preact/hooks";
import { Code, Notice, Section } from "../kit";
import { has, server } from "../server";
import { failureText, t } from "../texts";
import { fetchKeys, usePart } from "./data";
import type { Key } from "./data";

export default function Keys() {
  const [keys, set] = useState<Key[]>();
  const [problem, setProblem] = useState("");
  const about = usePart("server");
  const on = has("jwt");
  useEffect(() => {
    if (!on) return;
    fetchKeys().then(({ data, error }) => {
      if (data) set(data.keys);
      else setProblem(failureText(error));
    });
  }, [on]);
  if (!on)
    return (
      <Section title={t("home.keys.off")} intro={t("home.token.off")}>
        <Code text={"plugins:\n  jwt: {}"} label="betterauth.yaml" />
      </Section>
    );
  const address = `${about.state === "here" ? about.data.endpoints : location.origin + server.endpoints}/jwks`;
  return (
    <>
      {problem && <Notice kind="bad">{problem}</Notice>}
      <Section title={t("home.keys.address")} intro={t("home.keys.addressIntro")}>
        <Code text={address} label={t("home.keys.address")} />
      </Section>
      {keys?.map((key) => (
        <Section key={key.kid} title={t("home.keys.one", { algorithm: [key.alg, key.crv].filter(Boolean).join(", ") })}>
          <dl>
            <dt>kid</dt>
            <dd class="mono">{key.kid}</dd>
            <dt>{t("home.keys.kind")}</dt>
            <dd class="mono">{key.kty}</dd>
          </dl>
          <details>
            <summary>{t("home.keys.whole")}</summary>
            <Code text={JSON.stringify(key, null, 2)} label={t("home.keys.whole")} />
          </details>
        </Section>
      ))}
    </>
  );
}
