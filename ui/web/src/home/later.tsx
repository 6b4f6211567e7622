// The views that are not needed at once are loaded when they are opened.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../texts";

const loaders: Record<string, () => Promise<{ default: ComponentType }>> = {
  connect: () => import("./connect"),
  api: () => import("./api"),
  keys: () => import("./keys"),
  config: () => import("./settings"),
  doctor: () => import("./doctor"),
};

export function Later({ view }: { view: string }) {
  const [loaded, set] = useState<{ view: string; View: ComponentType }>();
  useEffect(() => {
    let current = true;
    loaders[view]?.().then((module) => current && set({ view, View: module.default }));
    return () => {
      current = false;
    };
  }, [view]);
  return loaded?.view === view ? <loaded.View /> : <p class="soft">{t("common.loading")}</p>;
}

/** Stands where data would be that the server gives only to a browser on its own machine. */
export function Hidden() {
  return <p class="empty">{t("home.hidden")}</p>;
}
