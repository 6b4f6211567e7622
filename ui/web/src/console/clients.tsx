import { Badge, Section } from "../kit";
import { has } from "../server";
import { t } from "../texts";
import { get } from "./api";
import { Loaded, Table } from "./parts";
import { useData } from "./state";
import { Without } from "./without";

interface Client {
  client_id: string;
  client_name?: string;
  redirect_uris?: string[];
  disabled?: boolean;
  public?: boolean;
}

export function ClientsPage() {
  return has("oauth-provider") ? <List /> : <Without plugin="oauth-provider" />;
}

/** The clients that the caller may see. */
function List() {
  const { data, error, loading } = useData(() => get<Client[] | null>("/oauth2/get-clients"), []);
  const clients = data ?? [];
  return (
    <Section title={t("console.clients")} intro={t("console.clientsText")}>
      <Loaded error={error} loading={loading} empty={clients.length === 0} emptyText={t("console.noClients")}>
        <Table
          label={t("console.clients")}
          head={
            <>
              <th scope="col">{t("console.name")}</th>
              <th scope="col">{t("console.status")}</th>
              <th scope="col" class="only-wide">
                {t("console.redirects")}
              </th>
            </>
          }
        >
          {clients.map((one) => (
            <tr key={one.client_id}>
              <td>
                <div class="who">
                  <span>{one.client_name || t("console.unnamed")}</span>
                  <span class="soft mono">{one.client_id}</span>
                </div>
              </td>
              <td>
                <Badge kind={one.disabled ? "bad" : "good"}>{one.disabled ? t("console.disabled") : t("console.active")}</Badge>
              </td>
              <td class="only-wide break">{(one.redirect_uris ?? []).join(", ")}</td>
            </tr>
          ))}
        </Table>
      </Loaded>
    </Section>
  );
}
