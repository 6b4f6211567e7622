// State of the console's pages: data of the server, and what stands in the address.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { t } from "../texts";
import { problem } from "./api";
import type { Answer } from "./api";

/** Loads data, again whenever one of deps changes; an answer that comes too late is dropped. */
export function useData<T>(load: () => Promise<Answer<T>>, deps: unknown[]) {
  const [data, setData] = useState<T>();
  const [error, setError] = useState("");
  const [loading, setLoading] = useState(true);
  const turn = useRef(0);
  const reload = useCallback(async () => {
    const mine = ++turn.current;
    setLoading(true);
    try {
      const answer = await load();
      if (mine !== turn.current) return;
      if (answer.error) setError(problem(answer.error));
      else {
        setData(answer.data);
        setError("");
      }
    } catch {
      if (mine === turn.current) setError(t("error.unavailable"));
    } finally {
      if (mine === turn.current) setLoading(false);
    }
  }, deps);
  useEffect(() => void reload(), [reload]);
  return { data, error, loading, reload };
}

/** The query of the address: what a list shows survives a reload and can be sent to a colleague. */
export function useQuery() {
  const [search, setSearch] = useState(location.search);
  const params = new URLSearchParams(search);
  const value = (name: string) => params.get(name) ?? "";
  const set = (change: Record<string, string | number>) => {
    const next = new URLSearchParams(location.search);
    for (const [name, to] of Object.entries(change)) {
      if (to === "" || (name === "page" && Number(to) <= 1)) next.delete(name);
      else next.set(name, String(to));
    }
    const text = next.size ? `?${next}` : "";
    history.replaceState(null, "", location.pathname + text);
    setSearch(text);
  };
  const number = Math.max(1, Math.floor(Number(value("page"))) || 1);
  return { value, set, page: number };
}

/** Calls back after a pause without changes: for a search while somebody types. */
export function useLater(callback: (text: string) => void, pause = 250) {
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  return (text: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => callback(text), pause);
  };
}

/** Repeats something while the page can be seen. */
export function useEvery(seconds: number, callback: () => void) {
  const latest = useRef(callback);
  latest.current = callback;
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && latest.current(), seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
}
