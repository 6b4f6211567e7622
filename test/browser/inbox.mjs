// Receives the server's mail, as its webhook mail.webhook.
import http from "node:http";
import { until } from "./processes.mjs";

export class Inbox {
  messages = [];

  static async open() {
    const inbox = new Inbox();
    inbox.server = http.createServer(async (request, response) => {
      let text = "";
      for await (const part of request) text += part;
      inbox.messages.push(JSON.parse(text).data[0]);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
    await new Promise((resolve) => inbox.server.listen(0, "127.0.0.1", resolve));
    inbox.url = `http://127.0.0.1:${inbox.server.address().port}/`;
    return inbox;
  }

  all(to, kind) {
    return this.messages.filter((m) => m.to === to && m.kind === kind);
  }

  /** The newest message of a kind to somebody, when there are as many as that. */
  async wait(to, kind, count = 1) {
    return until(async () => {
      const found = this.all(to, kind);
      if (found.length < count) throw new Error(`${found.length} of ${count} messages ${kind} to ${to} came`);
      return found.at(-1);
    }, "the inbox", 20);
  }

  close() {
    return new Promise((resolve) => this.server.close(resolve));
  }
}
