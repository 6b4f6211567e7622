import { t } from "../texts";

// The order matters: Edge calls itself Chrome too, and Chrome calls itself Safari.
const browsers = [
  ["Edg", "Edge"],
  ["OPR/", "Opera"],
  ["SamsungBrowser/", "Samsung Internet"],
  ["Firefox/", "Firefox"],
  ["FxiOS/", "Firefox"],
  ["CriOS/", "Chrome"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
];
const systems = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["CrOS", "ChromeOS"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
];

/** Returns a name for a User-Agent, such as "Firefox on Windows". A program is called by its own name. */
export function deviceName(userAgent?: string | null): string {
  const find = (list: string[][]) => list.find(([mark]) => userAgent?.includes(mark))?.[1];
  const [browser, system] = [find(browsers), find(systems)];
  if (browser && system) return t("account.deviceOn", { browser, system });
  return browser ?? system ?? (userAgent ? userAgent.split(/[\s(]/)[0].slice(0, 60) || t("account.deviceUnknown") : t("account.deviceUnknown"));
}
