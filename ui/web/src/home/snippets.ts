// Lines to paste for each kind of program, with this server's addresses. test/browser/ui-home.mjs runs them.

export interface Addresses {
  endpoints: string; // public, such as http://localhost:3210/api/auth
  localEndpoints: string; // for servers on this machine
  command: string; // starts the server
  jwt: boolean;
}

export interface Snippet {
  file: string;
  code: string;
}

export interface Target {
  id: string;
  name: string;
  kind: "page" | "server"; // signs in and out, or checks tokens
  snippets: Snippet[];
}

const install = { file: "terminal", code: "npm install better-auth" };

export function targets(at: Addresses): Target[] {
  const origin = new URL(at.endpoints).origin;
  const base = at.endpoints === `${origin}/api/auth` ? origin : at.endpoints; // what clients and verifiers take as base URL
  const client = (from: string) => `import { createAuthClient } from "${from}";

export const authClient = createAuthClient({ baseURL: "${base}" });
`;
  return [
    { id: "nextjs", name: "Next.js", kind: "page", snippets: next(at) },
    { id: "react", name: "React", kind: "page", snippets: [install, { file: "auth-client.ts", code: client("better-auth/react") }, { file: "App.tsx", code: react }] },
    { id: "vue", name: "Vue", kind: "page", snippets: [install, { file: "auth-client.ts", code: client("better-auth/vue") }, { file: "App.vue", code: vue }] },
    { id: "svelte", name: "Svelte", kind: "page", snippets: [install, { file: "auth-client.ts", code: client("better-auth/svelte") }, { file: "App.svelte", code: svelte }] },
    { id: "fetch", name: "fetch", kind: "page", snippets: [{ file: "auth.js", code: plain(at) }] },
    { id: "fastapi", name: "FastAPI", kind: "server", snippets: [{ file: "terminal", code: 'pip install fastapi uvicorn "pyjwt[crypto]"' }, { file: "main.py", code: fastapi(at, origin) }] },
    { id: "express", name: "Express", kind: "server", snippets: [{ file: "terminal", code: "npm install express jose" }, { file: "server.mjs", code: express(at, origin) }] },
    { id: "go", name: "Go", kind: "server", snippets: [{ file: "main.go", code: go(base) }] },
  ];
}

/** The call with which a page gets a token and sends it to a backend. */
export const bearer = `const { data } = await authClient.$fetch("/token");
await fetch("http://localhost:8000/me", { headers: { authorization: \`Bearer \${data.token}\` } });
`;

const next = (at: Addresses): Snippet[] => [
  {
    file: "terminal",
    code: `npm install better-auth
BETTER_AUTH_URL=http://localhost:3000 ${at.command}`,
  },
  {
    file: "next.config.ts",
    code: `import type { NextConfig } from "next";

// The pages and the endpoints have one origin: http://localhost:3000.
const config: NextConfig = {
  rewrites: async () => ({
    beforeFiles: [{ source: "/api/auth/:path*", destination: "${at.localEndpoints}/:path*" }],
  }),
};
export default config;
`,
  },
  {
    file: "lib/auth-client.ts",
    code: `import { createAuthClient } from "better-auth/react";

export const authClient = createAuthClient();
`,
  },
  {
    file: "app/page.tsx",
    code: `import { headers } from "next/headers";

export default async function Page() {
  const cookie = (await headers()).get("cookie") ?? "";
  const answer = await fetch("${at.localEndpoints}/get-session", { headers: { cookie }, cache: "no-store" });
  const session = await answer.json();
  return <p>{session ? \`Hello, \${session.user.name}\` : "You are signed out."}</p>;
}
`,
  },
];

const react = `import { authClient } from "./auth-client";

export default function App() {
  const { data: session, isPending } = authClient.useSession();
  if (isPending) return null;
  if (session)
    return (
      <p>
        Hello, {session.user.name} <button onClick={() => authClient.signOut()}>Sign out</button>
      </p>
    );
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const { error } = await authClient.signIn.email({ email: String(form.get("email")), password: String(form.get("password")) });
        if (error) alert(error.message);
      }}
    >
      <input name="email" type="email" aria-label="E-mail address" autoComplete="username" />
      <input name="password" type="password" aria-label="Password" autoComplete="current-password" />
      <button>Sign in</button>
    </form>
  );
}
`;

const vue = `<script setup lang="ts">
import { ref } from "vue";
import { authClient } from "./auth-client";

const session = authClient.useSession();
const email = ref("");
const password = ref("");
const problem = ref("");

async function signIn() {
  const { error } = await authClient.signIn.email({ email: email.value, password: password.value });
  problem.value = error?.message ?? "";
}
</script>

<template>
  <p v-if="session.data">
    Hello, {{ session.data.user.name }} <button @click="authClient.signOut()">Sign out</button>
  </p>
  <form v-else @submit.prevent="signIn">
    <input v-model="email" type="email" aria-label="E-mail address" autocomplete="username" />
    <input v-model="password" type="password" aria-label="Password" autocomplete="current-password" />
    <button>Sign in</button>
    <p role="alert">{{ problem }}</p>
  </form>
</template>
`;

const svelte = `<script lang="ts">
  import { authClient } from "./auth-client";

  const session = authClient.useSession();
  let email = $state("");
  let password = $state("");
  let problem = $state("");

  async function signIn(event: SubmitEvent) {
    event.preventDefault();
    const { error } = await authClient.signIn.email({ email, password });
    problem = error?.message ?? "";
  }
</script>

{#if $session.data}
  <p>Hello, {$session.data.user.name} <button onclick={() => authClient.signOut()}>Sign out</button></p>
{:else}
  <form onsubmit={signIn}>
    <input bind:value={email} type="email" aria-label="E-mail address" autocomplete="username" />
    <input bind:value={password} type="password" aria-label="Password" autocomplete="current-password" />
    <button>Sign in</button>
    <p role="alert">{problem}</p>
  </form>
{/if}
`;

const plain = (at: Addresses) => `const auth = "${at.endpoints}";

async function call(path, body) {
  const answer = await fetch(auth + path, {
    method: body ? "POST" : "GET",
    credentials: "include", // the session is a cookie
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const data = await answer.json();
  if (!answer.ok) throw new Error(data.message);
  return data;
}

await call("/sign-up/email", { name: "Grace", email: "grace@example.com", password: "correct horse battery" });
const session = await call("/get-session");${
  at.jwt
    ? `
const { token } = await call("/token"); // for other servers: Authorization: Bearer …`
    : ""
}
await call("/sign-out", {});
`;

const fastapi = (at: Addresses, origin: string) => `# uvicorn main:app --port 8000
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

ISSUER = "${origin}"
keys = jwt.PyJWKClient("${at.endpoints}/jwks", lifespan=3600)
app = FastAPI()


def user(bearer: HTTPAuthorizationCredentials = Depends(HTTPBearer())):
    try:
        key = keys.get_signing_key_from_jwt(bearer.credentials)
        return jwt.decode(
            bearer.credentials,
            key.key,
            algorithms=["EdDSA", "ES256", "RS256"],
            issuer=ISSUER,
            audience=ISSUER,
            options={"require": ["exp", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise HTTPException(401, "the token is not accepted") from error


@app.get("/me")
def me(claims: dict = Depends(user)):
    return {"id": claims["sub"], "name": claims["name"]}
`;

const express = (at: Addresses, origin: string) => `// node server.mjs
import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";

const issuer = "${origin}";
const keys = createRemoteJWKSet(new URL("${at.endpoints}/jwks"));
const app = express();

app.get("/me", async (req, res) => {
  try {
    const token = (req.headers.authorization ?? "").replace(/^bearer /i, "");
    const { payload } = await jwtVerify(token, keys, { issuer, audience: issuer, requiredClaims: ["sub", "exp"] });
    res.json({ id: payload.sub, name: payload.name });
  } catch {
    res.status(401).json({ error: "the token is not accepted" });
  }
});

app.listen(process.env.PORT ?? 8000, "127.0.0.1");
`;

const go = (base: string) => `package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/seed-32bd42cb/betterauth/verify"
)

func main() {
	verifier, err := verify.ForServer("${base}")
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/me", verifier.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claims, _ := verify.FromContext(r.Context())
		_ = json.NewEncoder(w).Encode(map[string]string{"id": claims.Subject, "name": claims.Name})
	})))
	port := os.Getenv("PORT")
	if port == "" {
		port = "8000"
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}
`;
