"use client";

import { authClient } from "./auth-client";

const API_URL = process.env.NEXT_PUBLIC_API_URL ?? "http://localhost:8000";

/** An error of the backend, or of the connection to it. */
export class ApiError extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

type Token = { value: string; subject: string; expiresAt: number };

// Only in memory: a reloaded page requests a new one. Concurrent calls share one request.
let kept: Token | undefined;
let asking: Promise<Token> | undefined;

function read(value: string): Token {
  const payload = value.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  const { sub, exp } = JSON.parse(atob(payload));
  return { value, subject: sub, expiresAt: exp * 1000 };
}

async function ask(): Promise<Token> {
  const { data, error } = await authClient.token();
  if (error || !data?.token) throw new ApiError("You are signed out. Sign in again to see your tasks.", 401);
  return read(data.token);
}

async function token(userId: string, renew = false): Promise<string> {
  const margin = 30_000; // the backend's clock may be ahead
  if (!renew && kept?.subject === userId && kept.expiresAt - margin > Date.now()) return kept.value;
  asking ??= ask().finally(() => (asking = undefined));
  kept = await asking;
  return kept.value;
}

/** Calls the backend for a user. A token that the backend rejects is replaced once. */
export async function apiRequest<T>(userId: string, path: string, options: { method?: string; body?: unknown } = {}): Promise<T> {
  const send = async (renew: boolean) =>
    fetch(`${API_URL}/api/${encodeURIComponent(userId)}${path}`, {
      method: options.method ?? "GET",
      headers: { Authorization: `Bearer ${await token(userId, renew)}`, ...(options.body !== undefined && { "Content-Type": "application/json" }) },
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
    });
  let response: Response;
  try {
    response = await send(false);
    if (response.status === 401) response = await send(true);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError("The task service cannot be reached. Try again in a moment.", 503);
  }
  if (response.status === 204) return undefined as T;
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(answer?.error_description ?? response.statusText, response.status);
  return answer as T;
}
