// Writes golden.json: the documents of the reference's open-api plugin, for a
// plain server and for one with added fields and a plugin made for this test.
// Run: node testdata/golden.mjs <node_modules of the reference> > testdata/golden.json
const ref = process.argv[2];
const { betterAuth } = await import(`${ref}/better-auth/dist/index.mjs`);
const { memoryAdapter } = await import(`${ref}/better-auth/dist/adapters/memory-adapter/index.mjs`);
const { bearer, jwt, openAPI } = await import(`${ref}/better-auth/dist/plugins/index.mjs`);
const { createAuthEndpoint } = await import(`${ref}/better-auth/dist/api/index.mjs`);
const z = await import(`${ref}/zod/index.js`);

const base = {
  baseURL: "http://localhost:3210", secret: "a secret of more than thirty-two characters, for nothing",
  database: memoryAdapter({}), emailAndPassword: { enabled: true }, logger: { disabled: true },
};
const answer = async () => ({});
const kit = {
  id: "fixture-kit",
  schema: {
    user: { fields: {
      plan: { type: "string", required: true },
      score: { type: "number", required: false, defaultValue: 3 },
      flagged: { type: "boolean", required: true, input: false, returned: false },
    } },
    widget: { fields: {
      name: { type: "string", required: true },
      born: { type: "date", required: true },
      words: { type: "string[]", required: false },
      sizes: { type: "number[]", required: false },
      extra: { type: "json", required: false },
      big: { type: "number", bigint: true, required: true },
    } },
  },
  endpoints: {
    readWidget: createAuthEndpoint("/widget/:id", { method: "GET" }, answer),
    changeWidget: createAuthEndpoint("/widget/:id", {
      method: ["POST", "DELETE", "PUT"],
      body: z.object({ name: z.string().min(2).describe("Its name"), size: z.number().optional() }).optional(),
      metadata: { openapi: {
        operationId: "widget", tags: ["Widgets"], description: "Change a widget",
        parameters: [{ name: "id", in: "path", required: true, description: "Which", schema: { type: "string" } }],
        responses: { 200: { description: "Done" }, 404: { description: "No such widget" } },
      } },
    }, answer),
    findWidgets: createAuthEndpoint("/widgets", {
      method: "GET",
      query: z.object({ q: z.string().min(1).max(5), limit: z.string().meta({ description: "How many" }).optional() }).optional(),
      metadata: { openapi: { operationId: "widget" } },
    }, answer),
    widgetParts: createAuthEndpoint("/widgets/:id/parts/:part", { method: "POST" }, answer),
    hiddenWidget: createAuthEndpoint("/hidden-widget", { method: "GET", metadata: { SERVER_ONLY: true } }, answer),
    disabledWidget: createAuthEndpoint("/disabled-widget", { method: "GET" }, answer),
  },
};
const servers = {
  plain: betterAuth({ ...base, plugins: [jwt(), bearer(), openAPI()] }),
  fields: betterAuth({
    ...base, disabledPaths: ["/ok", "/disabled-widget"], rateLimit: { storage: "database" }, plugins: [kit, openAPI()],
    user: { additionalFields: {
      nick: { type: "string", required: false },
      color: { type: ["red", "blue"], required: true, defaultValue: "red" },
      age: { type: "number", required: true },
      born: { type: "date" },
      words: { type: "string[]", required: true, input: false },
      prefs: { type: "json", required: true, returned: false },
      stamp: { type: "string", required: true, defaultValue: () => "x" },
      nothing: { type: "boolean", defaultValue: null },
    } },
    session: { additionalFields: { lang: { type: "string", required: true, defaultValue: "en" } } },
  }),
};
const out = {};
for (const [name, server] of Object.entries(servers)) out[name] = await server.api.generateOpenAPISchema();
console.log(JSON.stringify(out));
