import { server } from "./server";
import type common from "../texts/en/common.json";
import type pages from "../texts/en/pages.json";
import type account from "../texts/en/account.json";
import type home from "../texts/en/home.json";
import type console_ from "../texts/en/console.json";

export type Key =
  | keyof typeof common
  | keyof typeof pages
  | keyof typeof account
  | keyof typeof home
  | keyof typeof console_;

/** Returns a text in the language of the page, with {name} replaced by values.name. */
export function t(key: Key, values?: Record<string, string | number>): string {
  let text = server.texts[key] ?? key;
  for (const [name, value] of Object.entries(values ?? {})) text = text.replaceAll(`{${name}}`, String(value));
  return text;
}

export interface Failure {
  code?: string;
  message?: string;
  status?: number;
}

/** Returns the text for an error of the client: that of its code, in which {message} is the server's own, else that. */
export function failureText(error: Failure | null | undefined): string {
  if (!error) return t("error.unknown");
  const own = error.code && server.texts[`code.${error.code}`];
  if (own) return own.replaceAll("{message}", () => error.message ?? "");
  if (error.status === 429) return t("error.tooMany");
  if (error.status === 503 || !error.status) return t("error.unavailable");
  return error.message || t("error.unknown");
}

export function formatDate(value: string | number | Date): string {
  return new Intl.DateTimeFormat(server.site.language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(value));
}

/** Returns a time as a distance from now, such as "3 hours ago". */
export function formatAgo(value: string | number | Date): string {
  const seconds = (new Date(value).getTime() - Date.now()) / 1000;
  const units: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const format = new Intl.RelativeTimeFormat(server.site.language, { numeric: "auto" });
  for (const [unit, size] of units)
    if (Math.abs(seconds) >= size || unit === "second") return format.format(Math.round(seconds / size), unit);
  return "";
}
