// The signed-in user for all parts of a page, and calls whose outcome a page shows.
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";
import { Button, Notice } from "../kit";
import { page, server } from "../server";
import { failureText, t } from "../texts";
import type { Failure } from "../texts";
import { auth } from "./client";
import type { SignedIn } from "./client";

interface State extends SignedIn {
  /** Reads the session again, after something about the user has changed. */
  reload: () => Promise<SignedIn | undefined>;
}

const context = createContext<State | undefined>(undefined);
export const StateProvider = context.Provider;

export function useSignedIn(): State {
  const state = useContext(context);
  if (!state) throw new Error("no session");
  return state;
}

/** Leads to the sign-in page, and back from there to this one. */
export function goToSignIn() {
  location.replace(`${page("/sign-in")}?redirectTo=${encodeURIComponent(location.pathname)}`);
}

/** Signs out first, because the sign-in page sends somebody who is signed in back. */
export async function signInAgain() {
  await auth.signOut();
  goToSignIn();
}

/** Reads the session. A visitor without one is sent to the sign-in page. */
export function useSession() {
  const [signedIn, setSignedIn] = useState<SignedIn>();
  const [failure, setFailure] = useState("");
  const reload = useCallback(async () => {
    // The cookie cache may be older than what was changed elsewhere. Without a database there is nothing newer (and "false" would be read as true).
    const { data, error } = await auth.getSession({ query: server.features.account.stateless ? {} : { disableCookieCache: true } }).catch(() => ({ data: null, error: {} as Failure }));
    if (error) setFailure(failureText(error));
    else if (!data) goToSignIn();
    else setSignedIn(data as SignedIn);
    return (data ?? undefined) as SignedIn | undefined;
  }, []);
  useEffect(() => void reload(), [reload]);
  return { signedIn, failure, reload };
}

type Answer<T> = { data: T; error: null } | { data: null; error: Failure };
/** Any call of the client. */
export type Call<T> = () => Promise<Answer<T>>;

/** Runs calls of the client one at a time, and keeps how the last one ended for an Outcome. */
export function useTask() {
  const [busy, setBusy] = useState("");
  const [failure, setFailure] = useState<Failure>();
  const [done, setDone] = useState("");
  const isBusy = useRef(false);

  const clear = useCallback(() => (setFailure(undefined), setDone("")), []);

  /** Resolves to the answer, undefined if the call failed. `after` runs before success is shown. */
  async function run<T>(name: string, call: Call<T>, text = "", after?: () => unknown): Promise<T | undefined> {
    if (isBusy.current) return undefined;
    isBusy.current = true;
    clear();
    setBusy(name);
    try {
      const { data, error } = await call();
      if (error?.status === 401 && error.code === "UNAUTHORIZED") goToSignIn();
      if (error) {
        setFailure(error);
        return undefined;
      }
      await after?.();
      setDone(text);
      return (data ?? {}) as T;
    } catch {
      setFailure({ status: 0 });
      return undefined;
    } finally {
      isBusy.current = false;
      setBusy("");
    }
  }
  return { busy, failure, done, run, clear, setDone, setFailure };
}

export type Task = ReturnType<typeof useTask>;

// A second factor is proved again by signing in with it.
const stale = ["SESSION_NOT_FRESH", "SESSION_EXPIRED", "SECOND_FACTOR_REQUIRED"];

/** Shows how the last call ended. A sign-in that is too old can be repeated there and then. */
export function Outcome({ task }: { task: Pick<Task, "failure" | "done"> }) {
  const { failure, done } = task;
  if (failure && stale.includes(failure.code ?? ""))
    return (
      <Notice kind="warning">
        <span class="row">
          <span class="grow">{t("account.stale")}</span>
          <Button kind="plain" onClick={signInAgain}>
            {t("account.signInAgain")}
          </Button>
        </span>
      </Notice>
    );
  if (failure) return <Notice kind="bad">{failureText(failure)}</Notice>;
  return <Notice kind="good">{done}</Notice>;
}

/** Loads a list when a part appears, and again when it is asked to. */
export function useList<T>(load: () => Promise<Answer<T>>, depends: unknown[] = []) {
  const [data, setData] = useState<T>();
  const [failure, setFailure] = useState<Failure>();
  const read = useCallback(async () => {
    const { data, error } = await load().catch(() => ({ data: null, error: { status: 0 } as Failure }));
    if (error?.status === 401 && error.code === "UNAUTHORIZED") return goToSignIn();
    setFailure(error ?? undefined);
    if (!error) setData(data as T);
  }, depends);
  useEffect(() => void read(), [read]);
  return { data, failure, reload: read };
}

/** What stands where a list is not there yet, or could not be read. */
export function Waiting({ failure }: { failure?: Failure }) {
  if (failure) return <Outcome task={{ failure, done: "" }} />;
  return (
    <p class="soft" role="status">
      {t("common.loading")}
    </p>
  );
}

/** A place that takes the focus when the button that had it is gone, once no dialog is open. */
export function useRegion() {
  const ref = useRef<HTMLDivElement>(null);
  const focus = () => {
    if (document.querySelector("dialog[open]")) requestAnimationFrame(focus);
    else ref.current?.focus();
  };
  return { ref, focus };
}
