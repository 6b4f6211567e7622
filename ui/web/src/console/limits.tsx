import { Badge, Section } from "../kit";
import { formatDate, t } from "../texts";
import { get } from "./api";
import type { Limits } from "./api";
import { Listing, Loaded, formatDuration, formatNumber } from "./parts";
import { useData, useEvery } from "./state";

export function LimitsPage() {
  const { data, error, loading, reload } = useData(() => get<Limits>("/console/rate-limits"), []);
  useEvery(10, () => void reload());
  if (!data)
    return (
      <Loaded error={error} loading={loading} empty emptyText={t("console.noLimits")}>
        {null}
      </Loaded>
    );
  const limited = data.limited ?? [];
  return (
    <>
      <Section title={t("console.limited")} intro={t("console.limitedText")} action={data.enabled ? <Badge kind="good">{t("console.limitsOn")}</Badge> : <Badge kind="warning">{t("console.limitsOff")}</Badge>}>
        <dl>
          <dt>{t("console.storage")}</dt>
          <dd>{data.storage}</dd>
        </dl>
        <p />
        {limited.some((one) => !one.path) && <p class="note">{t("console.hashed")}</p>}
        <Loaded error={error} loading={false} empty={limited.length === 0} emptyText={data.limited ? t("console.nobodyLimited") : t("console.cannotTell")}>
          <ul class="list">
            {limited.map((one, i) => (
              <li key={i}>
                <span class="grow break mono">{one.key}</span>
                {one.path && <span class="mono break">{one.path}</span>}
                <span class="soft">{t("console.until", { date: formatDate(one.until) })}</span>
              </li>
            ))}
          </ul>
        </Loaded>
      </Section>
      <Section title={t("console.rules")} intro={data.enabled ? t("console.rulesText") : t("console.rulesOffText")}>
        <Listing
          label={t("console.rules")}
          rows={data.rules}
          empty={t("console.noLimits")}
          columns={[
            { title: t("console.path"), class: "mono break", cell: (one) => one.path },
            { title: t("console.limit"), cell: (one) => (one.max > 0 ? t("console.perWindow", { max: formatNumber(one.max), window: formatDuration(one.window) }) : t("console.unlimited")) },
            { title: t("console.source"), class: "only-wide", cell: (one) => one.source },
          ]}
        />
      </Section>
    </>
  );
}
