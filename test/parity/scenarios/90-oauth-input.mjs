// The oauth-provider plugin: its OpenAPI descriptions, and bad input of every kind to the endpoints of clients.
import { endpoints } from "../coverage.mjs";
import { provider } from "../oauth-clients.mjs";
import { signUp } from "../people.mjs";
import { scenarioOf } from "./30-bad-input.mjs";

const { plugins } = provider({ allowDynamicClientRegistration: true, allowUnauthenticatedClientRegistration: true, allowPublicClientPrelogin: true });
const chosen = endpoints.filter((e) => e.http && e.plugin === "oauth-provider" && /OAuthClient|ClientSecret/.test(e.name));

export default [
  ...chosen.map((e) => scenarioOf(e, signUp, plugins)),
  { name: "oauth-provider: in the document", config: { plugins: { ...plugins, "open-api": {} } }, run: (s) => s.get("/open-api/generate-schema") },
];
