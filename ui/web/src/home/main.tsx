// The first page of development: what the server does, to try there and then.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Badge, Brand, Languages } from "../kit";
import { has, page, server } from "../server";
import { t } from "../texts";
import type { Key as TextKey } from "../texts";
import { auth, useSession } from "./data";
import type { Signed } from "./data";
import { Later } from "./later";
import { Start } from "./start";
import "./style.css";

const views = ["start", "connect", "api", "keys", "config", "doctor"] as const;
type View = (typeof views)[number];

function useView(): View {
  const read = (): View => views.find((name) => name === location.hash.slice(1).split("/")[0]) ?? "start";
  const [view, set] = useState(read);
  useEffect(() => {
    const changed = () => set(read());
    addEventListener("hashchange", changed);
    changed(); // it may have changed before
    return () => removeEventListener("hashchange", changed);
  }, []);
  return view;
}

/** Returns the whole address of a view: axe takes a link that begins with # for one that skips to the content. */
const address = (view: View) => `${location.href.split("#")[0]}#${view}`;

function Who({ signed }: { signed: Signed | null | undefined }) {
  if (!signed) return null;
  return (
    <>
      <span class="who" title={signed.user.email}>
        {signed.user.email}
      </span>
      <button type="button" class="button plain small" onClick={() => auth.signOut()}>
        {t("common.signOut")}
      </button>
    </>
  );
}

function Home() {
  const view = useView();
  const signed = useSession();
  useEffect(() => {
    document.title = `${t(`home.${view}.title`)} · ${server.site.name}`;
    // On a narrow screen the row of links can be scrolled.
    document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [view]);
  return (
    <div class="wide-page home">
      <a class="skip" href="#main" onClick={skip}>
        {t("common.skip")}
      </a>
      <header class="top">
        <div class="row">
          <Brand />
          <Badge>{t("home.mode")}</Badge>
        </div>
        <div class="top-aside">
          <Who signed={signed} />
        </div>
      </header>
      <nav class="tabs" aria-label={t("home.views")}>
        {views.map((name) => (
          <a key={name} href={address(name)} aria-current={name === view ? "page" : undefined}>
            {t(`home.${name}.tab` as TextKey)}
          </a>
        ))}
        {has("admin") && server.console && <a href={page("/console")}>{t("home.console")}</a>}
      </nav>
      <main id="main" tabIndex={-1}>
        <h1>{t(`home.${view}.title` as TextKey)}</h1>
        <p class="soft lead">{t(`home.${view}.intro` as TextKey)}</p>
        {view === "start" ? <Start signed={signed} /> : <Later view={view} />}
      </main>
      <footer>
        <span>{t("home.version", { version: server.version, reference: server.reference })}</span>
        <Languages />
      </footer>
    </div>
  );
}

/** Moves the focus without changing the part after #, which is the view. */
function skip(event: Event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

const root = document.getElementById("app");
if (root) {
  root.replaceChildren();
  render(<Home />, root);
}
