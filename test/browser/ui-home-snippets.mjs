// The lines that the first page offers to paste are run as they are.
import assert from "node:assert/strict";
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { password } from "./app.mjs";
import { freePort, here, Program, root, run } from "./processes.mjs";
import { open } from "./ui-home.mjs";

/** Opens the lines for a kind of program; returns them by file. */
async function lines(page, server, id, name) {
  await page.goto(`${server.url}/#connect/${id}`);
  await page.getByRole("heading", { name, exact: true, level: 2 }).waitFor();
  return page.locator("figure pre").evaluateAll((list) => Object.fromEntries(list.map((one) => [one.dataset.file, one.textContent])));
}

/** The code of a file, without the markup of Vue and Svelte. */
const script = (file, code) => (/\.(vue|svelte)$/.test(file) ? code.match(/<script[^>]*>([\s\S]*?)<\/script>/)[1] : code);

export async function testSnippets(suite, app, server) {
  const context = await app.person({ locale: "en-US" });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
  const page = await open(context, server.url);
  await suite.test("home: the lines for Next.js, React, Vue and Svelte name what the client exports", async () => {
    for (const [id, name] of [["nextjs", "Next.js"], ["react", "React"], ["vue", "Vue"], ["svelte", "Svelte"]]) {
      const files = await lines(page, server, id, name);
      assert.match(JSON.stringify(files), new RegExp(server.url), `${name}: the address of the server`);
      for (const [file, code] of Object.entries(files)) {
        if (file === "Terminal") continue;
        const loader = file.endsWith(".tsx") ? "tsx" : "ts";
        const external = ["react", "react/*", "vue", "svelte", "svelte/*", "next", "next/*", "./auth-client"];
        const { warnings } = await build({ stdin: { contents: script(file, code), loader, resolveDir: here }, bundle: true, write: false, external, jsx: "automatic", format: "esm", logLevel: "silent" });
        assert.deepEqual(warnings, [], `${name}, ${file}`);
      }
    }
  });
  await suite.test("home: a button copies the lines", async () => {
    const files = await lines(page, server, "react", "React");
    await page.locator("figure").filter({ hasText: "auth-client.ts" }).getByRole("button", { name: "Copy" }).click();
    await page.getByText("Copied").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), files["auth-client.ts"]);
  });
  await suite.test("home: the lines for fetch sign up and out", async () => {
    const { "auth.js": code } = await lines(page, server, "fetch", "fetch");
    await page.evaluate(`(async () => { ${code}\n globalThis.pasted = { session, token }; })()`);
    const { session, token } = await page.evaluate("pasted");
    assert.equal(session.user.email, "grace@example.com");
    assert.equal(token.split(".").length, 3);
    assert.equal(await (await context.request.get(`${server.url}/api/auth/get-session`)).json(), null);
  });
  const answer = await context.request.post(`${server.url}/api/auth/sign-up/email`, { data: { name: "Pasted", email: "pasted@example.com", password }, headers: { origin: server.url } });
  const { user } = await answer.json();
  const { token } = await (await context.request.get(`${server.url}/api/auth/token`)).json();
  for (const [id, name, file, start] of [["express", "Express", "server.mjs", startExpress], ["fastapi", "FastAPI", "main.py", startFastAPI], ["go", "Go", "main.go", startGo]])
    await suite.test(`home: the lines for ${name} accept the token, and no other`, async () => {
      const files = await lines(page, server, id, name);
      const dir = path.join(app.dir, `pasted-${id}`);
      await mkdir(dir);
      await writeFile(path.join(dir, file), files[file]);
      const port = await freePort();
      const program = await start(dir, port, app);
      try {
        const url = `http://127.0.0.1:${port}/me`;
        await program.ready(url);
        const ask = (bearer) => fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
        const mine = await ask(token);
        assert.deepEqual([mine.status, await mine.json()], [200, { id: user.id, name: "Pasted" }]);
        const other = createHash("sha256").update(token).digest("base64url");
        assert.equal((await ask(`${token.split(".").slice(0, 2).join(".")}.${other}`)).status, 401);
      } finally {
        await program.stop();
      }
    });
  await suite.test("home: no error came up beside the lines", async () => assert.deepEqual(context.errors, []));
  await context.close();
}

async function startExpress(dir, port) {
  const modules = path.join(root, "examples/express/node_modules");
  if (!existsSync(modules)) await run("npm", ["ci"], { cwd: path.dirname(modules) });
  await symlink(modules, path.join(dir, "node_modules"));
  return new Program("Express", process.execPath, ["server.mjs"], { cwd: dir, env: { PORT: String(port) } });
}

function startFastAPI(dir, port) {
  return new Program("FastAPI", "/usr/bin/python3", ["-m", "uvicorn", "main:app", "--host", "127.0.0.1", "--port", String(port)], { cwd: dir, env: { PYTHONDONTWRITEBYTECODE: "1" } });
}

async function startGo(dir, port) {
  await run("go", ["build", "-o", path.join(dir, "pasted"), path.join(dir, "main.go")]);
  return new Program("Go", path.join(dir, "pasted"), [], { cwd: dir, env: { PORT: String(port) } });
}
