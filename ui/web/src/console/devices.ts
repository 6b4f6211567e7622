import { t } from "../texts";

// The first that fits; browsers claim to be others, so the order counts.
const browsers: [RegExp, string][] = [[/Edg(e|A|iOS)?\//, "Edge"], [/OPR\//, "Opera"], [/SamsungBrowser\//, "Samsung Internet"], [/(Firefox|FxiOS)\//, "Firefox"], [/(Chrome|CriOS|HeadlessChrome)\//, "Chrome"], [/Safari\//, "Safari"]];
const systems: [RegExp, string][] = [[/iPhone/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"]];

/** Returns browser and system of a user agent; of a program, its name; cut, since a client can send anything. */
export function deviceName(userAgent?: string | null): string {
  if (!userAgent) return t("console.unknownDevice");
  const browser = browsers.find(([sign]) => sign.test(userAgent))?.[1];
  const system = systems.find(([sign]) => sign.test(userAgent))?.[1];
  if (browser && system) return `${browser}, ${system}`;
  return browser ?? system ?? userAgent.split(/[\s/]/)[0].slice(0, 40);
}
