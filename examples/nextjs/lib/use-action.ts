"use client";

import { useCallback, useRef, useState } from "react";

type Failure = { code?: string; message?: string; error?: string; status?: number }; // error: of the OAuth endpoints
// One object, so that what depends on it stays the same from render to render.
const nothing: Record<string, string> = {};

type Answer = { error: Failure | null };

/** The state of a card whose buttons call the server: which call is under way, and how the last one ended. */
export function useAction(known = nothing) {
  const region = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState("");

  const explain = useCallback(
    ({ code, message, error, status }: Failure) => {
      const text = known[code ?? error ?? ""];
      if (text) return text;
      if (status === 429) return "Too many attempts. Wait a moment, then try again.";
      return message ?? "That did not work. Try again in a moment.";
    },
    [known],
  );

  /** Calls the server. Resolves to whether it did what it was asked. */
  async function run(name: string, call: () => Promise<Answer>, said = "", after?: () => unknown) {
    setProblem("");
    setDone("");
    setBusy(name);
    const { error } = await call();
    if (error) setProblem(explain(error));
    else {
      await after?.();
      setDone(said);
    }
    setBusy("");
    return !error;
  }

  /** Puts the focus on the card: the button that had it may be gone. */
  const focus = () => region.current?.focus();

  return { busy, problem, done, run, region, focus, setProblem, explain };
}
