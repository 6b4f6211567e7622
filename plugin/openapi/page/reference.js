"use strict";
(() => {
  const doc = JSON.parse(document.getElementById("api-reference").textContent);
  const main = document.getElementById("content");
  const server = doc.servers?.[0]?.url ?? "";
  let token = "";

  // h builds an element. Texts never become markup.
  function h(tag, attributes, ...children) {
    const e = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
      else if (value === true) e.setAttribute(name, "");
      else if (value !== undefined && value !== false && value !== null) e.setAttribute(name, value);
    }
    e.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== null && c !== false));
    return e;
  }

  // Schemas.

  function resolve(schema, seen = []) {
    const name = schema?.$ref?.split("/").pop();
    if (!name || seen.includes(name)) return { schema: schema ?? {}, seen };
    return { schema: { ...doc.components?.schemas?.[name], title: name }, seen: [...seen, name] };
  }

  function typeName(raw) {
    const { schema } = resolve(raw);
    const alternatives = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (alternatives) return alternatives.map(typeName).join(schema.allOf ? " & " : " | ");
    if (schema.type === "array") return `${typeName(schema.items ?? {})}[]`;
    const types = [schema.type ?? (schema.enum ? "enum" : "any")].flat();
    if (schema.nullable && !types.includes("null")) types.push("null");
    let text = types.map((t) => (t === "object" && schema.title) || t).join(" | ");
    if (schema.format) text += ` <${schema.format}>`;
    return text;
  }

  function limits(schema) {
    const out = [];
    if (schema.minLength !== undefined || schema.maxLength !== undefined) out.push(`length ${schema.minLength ?? 0} – ${schema.maxLength ?? "∞"}`);
    if (schema.minimum !== undefined || schema.maximum !== undefined) out.push(`${schema.minimum ?? "-∞"} – ${schema.maximum ?? "∞"}`);
    if (schema.default !== undefined) out.push(`default ${JSON.stringify(schema.default)}`);
    if (schema.readOnly) out.push("read only");
    return out;
  }

  function property(name, raw, required, seen) {
    const { schema } = resolve(raw, seen);
    return h("li", null,
      h("code", { class: "name" }, name), h("span", { class: "type mono" }, typeName(raw)),
      required && h("span", { class: "flag required" }, "required"),
      limits(schema).map((text) => h("span", { class: "flag" }, text)),
      raw.description && h("div", { class: "muted small" }, raw.description),
      schema.enum && h("div", { class: "small" }, "One of ", schema.enum.map((v, i) => [i ? ", " : "", h("code", null, JSON.stringify(v))])),
      properties(raw, seen));
  }

  // properties lists the members of an object, or of what a list holds.
  function properties(raw, before = []) {
    const { schema, seen } = resolve(raw, before);
    if (schema.$ref) return null;
    if (schema.items) return properties(schema.items, seen);
    const alternatives = schema.anyOf ?? schema.oneOf ?? schema.allOf;
    if (alternatives) return alternatives.map((s) => properties(s, seen)).flat();
    const members = Object.entries(schema.properties ?? {});
    if (!members.length) return null;
    return h("ul", { class: "props" }, members.map(([name, s]) => property(name, s, schema.required?.includes(name), seen)));
  }

  function schemaView(raw) {
    return [h("p", { class: "small muted mono" }, typeName(raw)), raw.description && h("p", { class: "small muted" }, raw.description), properties(raw)];
  }

  function example(raw, before = []) {
    const { schema, seen } = resolve(raw, before);
    if (schema.example !== undefined) return schema.example;
    if (schema.default !== undefined) return schema.default;
    if (schema.enum) return schema.enum[0];
    const first = schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema.allOf?.[0];
    if (first) return example(first, seen);
    switch ([schema.type].flat()[0]) {
      case "object": return Object.fromEntries(Object.entries(schema.properties ?? {})
        .filter(([name]) => !schema.required || schema.required.includes(name)).map(([name, s]) => [name, example(s, seen)]));
      case "array": return [];
      case "number": case "integer": return 0;
      case "boolean": return false;
      case "string": return schema.format === "date-time" ? "2026-01-01T00:00:00.000Z" : "";
    }
    return null;
  }

  // Operations.

  function operations() {
    const out = [];
    for (const [path, item] of Object.entries(doc.paths ?? {}))
      for (const [method, op] of Object.entries(item))
        out.push({ path, method, op, tag: op.tags?.at(-1) ?? "Default", id: `${method}${path}`.replace(/[{}]/g, "") });
    return out;
  }

  function jsonBody(op) {
    return Object.values(op.requestBody?.content ?? {})[0]?.schema;
  }

  function responseView([status, answer]) {
    const schema = Object.values(answer.content ?? {})[0]?.schema;
    const type = Object.keys(answer.content ?? {})[0];
    const line = [h("span", { class: `status s${status[0]}` }, status), answer.description];
    if (!schema) return h("div", { class: "answer" }, line);
    return h("details", { class: "answer", open: status.startsWith("2") }, h("summary", null, line),
      type !== "application/json" && h("p", { class: "small muted mono" }, type), schemaView(schema));
  }

  function curl(request) {
    const quote = (s) => `'${s.replaceAll("'", `'\\''`)}'`;
    const lines = [`curl ${request.method === "GET" ? "" : `-X ${request.method} `}${quote(request.url)}`];
    for (const [name, value] of Object.entries(request.headers)) lines.push(`-H ${quote(`${name}: ${value}`)}`);
    if (request.body !== undefined) lines.push(`-d ${quote(request.body)}`);
    return lines.join(" \\\n  ");
  }

  function tryView(o) {
    const { path, method, op } = o;
    const fields = (op.parameters ?? []).map((p) => ({ p, input: h("input", { id: `${o.id}-${p.in}-${p.name}`, placeholder: typeName(p.schema ?? {}), autocomplete: "off" }) }));
    const schema = jsonBody(op);
    const body = op.requestBody && h("textarea", { id: `${o.id}-body`, spellcheck: "false" });
    if (body) body.value = JSON.stringify(example(schema ?? { type: "object" }), null, 2);
    const result = h("div", { role: "status" });
    const send = h("button", { class: "primary", type: "submit" }, "Send");

    function request() {
      let url = path;
      const query = new URLSearchParams();
      for (const { p, input } of fields) {
        if (p.in === "path") url = url.replace(`{${p.name}}`, encodeURIComponent(input.value));
        else if (p.in === "query" && input.value !== "") query.append(p.name, input.value);
      }
      const out = { url: server + url + (query.size ? `?${query}` : ""), method: method.toUpperCase(), headers: {} };
      if (token) out.headers.Authorization = `Bearer ${token}`;
      if (body) {
        out.headers["Content-Type"] = "application/json";
        out.body = body.value;
      }
      return out;
    }

    async function submit(event) {
      event.preventDefault();
      const { url, ...init } = request();
      send.disabled = true;
      const began = performance.now();
      try {
        const answer = await fetch(url, { ...init, credentials: "include", redirect: "manual" });
        const time = Math.round(performance.now() - began);
        result.replaceChildren(...answerView(answer, await answer.text(), time));
      } catch (error) {
        result.replaceChildren(h("pre", null, `${error.message}\n\nIf this page and ${server} are different sites, the server must allow it (CORS).`));
      } finally {
        send.disabled = false;
      }
    }

    const copy = h("button", { type: "button", onclick: () => copyText(copy, curl(request())) }, "Copy as curl");
    return h("form", { class: "try", onsubmit: submit },
      h("strong", null, "Try it"),
      fields.map(({ p, input }) => [h("label", { for: input.id }, p.name, h("span", { class: "type" }, p.in)), input]),
      body && [h("label", { for: body.id }, "Body"), body],
      h("div", { class: "row" }, send, copy), result);
  }

  async function copyText(button, text) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copying is not allowed here";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  }

  function answerView(answer, text, time) {
    if (answer.type === "opaqueredirect") return [h("p", null, h("span", { class: "status s3" }, "3xx"), "a redirect, which a page may not read")];
    let shown = text || "(no body)";
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it is */ }
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    return [
      h("p", null, h("span", { class: `status s${String(answer.status)[0]}` }, answer.status), h("span", { class: "muted small" }, `${time} ms`)),
      h("pre", { tabindex: "0" }, shown),
      headers && h("details", { class: "answer" }, h("summary", { class: "small" }, "Headers"), h("pre", null, headers)),
    ].filter(Boolean);
  }

  function operationBody(o) {
    const { op } = o;
    const schema = jsonBody(op);
    return h("div", { class: "body" },
      op.operationId && h("p", { class: "small muted" }, "Operation ", h("code", null, op.operationId)),
      op.parameters?.length > 0 && [h("h3", null, "Parameters"), h("ul", { class: "props" }, op.parameters.map((p) =>
        property(p.name, { ...p.schema, description: p.description ?? p.schema?.description }, p.required, [])))],
      schema && [h("h3", null, "Body ", h("span", { class: "type mono" }, Object.keys(op.requestBody.content)[0]),
        op.requestBody.required && h("span", { class: "flag required" }, "required")), schemaView(schema)],
      h("h3", null, "Responses"), Object.entries(op.responses ?? {}).map(responseView),
      tryView(o));
  }

  // lazily fills a card when it is first opened: a server has hundreds.
  function lazily(card, content) {
    card.addEventListener("toggle", () => {
      if (card.open && card.children.length === 1) card.append(content());
    });
    return card;
  }

  function operationCard(o) {
    return lazily(h("details", { class: "card", id: o.id },
      h("summary", null, h("span", { class: `method ${o.method}` }, o.method), h("code", { class: "path" }, o.path), h("span", { class: "muted" }, o.op.description))),
      () => operationBody(o));
  }

  function modelCard([name, schema]) {
    return lazily(h("details", { class: "card", id: `model-${name}` }, h("summary", null, h("code", { class: "path" }, name))),
      () => h("div", { class: "body" }, properties(schema)));
  }

  // The page.

  const all = operations();
  const entries = [];

  function group(title, description, cards, links) {
    const section = h("section", { "aria-label": title }, h("h2", null, title), description && h("p", { class: "muted" }, description), cards);
    const list = h("div", null, h("h2", null, title), h("ul", null, links));
    main.append(section);
    document.getElementById("toc").append(list);
    return { section, list };
  }

  function link(id, ...content) {
    return h("li", null, h("a", { href: `#${id}` }, ...content));
  }

  function build() {
    document.getElementById("title").textContent = `${doc.info.title} API`;
    const bearer = h("input", { id: "bearer", type: "password", autocomplete: "off", placeholder: "Session token", oninput: () => { token = bearer.value.trim(); } });
    main.replaceChildren(
      h("h1", null, doc.info.title, " ", h("small", null, `v${doc.info.version}`)),
      h("p", { class: "muted" }, doc.info.description),
      h("div", { class: "setup" },
        h("div", null, h("label", null, "Server"), h("code", null, server || "(the address of this page)")),
        h("form", { onsubmit: (e) => e.preventDefault() }, h("label", { for: "bearer" }, "Bearer token"), bearer, h("p", { class: "small muted" }, "Sent by Try it, beside this site's cookies. It is not kept."))));
    for (const tag of new Set(all.map((o) => o.tag))) {
      const own = all.filter((o) => o.tag === tag);
      const cards = own.map(operationCard);
      const links = own.map((o) => link(o.id, h("span", { class: `method ${o.method}` }, o.method), h("span", null, o.path)));
      const holder = group(tag, doc.tags?.find((t) => t.name === tag)?.description, cards, links);
      own.forEach((o, i) => entries.push({ ...holder, card: cards[i], item: links[i], text: `${o.method} ${o.path} ${o.tag} ${o.op.operationId ?? ""} ${o.op.description ?? ""}`.toLowerCase() }));
    }
    const models = Object.entries(doc.components?.schemas ?? {});
    const cards = models.map(modelCard);
    const links = models.map(([name]) => link(`model-${name}`, name));
    const holder = group("Models", "What the database keeps, and what answers refer to.", cards, links);
    models.forEach(([name], i) => entries.push({ ...holder, card: cards[i], item: links[i], text: `model ${name}`.toLowerCase() }));
  }

  function filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = new Set();
    let found = 0;
    for (const e of entries) {
      const matches = words.every((w) => e.text.includes(w));
      e.card.hidden = e.item.hidden = !matches;
      if (!matches) continue;
      found++;
      shown.add(e.section);
    }
    for (const e of entries) e.section.hidden = e.list.hidden = !shown.has(e.section);
    document.getElementById("found").textContent = words.length ? `${found} found` : "";
  }

  function openTarget() {
    const id = decodeURIComponent(location.hash.slice(1));
    const card = document.getElementById(id);
    for (const a of document.querySelectorAll("#toc a"))
      if (card && a.getAttribute("href") === `#${id}`) a.setAttribute("aria-current", "true");
      else a.removeAttribute("aria-current");
    if (!card?.matches("details.card")) return;
    card.open = true;
    card.scrollIntoView();
    card.querySelector("summary").focus({ preventScroll: true });
  }

  function showMode(mode) {
    document.documentElement.dataset.mode = mode;
    document.getElementById("mode").textContent = { light: "Light", dark: "Dark" }[mode] ?? "Auto";
    document.getElementById("mode").setAttribute("aria-label", `Colours: ${mode}. Change`);
  }

  function storedMode(value) {
    try {
      if (value) localStorage.setItem("better-auth-reference-mode", value);
      return localStorage.getItem("better-auth-reference-mode") ?? "auto";
    } catch {
      return value ?? "auto"; // storage can be forbidden
    }
  }

  build();
  showMode(storedMode());
  const search = document.getElementById("search");
  search.addEventListener("input", () => filter(search.value));
  search.addEventListener("keydown", (e) => {
    if (e.key === "Enter") entries.find((x) => !x.item.hidden)?.item.firstChild.click();
    if (e.key === "Escape") { search.value = ""; filter(""); }
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.target.matches("input, textarea") || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    search.focus();
  });
  document.getElementById("mode").addEventListener("click", () => {
    const modes = ["auto", "light", "dark"];
    showMode(storedMode(modes[(modes.indexOf(document.documentElement.dataset.mode) + 1) % 3]));
  });
  addEventListener("hashchange", openTarget);
  openTarget();
})();
