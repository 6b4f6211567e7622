// What the console asks the server for: the public endpoints of the plugins admin and console, with the caller's own session.
import { adminClient } from "better-auth/client/plugins";
import { client } from "../client";
import { page, server } from "../server";
import { failureText, t } from "../texts";
import type { Failure } from "../texts";

export const auth = client([adminClient()]);

export interface User {
  id: string;
  email: string;
  name: string;
  emailVerified: boolean;
  createdAt: string;
  role?: string | null;
  banned?: boolean | null;
  banReason?: string | null;
  banExpires?: string | null;
}

export interface Session {
  id: string;
  token: string;
  createdAt: string;
  expiresAt: string;
  ipAddress?: string | null;
  userAgent?: string | null;
  impersonatedBy?: string | null;
}

export interface Overview {
  version: string;
  mode: string;
  database: string;
  uptimeSeconds: number;
  counts: { users: number; sessions: number | null; organizations?: number | null; apiKeys?: number | null };
  problems: string[];
  plugins: string[];
  audit: boolean;
}

export interface Figures {
  from: string | number;
  stepSeconds: number;
  series: Record<"requests" | "failures5xx" | "signIns" | "signInFailures" | "p50" | "p99" | "hashing", (number | null)[]>;
}

export interface UserDetails {
  user: User;
  accounts: { id: string; providerId: string; accountId: string; createdAt: string }[];
  twoFactor: boolean;
  passkeys: { id: string; name?: string | null; createdAt: string | null }[];
  lastSignIn: string | null;
  may: Rights;
}

/** What the caller may do with a user. */
export type Rights = Record<"update" | "setRole" | "setEmail" | "setPassword" | "ban" | "impersonate" | "remove" | "listSessions" | "revokeSessions" | "sendReset", boolean>;

export interface Organization {
  id: string;
  name: string;
  slug: string;
  createdAt: string;
  members: number;
}

export interface Member {
  id: string;
  userId: string;
  role: string;
  createdAt: string;
  user?: { id: string; name: string; email: string } | null;
}

export interface Invitation {
  id: string;
  email: string;
  role: string | null;
  status: string;
  expiresAt: string;
}

export interface APIKey {
  id: string;
  name?: string | null;
  start?: string | null;
  prefix?: string | null;
  referenceId: string;
  owner: "user" | "organization";
  ownerName?: string | null;
  enabled: boolean;
  createdAt: string;
  expiresAt?: string | null;
  lastRequest?: string | null;
}

export interface OAuthClient {
  id: string;
  clientId: string;
  name: string | null;
  public: boolean;
  authMethod: string | null;
  applicationType: string | null;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  grantTypes: string[];
  scopes: string[] | null; // null: all
  clientCredentialsScopes: string[];
  skipConsent: boolean;
  disabled: boolean;
  hasSecret: boolean;
  fixed: boolean;
  document: boolean;
  userId: string | null;
  ownerName: string | null;
  referenceId: string | null;
  createdAt: string | null;
}

export interface Consent {
  id: string;
  scopes: string[];
  referenceId: string | null;
  createdAt: string;
  updatedAt: string;
  user: { id: string; name: string; email: string } | null;
  client: { id: string | null; clientId: string | null; name: string | null };
}

export interface SigningKey {
  id: string;
  alg?: string;
  createdAt: string;
  expiresAt?: string | null;
  state: string;
}

export interface Message {
  id: string;
  to: string;
  subject: string;
  kind: string;
  attempts: number;
  lastError?: string | null;
  at: string;
  state: "waiting" | "failed" | "outbox";
}

export interface Limits {
  enabled: boolean;
  storage: string;
  rules: { path: string; window: number; max: number; source: string }[];
  limited: { key: string; path: string | null; until: string }[] | null; // null: the storage cannot tell
}

export interface Entry {
  seq: number;
  eventType: string;
  userId?: string | null;
  actorId?: string | null;
  organizationId?: string | null;
  method?: string | null;
  path?: string | null;
  ipAddress?: string | null;
  userAgent?: string | null;
  eventData?: string | null; // JSON
  createdAt: string;
}

export type Answer<T> = { data: T; error: null } | { data: null; error: Failure };

type Query = Record<string, string | number | undefined>;

/** Sends a browser without a session to the sign-in page, and back here afterwards; without that page, reloads this one. */
export function signInFirst() {
  if (!server.site.pages) return location.reload();
  const here = location.pathname + location.search;
  location.replace(`${page("/sign-in")}?redirectTo=${encodeURIComponent(here)}`);
}

/** Calls an endpoint; a user whose session has ended signs in again. */
async function call<T>(path: string, options: Record<string, unknown>): Promise<Answer<T>> {
  const { data, error } = await auth.$fetch<T>(path, options);
  if (!error) return { data: data as T, error: null };
  if (error.status === 401) signInFirst();
  return { data: null, error };
}

export function get<T>(path: string, query: Query = {}): Promise<Answer<T>> {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return call<T>(path, { method: "GET", query: Object.fromEntries(given) });
}

export function post<T>(path: string, body: Record<string, unknown> = {}): Promise<Answer<T>> {
  return call<T>(path, { method: "POST", body });
}

/** Returns the text of an error of an answer. */
export function problem(error: Failure): string {
  return error.status === 403 && !error.code ? t("console.refused") : failureText(error);
}
