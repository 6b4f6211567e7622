// Compares the transcripts of one scenario, step by step.
import { sortKey } from "./rows.mjs";
import { Matcher } from "./values.mjs";

const ignored = new Set(["date", "connection", "keep-alive", "transfer-encoding", "content-length"]);

function parseCookie(line) {
  const [pair, ...attributes] = line.split("; ");
  const at = pair.indexOf("=");
  return { name: pair.slice(0, at), raw: pair.slice(at + 1), attributes: attributes.join("; ") };
}

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

// The chunks of one value, name.0 name.1 …, are joined before they are compared.
function joinChunks(cookies) {
  const whole = new Map();
  for (const { name, raw } of cookies) {
    const chunk = /^(.*)\.(\d+)$/.exec(name);
    if (chunk && raw !== "") whole.set(chunk[1], (whole.get(chunk[1]) ?? "") + raw);
  }
  return whole;
}

// A cookie of the plugin multi-session has a session token in its name.
const tokenInName = /(?<=_multi-)[\w-]{16,}$/;
const tokenOf = (c) => tokenInName.exec(c.name)?.[0];

// The reference expires several of them in the order in which their signatures happened to be checked.
function inSameOrder(m, a, b) {
  const out = [...b];
  for (let i = 0; i < a.length; i++) {
    const j = out.findIndex((c, at) => at > i && tokenOf(a[i]) && c.raw === "" && tokenOf(c) === m.counterpart(tokenOf(a[i])));
    if (j > i && a[i].raw === "" && out[i].raw === "") [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

async function compareCookies(m, a, b, where) {
  const inA = a.map(parseCookie);
  const inB = inSameOrder(m, inA, b.map(parseCookie));
  const names = (cookies) => cookies.map((c) => c.name.replace(tokenInName, "…")).join();
  if (names(inA) !== names(inB)) return m.differ(`${where} set-cookie`, a, b, "names in order");
  for (let i = 0; i < inA.length; i++) {
    if (inA[i].name !== inB[i].name) await m.text(tokenOf(inA[i]), tokenOf(inB[i]), `${where} set-cookie[${i}] name`);
  }
  const [wholeA, wholeB] = [joinChunks(inA), joinChunks(inB)];
  for (const [name, value] of wholeA) await m.text(decoded(value), decoded(wholeB.get(name) ?? ""), `${where} set-cookie ${name}.*`);
  for (let i = 0; i < inA.length; i++) {
    const at = `${where} set-cookie[${i}] ${inA[i].name}`;
    if (inA[i].attributes !== inB[i].attributes) m.differ(`${at} attributes`, inA[i].attributes, inB[i].attributes);
    const base = inA[i].name.replace(/\.\d+$/, "");
    if (wholeA.has(base) && inA[i].raw !== "") {
      if (inA[i].raw.length !== inB[i].raw.length) m.differ(`${at} size`, inA[i].raw.length, inB[i].raw.length);
      continue;
    }
    await m.text(decoded(inA[i].raw), decoded(inB[i].raw), at);
    const escaped = (c) => encodeURIComponent(decoded(c.raw)) === c.raw;
    if (escaped(inA[i]) !== escaped(inB[i])) m.differ(`${at} escaping`, inA[i].raw, inB[i].raw);
  }
}

async function compareHeaders(m, a, b, where) {
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (ignored.has(name)) continue;
    if (!a[name] || !b[name]) m.differ(`${where} header ${name}`, a[name], b[name]);
    else await m.value(a[name], b[name], `${where} header ${name}`);
  }
}

function sortHeaderLists(value) {
  if (Array.isArray(value)) return value.map(sortHeaderLists);
  if (!value || typeof value !== "object") return value;
  const out = {};
  for (const [key, inner] of Object.entries(value)) {
    const list = (key === "headers" || key === "responseHeaders") && Array.isArray(inner);
    out[key] = list ? [...inner].sort((x, y) => (`${x}` < `${y}` ? -1 : 1)) : sortHeaderLists(inner);
  }
  return out;
}

// Without ORDER BY, MySQL returns rows in the order of its random primary keys and PostgreSQL in that of the last writes.
const inAnyOrder = (json) => (Array.isArray(json) ? [...json].sort((x, y) => (sortKey(x) < sortKey(y) ? -1 : 1)) : json);

async function compareBodies(m, a, b, where, unordered) {
  if (a.body === b.body) return;
  const parsed = a.json !== undefined && b.json !== undefined;
  if (!parsed) return m.text(a.body, b.body, `${where} body`);
  if (a.server) {
    const arranged = (json) => (unordered ? inAnyOrder(sortHeaderLists(json)) : sortHeaderLists(json));
    return m.value(arranged(a.json), arranged(b.json), `${where} body`);
  }
  if (unordered) return m.value(inAnyOrder(a.json), inAnyOrder(b.json), `${where} body`);
  await m.value(a.json, b.json, `${where} body`);
}

const callbackKey = (call) => sortKey([call.event, call.data]);
const sortCalls = (calls) => [...(calls ?? [])].sort((x, y) => (callbackKey(x) < callbackKey(y) ? -1 : 1));

const title = (step) => step.label ?? (step.method ? `${step.method} ${step.path.split("?")[0].replace(/[A-Za-z0-9_-]{20,}/g, "…")}` : "note");

async function compareStep(m, a, b, { unordered, unorderedCalls }) {
  const where = "answer";
  if (a.note !== undefined || b.note !== undefined) return m.value(a.note, b.note, "note");
  if (a.status === 0) m.differ("no answer from the reference", a.body, b.status);
  if (a.status !== b.status) m.differ(`${where} status`, `${a.status} ${a.body.slice(0, 200)}`, `${b.status} ${b.body.slice(0, 200)}`);
  await compareHeaders(m, a.headers, b.headers, where);
  await compareCookies(m, a.setCookie, b.setCookie, where);
  if (a.status === b.status) await compareBodies(m, a, b, where, unordered);
  const calls = (step) => sortHeaderLists(unorderedCalls ? sortCalls(step.hooks) : step.hooks);
  await m.value(calls(a), calls(b), "callbacks");
}

/** Keys that a transcript publishes, so that tokens signed with them can be verified. */
export function publishedKeys(transcript) {
  return transcript.flatMap((step) => (Array.isArray(step.json?.keys) ? step.json.keys : []));
}

/** Resolves to {differences, notes, equal: Set of step numbers}. */
export async function compareTranscripts(a, b, openers, settings) {
  const m = new Matcher(openers.reference, openers.ours);
  const equal = new Set();
  const count = Math.max(a.length, b.length);
  for (let i = 0; i < count; i++) {
    const before = m.differences.length;
    const [stepA, stepB] = [a[i], b[i]];
    if (!stepA || !stepB) m.differ("transcript", stepA && title(stepA), stepB && title(stepB), "number of steps");
    else if (title(stepA) !== title(stepB)) m.differ("transcript", title(stepA), title(stepB), "another step");
    else await compareStep(m, stepA, stepB, settings);
    for (const d of m.differences.slice(before)) Object.assign(d, { step: i, title: title(stepA ?? stepB), sent: stepA?.sent });
    if (m.differences.length === before) equal.add(i);
  }
  return { matcher: m, equal };
}
