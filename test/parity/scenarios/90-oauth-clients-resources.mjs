// The oauth-provider plugin: resources, which the program creates and links to clients.
import { create, provider } from "../oauth-clients.mjs";
import { bob, signUp } from "../people.mjs";

const hooks = {};
const api = "https://api.example.com";
const call = (s, name, input = {}) => s.api(name, input, { cookies: true });
const make = (s, body) => call(s, "adminCreateOAuthResource", { body });
const read = (s, identifier) => call(s, "adminGetOAuthResource", { params: { identifier } });
const change = (s, identifier, body) => call(s, "adminUpdateOAuthResource", { params: { identifier }, body });
const drop = (s, identifier) => call(s, "adminDeleteOAuthResource", { params: { identifier } });
const link = (s, identifier, client_id) => call(s, "adminLinkClientResource", { params: { identifier, client_id } });
const unlink = (s, identifier, client_id) => call(s, "adminUnlinkClientResource", { params: { identifier, client_id } });
const all = (s) => call(s, "adminListOAuthResources");

const full = {
  identifier: `${api}/full`, name: "Full", accessTokenTtl: 60, refreshTokenTtl: 120, signingAlgorithm: "ES256", signingKeyId: "key", allowedScopes: ["read"],
  customClaims: { a: { b: [1, null] } }, dpopBoundAccessTokensRequired: true, disabled: true, metadata: { c: "d" },
};
const wrong = [
  {}, { identifier: "" }, { identifier: "nonsense" }, { identifier: "urn:api" }, { identifier: `${api}/#a` }, { identifier: `${api}/#` }, { identifier: 1 }, { identifier: `${api}/a`, accessTokenTtl: 0 }, { identifier: `${api}/b`, accessTokenTtl: 1.5 },
  { identifier: `${api}/c`, signingAlgorithm: "HS256" }, { identifier: `${api}/d`, signingAlgorithm: null, allowedScopes: null, name: "d" }, { identifier: `${api}/e`, customClaims: [] }, { identifier: `${api}/f`, allowedScopes: [1] },
];

async function flow(s) {
  for (const name of ["adminListOAuthResources", "adminCreateOAuthResource"]) await call(s, name, { body: { identifier: api } });
  await signUp(s);
  await s.api("adminCreateOAuthResource", { body: { identifier: api } });
  await make(s, { identifier: api });
  await make(s, { identifier: api });
  await make(s, full);
  for (const body of wrong) await make(s, body);
  await all(s);
  for (const identifier of [api, encodeURIComponent(full.identifier), "nobody", "%zz"]) await read(s, identifier);
  await change(s, api, { name: "Renamed", accessTokenTtl: 30, allowedScopes: ["write"], customClaims: { e: 1 }, disabled: true });
  await change(s, api, { accessTokenTtl: null, allowedScopes: null, customClaims: null, metadata: null, identifier: "https://moved.example.com" });
  await change(s, api, {});
  await change(s, api, { accessTokenTtl: -1 });
  await change(s, "nobody", { name: "x" });
  const made = await create(s);
  await link(s, api, made?.client_id);
  await link(s, api, made?.client_id);
  await link(s, encodeURIComponent(full.identifier), made?.client_id);
  await link(s, api, "nobody");
  await link(s, "nobody", made?.client_id);
  await unlink(s, api, made?.client_id);
  await unlink(s, api, made?.client_id);
  await drop(s, full.identifier);
  await drop(s, full.identifier);
  await all(s);
}

hooks.may = ({ data: [{ action, resourceId, user }] }, s) => ({ result: user.name === bob.name || s.allowed === action || resourceId === "https://open.example.com" });

async function privileges(s) {
  await signUp(s.as("bob"), bob);
  await make(s, { identifier: api });
  await signUp(s.as("default"));
  const made = await create(s);
  for (const action of ["nothing", "create", "read", "update", "delete", "list", "link", "unlink"]) {
    s.allowed = action;
    await make(s, { identifier: `${api}/${action}` });
    await all(s);
    await read(s, api);
    await change(s, api, { name: action });
    await link(s, api, made?.client_id);
    await unlink(s, api, made?.client_id);
    await drop(s, `${api}/create`);
  }
}

hooks.valid = ({ data: [identifier] }) => ({ result: !identifier.includes("bad") });

async function validated(s) {
  await signUp(s);
  for (const identifier of ["anything", "bad", "https://api.example.com/#a"]) await make(s, { identifier });
  await all(s);
}

const seeds = [api, full, { identifier: `${api}/plain` }, "nonsense", `${api}/#x`];
const seeded = async (s) => {
  await signUp(s);
  await all(s);
  await change(s, full.identifier, { name: "Edited", accessTokenTtl: 5 });
  await all(s);
};

export default [
  { name: "resources: from creation to deletion", config: provider(), run: flow },
  { name: "resources: on PostgreSQL and MariaDB", dbs: ["postgres", "mysql"], config: provider(), run: flow },
  { name: "resources: cached", config: provider({ cachedResources: [api], enforcePerClientResources: false }), run: flow },
  { name: "resources: privileges", config: provider({ resourcePrivileges: { webhook: "hook:may" } }), hooks, run: privileges },
  { name: "resources: other identifiers", config: provider({ identifierValidator: { webhook: "hook:valid" } }), hooks, run: validated },
  ...["insertOnly", "merge", "overwrite"].map((resourceSeedMode) => ({ name: `resources: of the options, ${resourceSeedMode}`, config: provider({ resources: seeds, resourceSeedMode }), run: seeded })),
];
