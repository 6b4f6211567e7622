// Small plots of what the server counted in the last hour.
import { useId } from "preact/hooks";
import { server } from "../server";
import { t } from "../texts";
import { formatNumber } from "./parts";

const width = 300;
const height = 80;
const margin = 4;

export interface Series {
  label: string;
  values: (number | null)[];
  figure: string; // what stands in the legend: a sum, or the newest value
  kind: "first" | "second" | "second calm";
}

/** Returns the way of a line through values; a value that is not known interrupts it. */
export function line(values: (number | null)[], largest: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : width;
  let pen = false;
  let way = "";
  values.forEach((value, i) => {
    if (value === null) {
      pen = false;
      return;
    }
    const y = height - margin - (value / largest) * (height - 2 * margin);
    way += `${pen ? "L" : "M"}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
    pen = true;
  });
  return way;
}

export function Plot({ title, unit = "", from, step, series }: { title: string; unit?: string; from: number; step: number; series: Series[] }) {
  const id = useId();
  const count = Math.max(...series.map((one) => one.values.length));
  const top = Math.max(0, ...series.flatMap((one) => one.values.map((value) => value ?? 0)));
  const largest = Math.max(1, top);
  const highest = t("console.largest", { value: formatNumber(Math.round(top * 10) / 10) + unit });
  const clock = (at: number) => new Intl.DateTimeFormat(server.site.language, { timeStyle: "short" }).format(at);
  const said = series.map((one) => `${one.label}: ${one.figure}`).join("; ");
  return (
    <figure class="plot" aria-labelledby={id}>
      <figcaption>
        <strong id={id}>{title}</strong>
        <ul>
          {series.map((one) => (
            <li key={one.label} class={one.kind}>
              {one.label} {one.figure}
            </li>
          ))}
        </ul>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={`${title}. ${said}. ${highest}`}>
        {series.map((one) => (
          <path key={one.label} class={one.kind} d={line(one.values, largest)} />
        ))}
      </svg>
      <p class="axis" aria-hidden="true">
        <span>{clock(from)}</span>
        <span>{highest}</span>
        <span>{clock(from + Math.max(0, count - 1) * step * 1000)}</span>
      </p>
    </figure>
  );
}
