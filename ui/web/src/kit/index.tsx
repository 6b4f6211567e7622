// The parts of all pages: forms, buttons, notices, dialogs, lists.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { page, server } from "../server";
import { failureText, t } from "../texts";
import type { Failure } from "../texts";
import "./style.css";

type Children = { children?: ComponentChildren };

/** A page with one narrow card: everything before a user is signed in. */
export function CardPage({ title, intro, children, footer }: Children & { title: string; intro?: ComponentChildren; footer?: ComponentChildren }) {
  useTitle(title);
  return (
    <div class="card-page">
      <main class="card">
        <Brand />
        <h1>{title}</h1>
        {intro && <p class="soft">{intro}</p>}
        {children}
      </main>
      {footer && <div class="card-footer">{footer}</div>}
      <Languages />
    </div>
  );
}

export function Brand() {
  return (
    <a class="brand" href={page("/")}>
      {server.site.logo ? <img src={server.site.logo} alt="" height="32" /> : <Mark />}
      <span>{server.site.name}</span>
    </a>
  );
}

function Mark() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" class="mark">
      <rect width="32" height="32" rx="8" />
      <path d="M16 7a5 5 0 0 0-3 9v8l3 2 3-2v-3l-2-1.5 2-1.5v-2a5 5 0 0 0-3-9Zm0 3.4a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.2Z" />
    </svg>
  );
}

/** Links to the page in the other languages; nothing if there is only one. */
export function Languages() {
  const names = server.site.languages;
  if (names.length < 2) return null;
  return (
    <nav class="languages" aria-label={t("common.language")}>
      {names.map((name) => (
        <a key={name} href={withQuery("lang", name)} lang={name} aria-current={name === server.site.language ? "true" : undefined}>
          {new Intl.DisplayNames([name], { type: "language" }).of(name)}
        </a>
      ))}
    </nav>
  );
}

export function withQuery(name: string, value: string): string {
  const url = new URL(location.href);
  url.searchParams.set(name, value);
  return url.pathname + url.search;
}

export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · ${server.site.name}`;
  }, [title]);
}

type InputProps = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "label" | "name">;

/** A labelled input. `hint` stands below it, `error` instead of the hint. */
export function Field({ label, name, hint, error, aside, ...input }: InputProps & { label: string; name: string; hint?: string; error?: string; aside?: ComponentChildren }) {
  const id = useId();
  const note = error || hint;
  return (
    <div class="field">
      <div class="label">
        <label for={id}>{label}</label>
        {aside}
      </div>
      <input id={id} name={name} aria-invalid={error ? "true" : undefined} aria-describedby={note ? `${id}-note` : undefined} {...input} />
      {note && (
        <p id={`${id}-note`} class={error ? "note bad" : "note"}>
          {note}
        </p>
      )}
    </div>
  );
}

export function PasswordField(props: InputProps & { label: string; name: string; hint?: string; error?: string; aside?: ComponentChildren }) {
  const [shown, show] = useState(false);
  const { aside, ...rest } = props;
  return (
    <Field
      {...rest}
      type={shown ? "text" : "password"}
      autocapitalize="off"
      spellcheck={false}
      aside={
        <>
          {aside}
          <button type="button" class="link" onClick={() => show(!shown)} aria-pressed={shown}>
            {shown ? t("common.hide") : t("common.show")}
          </button>
        </>
      }
    />
  );
}

type ButtonProps = Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "kind"> & { kind?: "primary" | "plain" | "danger" | "link"; busy?: boolean };

export function Button({ kind = "primary", busy, children, disabled, type = "button", class: more, ...rest }: ButtonProps) {
  return (
    <button {...rest} type={type} class={`${kind === "link" ? "link" : `button ${kind}`} ${more ?? ""}`} disabled={Boolean(disabled) || busy} aria-busy={busy || undefined}>
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

/** A message that is read aloud: bad for errors, good for success. */
export function Notice({ kind = "info", children }: Children & { kind?: "info" | "good" | "bad" | "warning" }) {
  if (!children) return null;
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}

/** Runs one call of the client at a time and keeps its error for a Notice. */
export function useCall() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  async function run<T>(call: () => Promise<{ data: T; error: Failure | null } | { data: null; error: Failure }>): Promise<T | undefined> {
    if (busy) return undefined;
    setBusy(true);
    setError("");
    try {
      const { data, error } = await call();
      if (!error) return data as T;
      setError(failureText(error));
    } catch {
      setError(t("error.unavailable"));
    } finally {
      setBusy(false);
    }
    return undefined;
  }
  return { busy, error, run, setError };
}

/** A form whose fields are read by name when it is sent. */
export function Form({ onSend, children, ...rest }: Omit<JSX.FormHTMLAttributes<HTMLFormElement>, "onSubmit"> & { onSend: (fields: Record<string, string>) => void }) {
  return (
    <form
      method="post"
      {...rest}
      onSubmit={(event) => {
        event.preventDefault();
        const fields: Record<string, string> = {};
        new FormData(event.currentTarget).forEach((value, name) => (fields[name] = String(value)));
        onSend(fields);
      }}
    >
      {children}
    </form>
  );
}

/** A button that copies a text. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      class="button plain small"
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        setDone(true);
        setTimeout(() => setDone(false), 2000);
      }}
    >
      <span aria-live="polite">{done ? t("common.copied") : (label ?? t("common.copy"))}</span>
    </button>
  );
}

/** A block of code with a button that copies it. */
export function Code({ text, label }: { text: string; label: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={label}>
        <code>{text}</code>
      </pre>
      <Copy text={text} />
    </div>
  );
}

/** A modal question or form. It closes with Escape and by its buttons. */
export function Dialog({ title, open, onClose, children }: Children & { title: string; open: boolean; onClose: () => void }) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog ref={ref} aria-labelledby={id} onClose={() => open && onClose()} onCancel={onClose}>
      <h2 id={id}>{title}</h2>
      {open && children}
    </dialog>
  );
}

/** Asks once before an action that cannot be undone, and says what it does. */
export function Confirm({ title, text, action, open, busy, error, onConfirm, onClose }: { title: string; text: ComponentChildren; action: string; open: boolean; busy?: boolean; error?: string; onConfirm: () => void; onClose: () => void }) {
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      <p>{text}</p>
      {error && <Notice kind="bad">{error}</Notice>}
      <div class="actions">
        <Button kind="plain" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button kind="danger" busy={busy} onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}

/** A titled part of a wide page. */
export function Section({ title, intro, action, children }: Children & { title: string; intro?: ComponentChildren; action?: ComponentChildren }) {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <header>
        <div>
          <h2 id={id}>{title}</h2>
          {intro && <p class="soft">{intro}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}

export function Empty({ children }: Children) {
  return <p class="empty">{children}</p>;
}

export function Badge({ kind = "plain", children }: Children & { kind?: "plain" | "good" | "bad" | "warning" }) {
  return <span class={`badge ${kind}`}>{children}</span>;
}

export interface Tab {
  path: string; // of the page, such as "/account/sessions"
  label: string;
}

/** A wide page with navigation at the left (above on narrow screens). */
export function WidePage({ title, tabs, current, aside, children }: Children & { title: string; tabs: Tab[]; current: string; aside?: ComponentChildren }) {
  useTitle(title);
  return (
    <div class="wide-page">
      <a class="skip" href="#main">
        {t("common.skip")}
      </a>
      <header class="top">
        <Brand />
        <div class="top-aside">{aside}</div>
      </header>
      <nav class="tabs" aria-label={title}>
        {tabs.map((tab) => (
          <a key={tab.path} href={page(tab.path)} aria-current={tab.path === current ? "page" : undefined}>
            {tab.label}
          </a>
        ))}
      </nav>
      <main id="main">
        <h1>{title}</h1>
        {children}
      </main>
      <footer>
        <Languages />
      </footer>
    </div>
  );
}
