import { passkeyClient } from "@better-auth/passkey/client";
import { client } from "../client";
import type { Failure } from "../texts";

type Answer = { data: unknown; error: null } | { data: null; error: Failure };

const auth = client([passkeyClient()]);

export async function add(): Promise<Answer> {
  return (await auth.passkey.addPasskey()) as Answer;
}

export async function signIn(): Promise<Answer> {
  return (await auth.signIn.passkey()) as Answer;
}
