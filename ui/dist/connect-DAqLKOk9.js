import{d as f,h as g,u as t,t as i,s as b,a as d,e as w,S as u,n as v,C as y}from"./vanilla-D8qycbYF.js";import{u as k}from"./home-CZ67Vr50.js";import"./client-CHyH1gQ-.js";const p={file:"terminal",code:"npm install better-auth"};function x(e){const s=new URL(e.endpoints).origin,r=e.endpoints===`${s}/api/auth`?s:e.endpoints,o=l=>`import { createAuthClient } from "${l}";

export const authClient = createAuthClient({ baseURL: "${r}" });
`;return[{id:"nextjs",name:"Next.js",kind:"page",snippets:S(e)},{id:"react",name:"React",kind:"page",snippets:[p,{file:"auth-client.ts",code:o("better-auth/react")},{file:"App.tsx",code:j}]},{id:"vue",name:"Vue",kind:"page",snippets:[p,{file:"auth-client.ts",code:o("better-auth/vue")},{file:"App.vue",code:E}]},{id:"svelte",name:"Svelte",kind:"page",snippets:[p,{file:"auth-client.ts",code:o("better-auth/svelte")},{file:"App.svelte",code:$}]},{id:"fetch",name:"fetch",kind:"page",snippets:[{file:"auth.js",code:T(e)}]},{id:"fastapi",name:"FastAPI",kind:"server",snippets:[{file:"terminal",code:'pip install fastapi uvicorn "pyjwt[crypto]"'},{file:"main.py",code:P(e,s)}]},{id:"express",name:"Express",kind:"server",snippets:[{file:"terminal",code:"npm install express jose"},{file:"server.mjs",code:A(e,s)}]},{id:"go",name:"Go",kind:"server",snippets:[{file:"main.go",code:R(r)}]}]}const C='const { data } = await authClient.$fetch("/token");\nawait fetch("http://localhost:8000/me", { headers: { authorization: `Bearer ${data.token}` } });\n',S=e=>[{file:"terminal",code:`npm install better-auth
BETTER_AUTH_URL=http://localhost:3000 ${e.command}`},{file:"next.config.ts",code:`import type { NextConfig } from "next";

// The pages and the endpoints have one origin: http://localhost:3000.
const config: NextConfig = {
  rewrites: async () => ({
    beforeFiles: [{ source: "/api/auth/:path*", destination: "${e.localEndpoints}/:path*" }],
  }),
};
export default config;
`},{file:"lib/auth-client.ts",code:`import { createAuthClient } from "better-auth/react";

export const authClient = createAuthClient();
`},{file:"app/page.tsx",code:`import { headers } from "next/headers";

export default async function Page() {
  const cookie = (await headers()).get("cookie") ?? "";
  const answer = await fetch("${e.localEndpoints}/get-session", { headers: { cookie }, cache: "no-store" });
  const session = await answer.json();
  return <p>{session ? \`Hello, \${session.user.name}\` : "You are signed out."}</p>;
}
`}],j=`import { authClient } from "./auth-client";

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
`,E=`<script setup lang="ts">
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
<\/script>

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
`,$=`<script lang="ts">
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
<\/script>

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
`,T=e=>`const auth = "${e.endpoints}";

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
const session = await call("/get-session");${e.jwt?`
const { token } = await call("/token"); // for other servers: Authorization: Bearer …`:""}
await call("/sign-out", {});
`,P=(e,s)=>`# uvicorn main:app --port 8000
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

ISSUER = "${s}"
keys = jwt.PyJWKClient("${e.endpoints}/jwks", lifespan=3600)
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
`,A=(e,s)=>`// node server.mjs
import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";

const issuer = "${s}";
const keys = createRemoteJWKSet(new URL("${e.endpoints}/jwks"));
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
`,R=e=>`package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/seed-32bd42cb/betterauth/verify"
)

func main() {
	verifier, err := verify.ForServer("${e}")
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
`,m=()=>location.hash.split("/")[1];function L(){const e=k("server"),[s,r]=f(m);if(g(()=>{const n=()=>r(m());return addEventListener("hashchange",n),n(),()=>removeEventListener("hashchange",n)},[]),e.state==="loading")return t("p",{class:"soft",children:i("common.loading")});const o=location.origin+b.endpoints,l=e.state==="here"?e.data:{endpoints:o,localEndpoints:o,command:"betterauth serve"},c=x({...l,jwt:d("jwt")}),a=c.find(n=>n.id===s)??c[0];return t(u,{children:[t("nav",{class:"choices","aria-label":i("home.connect.choose"),children:c.map(n=>t("a",{href:`#connect/${n.id}`,"aria-current":n===a?"true":void 0,children:n.name},n.id))}),t(w,{title:a.name,intro:i(`home.connect.${a.kind}`),children:[a.kind==="server"&&!d("jwt")&&t("p",{class:"note bad",children:i("home.token.off")}),a.snippets.map(n=>t(h,{file:n.file==="terminal"?i("home.connect.terminal"):n.file,code:n.code},a.id+n.file)),a.kind==="server"&&t(h,{file:i("home.connect.bearer"),code:C}),a.kind==="page"&&a.id!=="nextjs"&&t(u,{children:[t("h3",{children:i("home.connect.origins")}),t(v,{text:"trustedOrigins: [http://localhost:5173]",label:"betterauth.yaml"})]})]})]})}function h({file:e,code:s}){return t("figure",{class:"lines",children:[t("figcaption",{children:[t("span",{class:"mono",children:e}),t(y,{text:s})]}),t("pre",{tabIndex:0,"aria-label":e,"data-file":e,children:t("code",{children:s})})]})}export{L as default};
