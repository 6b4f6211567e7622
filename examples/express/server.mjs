// A tasks API for the users of a Better Auth server.
//
//   PORT                  port to listen on (8000)
//   BETTER_AUTH_URL       the auth server's public address (http://localhost:3000)
//   BETTER_AUTH_JWKS_URL  address of its keys ($BETTER_AUTH_URL/api/auth/jwks)
//   ALLOWED_ORIGINS       origins of pages that may call, comma separated ($BETTER_AUTH_URL)
import { randomUUID } from "node:crypto";
import express from "express";
import { Refusal, verifier } from "./tokens.mjs";

const origin = new URL(process.env.BETTER_AUTH_URL ?? "http://localhost:3000").origin;
const jwksURL = process.env.BETTER_AUTH_JWKS_URL || `${origin}/api/auth/jwks`;
const allowed = (process.env.ALLOWED_ORIGINS ?? origin).split(",").map((o) => o.trim());
const claims = verifier({ jwksURL, issuer: origin });

const app = express();
app.disable("x-powered-by");

app.use((req, res, next) => {
  res.vary("Origin");
  if (!allowed.includes(req.headers.origin)) return next();
  res.set("Access-Control-Allow-Origin", req.headers.origin);
  if (req.method !== "OPTIONS") return next();
  res.set({
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
  });
  res.sendStatus(204);
});

app.get("/health", (_, res) => res.json({ status: "ok" }));

// The example keeps the tasks in memory; in a real program, use a table with a user_id column.
const tasks = new Map();
const tasksOf = (user) => tasks.get(user) ?? tasks.set(user, new Map()).get(user);

function find(req) {
  const task = tasksOf(req.params.user).get(req.params.id);
  if (!task) throw new Refusal(404, "not_found", "there is no such task");
  return task;
}

function titleOf(value) {
  const title = typeof value === "string" ? value.trim() : "";
  if (title === "" || title.length > 200) throw new Refusal(400, "invalid_request", "a task needs a title of 1 to 200 characters");
  return title;
}

const api = express.Router({ mergeParams: true });

// The user of the path must be the user of the token.
api.use(async (req, res, next) => {
  const { sub } = await claims(req.headers.authorization);
  if (sub !== req.params.user) throw new Refusal(403, "forbidden", "these tasks are another user's");
  next();
});
api.use(express.json({ limit: "16kb" }));

api.get("/", (req, res) => res.json([...tasksOf(req.params.user).values()]));

api.post("/", (req, res) => {
  const task = { id: randomUUID(), title: titleOf(req.body?.title), done: false };
  tasksOf(req.params.user).set(task.id, task);
  res.status(201).json(task);
});

api.patch("/:id", (req, res) => {
  const task = find(req);
  const { title, done } = req.body ?? {};
  if (title !== undefined) task.title = titleOf(title);
  if (typeof done === "boolean") task.done = done;
  res.json(task);
});

api.delete("/:id", (req, res) => {
  tasksOf(req.params.user).delete(find(req).id);
  res.sendStatus(204);
});

app.use("/api/:user/tasks", api);
app.use(() => {
  throw new Refusal(404, "not_found", "there is nothing here");
});

// Express recognises an error handler by its four parameters.
app.use((error, req, res, next) => {
  if (res.headersSent) return next(error);
  const known = error instanceof Refusal ? error : new Refusal(error.status ?? 500, "invalid_request", "the request could not be read");
  if (known.status === 401) res.set("WWW-Authenticate", `Bearer error="invalid_token", error_description="${known.message}"`);
  if (known.status === 503) res.set("Retry-After", "5");
  res.status(known.status).json({ error: known.code, error_description: known.message });
});

const port = Number(process.env.PORT ?? 8000);
app.listen(port, "127.0.0.1", () => console.log(`tasks at http://127.0.0.1:${port}, keys from ${jwksURL}`));
