// Everything a run needs: the two servers, the databases, the webhook recorder.
import { Databases } from "./databases.mjs";
import { Recorder } from "./hooks.mjs";
import { Ours, binary } from "./ours.mjs";
import { Reference } from "./reference.mjs";

/** With self, the reference plays both sides; second replaces our side by another server. */
export async function openContext({ self, bin, second }) {
  const reference = new Reference();
  const other = second ?? (self ? new Reference() : new Ours(await binary(bin)));
  const databases = await new Databases().start();
  const recorder = await new Recorder().start();
  return {
    sides: [reference, other],
    migrator: reference,
    databases,
    recorder,
    async end() {
      await Promise.all([reference.end(), other.end()]);
      await databases.end();
      await recorder.end();
    },
  };
}
