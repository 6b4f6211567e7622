import { Badge, Button, Section } from "../kit";
import { has, server } from "../server";
import { formatDate, t } from "../texts";
import { get, post } from "./api";
import type { SigningKey } from "./api";
import { Ago, Loaded, Table, optional, useQuestion } from "./parts";
import { useData } from "./state";
import { Without } from "./without";

export function KeysPage() {
  return has("jwt") ? <List /> : <Without plugin="jwt" />;
}

function List() {
  const { data, error, loading, reload } = useData(() => get<{ keys: SigningKey[]; remote: boolean; may: boolean }>("/console/keys"), []);
  const { ask, dialog } = useQuestion(() => void reload());
  const keys = data?.keys ?? [];
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
      <Loaded error={error} loading={loading} empty={keys.length === 0} emptyText={t("console.noSigningKeys")}>
        <Table
          label={t("console.signingKeys")}
          head={
            <>
              <th scope="col">{t("console.id")}</th>
              <th scope="col">{t("console.status")}</th>
              <th scope="col" class="only-wide">
                {t("console.algorithm")}
              </th>
              <th scope="col" class="only-wide">
                {t("console.created")}
              </th>
              <th scope="col" class="only-wide">
                {t("console.expires")}
              </th>
            </>
          }
        >
          {keys.map((one) => (
            <tr key={one.id}>
              <td class="mono break">{one.id}</td>
              <td>
                <Badge kind={one.state === "signing" ? "good" : "plain"}>{optional(`console.key.${one.state}`, one.state)}</Badge>
              </td>
              <td class="only-wide">{one.alg || "–"}</td>
              <td class="only-wide nowrap">
                <Ago at={one.createdAt} />
              </td>
              <td class="only-wide nowrap">{one.expiresAt ? formatDate(one.expiresAt) : t("console.never")}</td>
            </tr>
          ))}
        </Table>
      </Loaded>
    </Section>
  );
}
