import { Badge, Notice, Section } from "../kit";
import { has } from "../server";
import { t } from "../texts";
import { get } from "./api";
import type { Figures, Overview } from "./api";
import { Loaded, To, formatDuration, formatNumber } from "./parts";
import { Plot } from "./plot";
import { useData, useEvery } from "./state";

const sum = (values: (number | null)[]) => formatNumber(values.reduce<number>((all, one) => all + (one ?? 0), 0));

/** Returns the newest value that is known. */
function newest(values: (number | null)[], unit = ""): string {
  const value = values.filter((one) => one !== null).at(-1);
  return value === undefined ? "–" : formatNumber(Math.round(value * 10) / 10) + unit;
}

export function OverviewPage() {
  const overview = useData(() => get<Overview>("/console/overview"), []);
  const figures = useData(() => get<Figures>("/console/figures", { minutes: 60 }), []);
  useEvery(10, () => {
    void overview.reload();
    void figures.reload();
  });
  const { data, error, loading } = overview;
  return (
    <>
      {!data && (
        <Loaded error={error} loading={loading} empty emptyText="">
          {null}
        </Loaded>
      )}
      {data && error && <Notice kind="bad">{error}</Notice>}
      {data && <Counts counts={data.counts} />}
      {data && <Health data={data} />}
      {figures.data ? <Plots data={figures.data} /> : figures.error && <Notice kind="bad">{figures.error}</Notice>}
      {data && <About data={data} />}
    </>
  );
}

function Counts({ counts }: { counts: Overview["counts"] }) {
  const tiles: [string, string, number | null | undefined][] = [
    ["/console/users", t("console.users"), counts.users],
    ["/console/users", t("console.sessions"), counts.sessions],
    ["/console/organizations", t("console.organizations"), counts.organizations],
    ["/console/api-keys", t("console.apiKeys"), counts.apiKeys],
  ];
  return (
    <div class="console-tiles">
      {tiles.map(
        ([path, label, count]) =>
          count !== undefined &&
          count !== null && (
            <To key={label} path={path}>
              <strong>{formatNumber(count)}</strong>
              <span>{label}</span>
            </To>
          ),
      )}
    </div>
  );
}

function Health({ data }: { data: Overview }) {
  const problems = data.problems ?? [];
  return (
    <Section title={t("console.health")} action={problems.length === 0 ? <Badge kind="good">{t("console.healthy")}</Badge> : <Badge kind="warning">{t("console.problems", { count: formatNumber(problems.length) })}</Badge>}>
      {problems.length === 0 ? (
        <p class="soft">{t("console.noProblems")}</p>
      ) : (
        <ul class="problems break">
          {problems.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Plots({ data }: { data: Figures }) {
  const { series, stepSeconds: step } = data;
  const from = new Date(data.from).getTime();
  return (
    <Section title={t("console.figures")} intro={t("console.figuresText")}>
      <div class="plots">
        <Plot
          title={t("console.signIns")}
          from={from}
          step={step}
          series={[
            { label: t("console.succeeded"), values: series.signIns, figure: sum(series.signIns), kind: "first" },
            { label: t("console.failed"), values: series.signInFailures, figure: sum(series.signInFailures), kind: "second" },
          ]}
        />
        <Plot
          title={t("console.requests")}
          from={from}
          step={step}
          series={[
            { label: t("console.all"), values: series.requests, figure: sum(series.requests), kind: "first" },
            { label: t("console.serverErrors"), values: series.failures5xx, figure: sum(series.failures5xx), kind: "second" },
          ]}
        />
        <Plot
          title={t("console.latency")}
          unit=" ms"
          from={from}
          step={step}
          series={[
            { label: "p50", values: series.p50, figure: newest(series.p50, " ms"), kind: "first" },
            { label: "p99", values: series.p99, figure: newest(series.p99, " ms"), kind: "second calm" },
          ]}
        />
        <Plot title={t("console.hashing")} from={from} step={step} series={[{ label: t("console.waiting"), values: series.hashing, figure: newest(series.hashing), kind: "first" }]} />
      </div>
    </Section>
  );
}

function About({ data }: { data: Overview }) {
  return (
    <Section title={t("console.server")}>
      <dl>
        <dt>{t("console.version")}</dt>
        <dd>{data.version}</dd>
        <dt>{t("console.mode")}</dt>
        <dd>{data.mode}</dd>
        <dt>{t("console.database")}</dt>
        <dd>{data.database}</dd>
        <dt>{t("console.uptime")}</dt>
        <dd>{formatDuration(data.uptimeSeconds)}</dd>
        <dt>{t("console.audit")}</dt>
        <dd>{data.audit || has("audit-log") ? t("console.on") : t("console.off")}</dd>
        <dt>{t("console.plugins")}</dt>
        <dd>{data.plugins.join(", ")}</dd>
      </dl>
    </Section>
  );
}
