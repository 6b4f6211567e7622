// What the page knows: the session, the data that only the first page gets, and the key set.
import { useEffect, useState } from "preact/hooks";
import { client } from "../client";
import { page } from "../server";
import type { Failure } from "../texts";

export const auth = client([]);
auth.useSession.listen(() => {}); // asks before the page is drawn, and once for all views

export interface User {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  createdAt: string;
}

export interface Signed {
  user: User;
  session: Record<string, unknown> & { id: string; createdAt: string; expiresAt: string; ipAddress?: string | null; userAgent?: string | null };
}

/** Returns the session: undefined until it is known, null for nobody. The client asks again after every change. */
export function useSession(): Signed | null | undefined {
  const [state, set] = useState<{ data: unknown; isPending: boolean }>(() => auth.useSession.get());
  useEffect(() => auth.useSession.subscribe((now) => set({ data: now.data, isPending: now.isPending })), []);
  if (state.data) return state.data as Signed;
  return state.isPending ? undefined : null;
}

/** Asks for the session again, after a request that the client does not know. */
export function refreshSession() {
  auth.$store.notify("$sessionSignal");
}

export interface Letter {
  id: string;
  kind: string;
  to: string;
  subject: string;
  text: string;
  url?: string;
  code?: string;
  at: string;
}

export interface Setting {
  path: string;
  value: string;
  own: boolean; // differs from the default
}

export interface Finding {
  severity: "ok" | "note" | "warning" | "error";
  check: string;
  what: string;
  remedy?: string;
  sql?: string;
}

export interface Schema {
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: unknown[];
  format?: string;
  default?: unknown;
}

export interface Operation {
  tags?: string[];
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema; description?: string }[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: Schema }> };
}

interface Parts {
  server: { baseURL: string; local: string; endpoints: string; localEndpoints: string; config: string; database: string; outbox: boolean; command: string };
  outbox: { messages: Letter[] };
  config: { settings: Setting[]; notes: string[] };
  doctor: { findings: Finding[] };
  api: { paths: Record<string, Record<string, Operation>> };
}

/** Fetches a part of the data of this page; undefined if the server gives it to no browser on another machine. */
export async function fetchPart<Name extends keyof Parts>(name: Name): Promise<Parts[Name] | undefined> {
  const answer = await fetch(page(`/_ui/home.json?part=${name}`)).catch(() => undefined);
  return answer?.ok ? answer.json() : undefined;
}

export type Loaded<T> = { state: "loading" } | { state: "hidden" } | { state: "here"; data: T };

/** Fetches a part once, and again when `again` changes. */
export function usePart<Name extends keyof Parts>(name: Name, again = 0): Loaded<Parts[Name]> {
  const [loaded, set] = useState<Loaded<Parts[Name]>>({ state: "loading" });
  useEffect(() => {
    let current = true;
    set({ state: "loading" });
    fetchPart(name).then((data) => current && set(data ? { state: "here", data } : { state: "hidden" }));
    return () => {
      current = false;
    };
  }, [name, again]);
  return loaded;
}

export type About = Parts["server"];

export interface Key {
  kid: string;
  kty: string;
  alg?: string;
  crv?: string;
  use?: string;
  [member: string]: unknown;
}

/** Calls an endpoint with the client. */
export async function call<T>(path: string, options: { method?: "GET" | "POST"; body?: Record<string, unknown> } = {}): Promise<{ data: T; error: null } | { data: null; error: Failure }> {
  const { data, error } = await auth.$fetch<T>(path, options);
  return error ? { data: null, error: error as Failure } : { data: data as T, error: null };
}

export function fetchKeys() {
  return call<{ keys: Key[] }>("/jwks");
}
