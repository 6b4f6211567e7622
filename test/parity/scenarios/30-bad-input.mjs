// Bad input of every kind, made from the fields that wire/endpoints.json lists.
import { endpoints } from "../coverage.mjs";
import { signUp } from "../people.mjs";

const wrong = [null, 5, 1.5, true, "", "x", [], ["x"], {}, { a: 1 }, [null], "\u0000", "😀", "\ud800", -1, 1e400];

const filler = (name, type) => {
  if (/email/i.test(name)) return "a@b.co";
  if (/boolean/.test(JSON.stringify(type))) return false;
  if (/^"?number/.test(JSON.stringify(type))) return 1;
  if (typeof type === "string" && type.startsWith("enum(")) return type.slice(5).split(",")[0].replace(/\).*/, "");
  if (typeof type === "object" || /record|object/.test(String(type))) return {};
  return "x";
};

// JSON.stringify cannot write 1e400 or a lone surrogate; both must reach the server.
const text = (body) => JSON.stringify(body, (_, v) => (v === Infinity ? "@inf" : v))?.replaceAll('"@inf"', "1e400");

const raws = (good) => {
  const json = text(good);
  return {
    "empty": ["", "application/json"],
    "blank": ["  ", "application/json"],
    "no content type": [json, undefined],
    "an empty object": ["{}", "application/json"],
    "null": ["null", "application/json"],
    "a number": ["5", "application/json"],
    "a string": ['"x"', "application/json"],
    "true": ["true", "application/json"],
    "an array": ["[]", "application/json"],
    "broken": [json.slice(0, -1), "application/json"],
    "trailing comma": [json.replace(/}$/, ",}"), "application/json"],
    "single quotes": ["{'a':1}", "application/json"],
    "a comment": [`/* */${json}`, "application/json"],
    "two values": [json + json, "application/json"],
    "byte order mark": [`\ufeff${json}`, "application/json"],
    "NaN": ['{"a":NaN}', "application/json"],
    "invalid UTF-8": [Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"}')]), "application/json"],
    "lone surrogate": ['{"name":"\\ud800","email":"\\udfff"}', "application/json"],
    "a key twice": [json.replace(/^{/, '{"email":5,"name":5,"token":5,'), "application/json"],
    "__proto__": [json.replace(/^{/, '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},'), "application/json"],
    "deep": [`{"a":${"[".repeat(400)}${"]".repeat(400)}}`, "application/json"],
    "long": [`{"a":"${"x".repeat(60_000)}"}`, "application/json"],
    "control characters": ['{"name":"a\tb"}', "application/json"],
    "type with charset": [json, "application/json; charset=utf-8"],
    "type in capitals": [json, "Application/JSON"],
    "type with suffix": [json, "application/problem+json"],
    "text/plain": [json, "text/plain"],
    "text/json": [json, "text/json"],
    "form": ["a=b&email=x", "application/x-www-form-urlencoded"],
    "broken form": ["%zz=%&&=&a", "application/x-www-form-urlencoded"],
    "multipart": ['--b\r\ncontent-disposition: form-data; name="email"\r\n\r\nx\r\n--b--\r\n', "multipart/form-data; boundary=b"],
    "broken multipart": ["--b", "multipart/form-data; boundary=b"],
    "octets": [json, "application/octet-stream"],
    "no type": [json, ""],
    "nonsense type": [json, ";;;"],
    "two types": [json, "application/json, text/plain"],
  };
};

function bodies(fields) {
  const required = Object.entries(fields).filter(([, f]) => f.required);
  const good = Object.fromEntries(required.map(([k, f]) => [k, filler(k, f.type)]));
  const out = [];
  for (const [name, field] of Object.entries(fields)) {
    if (field.required) {
      const { [name]: _, ...rest } = good;
      out.push([`without ${name}`, rest]);
    }
    for (const [i, value] of wrong.entries()) out.push([`${name} wrong ${i}`, { ...good, [name]: value }]);
    for (const inner of Object.keys(field.type?.object ?? {})) for (const value of [5, null, "x", {}]) out.push([`${name}.${inner} ${text(value)}`, { ...good, [name]: { [inner]: value } }]);
  }
  out.push(["nothing right", Object.fromEntries(Object.keys(fields).map((k) => [k, { bad: 1 }]))]);
  return { good, out };
}

function queries(fields) {
  const out = [""];
  for (const name of Object.keys(fields)) out.push(`?${name}`, `?${name}=`, `?${name}=x&${name}=y`, `?${name}[]=x`, `?${name}[a]=x`, `?${name}=%00`, `?${name}=%zz`, `?${name}=%ff`, `?${name}=a+b%20c`);
  return [...out, "?unknown=1", "?=x", "?&&", "?a=b;c=d"];
}

// Answers of these endpoints differ only in the handling of valid input, which other scenarios cover.
const slow = new Set(["signUpEmail", "signInEmail"]);

/** Every wrong input to an endpoint; enter signs somebody in, and undefined means nobody. */
export function scenarioOf(endpoint, enter, plugins = { jwt: {}, bearer: {}, "open-api": {} }) {
  const method = [endpoint.method].flat()[0];
  const path = endpoint.path.replace(/:\w+/, "x");
  const { good, out } = bodies(endpoint.body?.fields ?? {});
  return {
    name: `${method} ${endpoint.path}${enter ? "" : " anonymous"}`,
    config: { plugins },
    rows: false,
    async run(s) {
      await enter?.(s);
      const opts = { keepJar: true };
      for (const query of queries(endpoint.query?.fields ?? {})) await s.request(method, path + query, method === "POST" ? {} : undefined, { ...opts, label: `query ${query}` });
      if (method !== "POST") return;
      for (const [label, [raw, type]] of Object.entries(raws(good))) await s.post(path, undefined, { ...opts, raw, type, label: `body: ${label}` });
      for (const [label, body] of out) {
        const accepted = slow.has(endpoint.name) && typeof body.email === "string" && typeof body.password === "string" && body.password.length > 7;
        if (!accepted) await s.post(path, undefined, { ...opts, raw: text(body), type: "application/json", label });
      }
    },
  };
}

const mine = new Set(["core", "jwt", "open-api"]);
const chosen = endpoints.filter((e) => e.http && mine.has(e.plugin));

export default [
  ...chosen.map((e) => scenarioOf(e, (s) => signUp(s))),
  ...chosen.filter((e) => e.body).map((e) => scenarioOf(e)),
  {
    name: "headers of unusual form",
    async run(s) {
      await signUp(s);
      await s.get("/get-session", { headers: { cookie: ["a=b", "c=d"] }, cookies: false });
      await s.get("/get-session", { headers: { accept: "text/html", "accept-encoding": "gzip, br", range: "bytes=0-1", "if-none-match": "*" } });
      await s.post("/update-user", { name: "x" }, { headers: { "content-encoding": "gzip" } });
      await s.post("/update-user", { name: "x" }, { headers: { "x-http-method-override": "DELETE" } });
      await s.get("/get-session", { headers: { "user-agent": ["a", "b"] } });
      await s.get("/ok", { headers: { authorization: "Bearer x" } });
      await s.get("/get-session", { raw: "{}", type: "application/json" });
    },
  },
];
