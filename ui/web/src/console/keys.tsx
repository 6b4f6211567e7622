import { Badge, Button, Section } from "../kit";
import { has, server } from "../server";
import { formatDate, t } from "../texts";
import { get, post } from "./api";
import type { SigningKey } from "./api";
import { Ago, Listing, optional, useQuestion } from "./parts";
import { useData } from "./state";
import { Without } from "./without";

export function KeysPage() {
  return has("jwt") ? <List /> : <Without plugin="jwt" />;
}

function List() {
  const { data, error, loading, reload } = useData(() => get<{ keys: SigningKey[]; remote: boolean; may: boolean }>("/console/keys"), []);
  const { ask, dialog } = useQuestion(() => void reload());
  const rotate = () =>
    ask({
      title: t("console.rotate"),
      text: t("console.rotateText"),
      action: t("console.rotate"),
      run: () => post("/console/keys/rotate"),
      done: t("console.rotated"),
    });
  return (
    <Section
      title={t("console.signingKeys")}
      intro={t("console.signingKeysText", { path: `${server.endpoints}/jwks` })}
      action={
        data?.may &&
        !data.remote && (
          <Button kind="danger" onClick={rotate}>
            {t("console.rotate")}
          </Button>
        )
      }
    >
      {dialog}
      {data?.remote && <p class="note">{t("console.remoteKeys")}</p>}
      <Listing
        label={t("console.signingKeys")}
        data={{ error, loading }}
        rows={data?.keys ?? []}
        empty={t("console.noSigningKeys")}
        columns={[
          { title: t("console.id"), class: "mono break", cell: (one) => one.id },
          { title: t("console.status"), cell: (one) => <Badge kind={one.state === "signing" ? "good" : "plain"}>{optional(`console.key.${one.state}`, one.state)}</Badge> },
          { title: t("console.algorithm"), class: "only-wide", cell: (one) => one.alg || "–" },
          { title: t("console.created"), class: "only-wide nowrap", cell: (one) => <Ago at={one.createdAt} /> },
          { title: t("console.expires"), class: "only-wide nowrap", cell: (one) => (one.expiresAt ? formatDate(one.expiresAt) : t("console.never")) },
        ]}
      />
    </Section>
  );
}
