// A list of named tests that run one after the other, each a step on the way of one user.
import { AssertionError } from "node:assert";

const limit = 240_000; // milliseconds per test; generous, since the machine may be busy

export class Suite {
  passed = 0;
  failures = [];

  constructor({ only = "", onFailure = async () => {} } = {}) {
    this.only = only;
    this.onFailure = onFailure;
  }

  async test(name, fn) {
    if (this.only && !name.includes(this.only)) return;
    let timer;
    const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`took longer than ${limit / 1000} s`)), limit)));
    try {
      await Promise.race([fn(), late]);
      this.passed++;
      console.log(`ok      ${name}`);
    } catch (error) {
      this.failures.push(name);
      const text = error instanceof AssertionError ? error.message : (error?.stack ?? String(error));
      console.log(`FAILED  ${name}\n        ${text.split("\n").slice(0, 14).join("\n        ")}`);
      await this.onFailure(name).catch(() => {});
    } finally {
      clearTimeout(timer);
    }
  }

  report() {
    for (const name of this.failures) console.log(`browser: failed: ${name}`);
    console.log(`browser: ${this.passed} passed, ${this.failures.length} failed`);
    return this.failures.length === 0 && this.passed > 0;
  }
}
