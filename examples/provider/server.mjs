// Example ID: an OpenID Connect provider for the local machine, instead of Google, GitHub and others. Users enter any
// name; there is no password. All data is lost when it ends.
//
//   PORT            port to listen on, on this machine only (9000)
//   CLIENT_ID, CLIENT_SECRET   of its only client application (taskbook, taskbook-secret)
import { createHash, createSign, generateKeyPairSync, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const port = Number(process.env.PORT ?? 9000);
const issuer = `http://localhost:${port}`;
const client = { id: process.env.CLIENT_ID ?? "taskbook", secret: process.env.CLIENT_SECRET ?? "taskbook-secret" };
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = { ...publicKey.export({ format: "jwk" }), kid: "example-1", alg: "RS256", use: "sig" };

const codes = new Map(); // code -> its request; each is used once, within a minute
const people = new Map(); // access token -> profile

const sha256 = (text) => createHash("sha256").update(text).digest("base64url");
const random = () => randomBytes(24).toString("base64url");
const equal = (a = "", b) => timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const escape = (text = "") => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

function idToken(claims) {
  const now = Math.floor(Date.now() / 1000);
  const head = `${encode({ alg: "RS256", kid: key.kid, typ: "JWT" })}.${encode({ iss: issuer, aud: client.id, iat: now, exp: now + 600, ...claims })}`;
  return `${head}.${createSign("sha256").update(head).sign(privateKey, "base64url")}`;
}

// Codes are sent only to applications on this machine.
function mistake(asked) {
  if (asked.get("client_id") !== client.id) return "This application is not known here.";
  const back = URL.canParse(asked.get("redirect_uri")) ? new URL(asked.get("redirect_uri")).hostname : "";
  if (!["localhost", "127.0.0.1"].includes(back)) return "The application's address is not on this machine.";
  if (asked.get("response_type") !== "code" || asked.get("code_challenge_method") !== "S256") return "Only the code flow with PKCE is known here.";
  return "";
}

const page = (body) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Example ID</title>
<style>
:root { color-scheme: light dark; --line: light-dark(#d9dbe3, #3b3f4b); --soft: light-dark(#5b6070, #a9aebd); --blue: light-dark(#2f4fd0, #a9b8ff); --on: light-dark(#fff, #10142a); }
* { box-sizing: border-box; }
body { display: grid; place-items: center; min-height: 100dvh; margin: 0; padding: 16px; font: 16px/1.5 system-ui, sans-serif; background: light-dark(#f3f4f9, #14161d); color: light-dark(#1a1c25, #eceef6); }
main { width: 100%; max-width: 400px; padding: 28px; border: 1px solid var(--line); border-radius: 16px; background: light-dark(#fff, #1c1f28); }
h1 { margin: 0 0 4px; font-size: 22px; } p { margin: 0 0 20px; color: var(--soft); }
label { display: block; margin: 14px 0 4px; font-size: 14px; font-weight: 500; }
label.inline { display: flex; align-items: center; gap: 10px; min-height: 44px; font-weight: 400; }
input:not([type]), input[type=email] { width: 100%; min-height: 44px; padding: 0 12px; border: 1px solid light-dark(#8b8f9c, #7b8090); border-radius: 8px; background: transparent; color: inherit; font: inherit; }
input[type=checkbox] { width: 20px; height: 20px; accent-color: var(--blue); }
.buttons { display: flex; gap: 10px; margin-top: 20px; }
button { flex: 1; min-height: 44px; border: 1px solid var(--line); border-radius: 8px; background: transparent; color: inherit; font: inherit; font-weight: 500; cursor: pointer; }
button.primary { border-color: var(--blue); background: var(--blue); color: var(--on); }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 2px; }
</style></head><body><main>${body}</main></body></html>`;

function form(asked) {
  const hidden = [...asked].map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`).join("");
  return page(`<h1>Example ID</h1><p>Taskbook would like to know your name and e-mail address. This page stands in for a real provider: say who you are.</p>
<form method="post" action="/authorize">${hidden}
<label for="name">Name</label><input id="name" name="as_name" value="Ada Lovelace" autocomplete="name" required>
<label for="email">E-mail address</label><input id="email" name="as_email" type="email" value="${escape(asked.get("login_hint") ?? "ada@example.com")}" autocomplete="email" required>
<label class="inline"><input type="checkbox" name="as_verified" checked> Example ID has confirmed this address</label>
<div class="buttons"><button name="answer" value="deny" formnovalidate>Cancel</button><button class="primary" name="answer" value="allow">Continue</button></div></form>`);
}

function decide(asked) {
  const back = new URL(asked.get("redirect_uri"));
  back.searchParams.set("state", asked.get("state") ?? "");
  if (asked.get("answer") !== "allow") {
    back.searchParams.set("error", "access_denied");
    return back;
  }
  const email = asked.get("as_email");
  const profile = { sub: sha256(email.toLowerCase()).slice(0, 16), name: asked.get("as_name"), email, email_verified: asked.has("as_verified") };
  const code = random();
  codes.set(code, { profile, challenge: asked.get("code_challenge"), nonce: asked.get("nonce") ?? undefined, redirectURI: asked.get("redirect_uri"), until: Date.now() + 60_000 });
  back.searchParams.set("code", code);
  back.searchParams.set("iss", issuer);
  return back;
}

function credentials(request, sent) {
  const [kind, value = ""] = (request.headers.authorization ?? "").split(" ");
  if (kind.toLowerCase() !== "basic") return [sent.get("client_id"), sent.get("client_secret")];
  return Buffer.from(value, "base64").toString().split(":").map(decodeURIComponent);
}

function token(request, sent) {
  const [id, secret] = credentials(request, sent);
  if (id !== client.id || !equal(secret ?? "", client.secret)) return [401, { error: "invalid_client" }];
  if (sent.get("grant_type") !== "authorization_code") return [400, { error: "unsupported_grant_type" }];
  const given = codes.get(sent.get("code"));
  codes.delete(sent.get("code"));
  const holds = given && given.until > Date.now() && given.redirectURI === sent.get("redirect_uri") && sha256(sent.get("code_verifier") ?? "") === given.challenge;
  if (!holds) return [400, { error: "invalid_grant", error_description: "The code is wrong, used or over." }];
  const accessToken = random();
  people.set(accessToken, given.profile);
  return [200, { access_token: accessToken, token_type: "Bearer", expires_in: 3600, scope: "openid profile email", id_token: idToken({ ...given.profile, nonce: given.nonce }) }];
}

function userinfo(request) {
  const profile = people.get((request.headers.authorization ?? "").replace(/^Bearer /i, ""));
  return profile ? [200, profile] : [401, { error: "invalid_token" }];
}

const discovery = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`,
  response_types_supported: ["code"],
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
  scopes_supported: ["openid", "profile", "email"],
  token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
  code_challenge_methods_supported: ["S256"],
  authorization_response_iss_parameter_supported: true,
};

async function body(request) {
  let text = "";
  for await (const part of request.setEncoding("utf8")) {
    text += part;
    if (text.length > 65_536) throw new Error("too much");
  }
  return new URLSearchParams(text);
}

async function answer(request) {
  const url = new URL(request.url, issuer);
  switch (`${request.method} ${url.pathname}`) {
    case "GET /.well-known/openid-configuration":
      return [200, discovery];
    case "GET /jwks":
      return [200, { keys: [key] }];
    case "GET /authorize": {
      const wrong = mistake(url.searchParams);
      return wrong ? [400, page(`<h1>Example ID</h1><p>${wrong}</p>`)] : [200, form(url.searchParams)];
    }
    case "POST /authorize": {
      const asked = await body(request);
      const wrong = mistake(asked);
      return wrong ? [400, page(`<h1>Example ID</h1><p>${wrong}</p>`)] : [303, decide(asked)];
    }
    case "POST /token":
      return token(request, await body(request));
    case "GET /userinfo":
      return userinfo(request);
    default:
      return [404, { error: "not_found" }];
  }
}

createServer(async (request, response) => {
  const [status, value] = await answer(request).catch(() => [400, { error: "invalid_request" }]);
  response.statusCode = status;
  response.setHeader("cache-control", "no-store");
  if (value instanceof URL) return response.setHeader("location", String(value)).end();
  const isPage = typeof value === "string";
  response.setHeader("content-type", isPage ? "text/html; charset=utf-8" : "application/json");
  if (isPage) response.setHeader("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  response.end(isPage ? value : JSON.stringify(value));
}).listen(port, "127.0.0.1", () => console.log(`Example ID at ${issuer}`));
