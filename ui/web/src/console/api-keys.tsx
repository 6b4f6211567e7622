import { Badge, Button, Section } from "../kit";
import { has } from "../server";
import { t } from "../texts";
import { get, post } from "./api";
import type { APIKey } from "./api";
import { Ago, Listing, Search, To, formatDay, rowsPerPage, useQuestion } from "./parts";
import { useData, useQuery } from "./state";
import { Without } from "./without";

export function APIKeysPage() {
  return has("api-key") ? <List /> : <Without plugin="api-key" />;
}

function List() {
  const { value, set, page: current } = useQuery();
  const search = value("search");
  const userId = value("user");
  const { data, error, loading, reload } = useData(
    () => get<{ apiKeys: APIKey[]; total: number; may: boolean }>("/console/api-keys", { search, userId, limit: rowsPerPage, offset: (current - 1) * rowsPerPage }),
    [search, userId, current],
  );
  const { ask, dialog } = useQuestion(() => void reload());
  const disable = (one: APIKey) =>
    ask({
      title: t("console.disable"),
      text: t("console.disableText", { name: keyName(one) }),
      action: t("console.disable"),
      run: () => post("/console/api-key/disable", { id: one.id }),
      done: t("console.keyDisabled", { name: keyName(one) }),
    });
  const remove = (one: APIKey) =>
    ask({
      title: t("console.delete"),
      text: t("console.deleteKeyText", { name: keyName(one) }),
      action: t("console.delete"),
      run: () => post("/console/api-key/delete", { id: one.id }),
      done: t("console.keyDeleted", { name: keyName(one) }),
    });
  return (
    <Section title={t("console.allKeys")} intro={t("console.allKeysText")}>
      {dialog}
      <div class="filters">
        <Search label={t("console.search")} value={search} onSearch={(text) => set({ search: text, page: 1 })} />
        {userId && (
          <Button kind="plain" onClick={() => set({ user: "", page: 1 })}>
            {t("console.ofAll")}
          </Button>
        )}
      </div>
      <Listing
        label={t("console.apiKeys")}
        data={{ error, loading }}
        rows={data?.apiKeys ?? []}
        empty={search || userId ? t("console.noMatch") : t("console.noKeys")}
        columns={[
          {
            title: t("console.name"),
            cell: (one) => (
              <div class="who">
                <span>{keyName(one)}</span>
                <span class="soft mono">{one.start ? `${one.start}…` : one.prefix}</span>
                <Owner of={one} />
              </div>
            ),
          },
          { title: t("console.status"), cell: (one) => <State of={one} /> },
          { title: t("console.lastUsed"), class: "only-wide nowrap", cell: (one) => <Ago at={one.lastRequest} /> },
          {
            title: t("console.actions"),
            hidden: true,
            class: "right",
            cell: (one) =>
              data?.may && (
                <div class="row">
                  {one.enabled && (
                    <Button kind="plain" class="small" aria-label={`${t("console.disable")}: ${keyName(one)}`} onClick={() => disable(one)}>
                      {t("console.disable")}
                    </Button>
                  )}
                  <Button kind="danger" class="small" aria-label={`${t("console.delete")}: ${keyName(one)}`} onClick={() => remove(one)}>
                    {t("console.delete")}
                  </Button>
                </div>
              ),
          },
        ]}
        pager={{ current, total: data?.total ?? 0, onPage: (next) => set({ page: next }) }}
      />
    </Section>
  );
}

const keyName = (one: APIKey) => one.name || t("console.unnamed");

function Owner({ of }: { of: APIKey }) {
  if (!of.referenceId) return null;
  const place = of.owner === "organization" ? "organizations" : "users";
  return (
    <span>
      <To path={`/console/${place}/${encodeURIComponent(of.referenceId)}`}>{of.ownerName || t("console.owner")}</To>
    </span>
  );
}

function State({ of }: { of: APIKey }) {
  const over = of.expiresAt && new Date(of.expiresAt) < new Date();
  return (
    <div class="badges">
      {!of.enabled ? <Badge kind="bad">{t("console.disabled")}</Badge> : over ? <Badge kind="warning">{t("console.expired")}</Badge> : <Badge kind="good">{t("console.active")}</Badge>}
      {of.expiresAt && !over && <span class="soft">{t("console.until", { date: formatDay(of.expiresAt) })}</span>}
    </div>
  );
}
