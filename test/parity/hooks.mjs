// The webhook recorder. Both servers call it, each under its own path.
import http from "node:http";

export class Recorder {
  #handlers = new Map();
  // As in reference-host.mjs.
  #server = http.createServer({ keepAliveTimeout: 0 }, (req, res) => this.#answer(req, res));

  async start() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }
  /** handle is called with {name, event, data, headers}; what it returns is the answer {status, body}. */
  register(key, handle) {
    this.#handlers.set(key, handle);
    return `${this.url}/${key}`;
  }
  remove(key) {
    this.#handlers.delete(key);
  }
  async #answer(req, res) {
    const parts = [];
    for await (const part of req) parts.push(part);
    const [, key, name] = req.url.split("/");
    const handle = this.#handlers.get(key);
    let answer = { status: 404, body: { message: "no such recorder" } };
    if (handle) {
      const text = Buffer.concat(parts).toString();
      try {
        answer = await handle(name, text, req);
      } catch (e) {
        answer = { status: 500, body: { $error: true, name: "Error", message: String(e) } };
      }
    }
    res.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    res.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {}));
  }
  end() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}
