// The clock, the environment and the outgoing connections of one request.
// AsyncLocalStorage separates requests, so that many instances can share one process.
import { AsyncLocalStorage } from "node:async_hooks";

export const world = new AsyncLocalStorage();

const RealDate = Date;
const now = () => world.getStore()?.now ?? RealDate.now();

const TestDate = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === TestDate ? target : newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
RealDate.prototype.constructor = TestDate;
globalThis.Date = TestDate;

const realEnv = process.env;
process.env = new Proxy(realEnv, {
  get: (target, key) => {
    const own = world.getStore()?.environ;
    return own && key in own ? own[key] : target[key];
  },
  has: (target, key) => key in (world.getStore()?.environ ?? {}) || key in target,
});

export const realNow = () => RealDate.now();
