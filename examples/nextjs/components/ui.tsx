import type { ButtonHTMLAttributes, InputHTMLAttributes, ReactNode } from "react";

const kinds = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong shadow-sm",
  plain: "border border-line bg-card hover:border-control",
  danger: "border border-line bg-card text-danger hover:border-danger",
};

/** The style of a button, also for links that look like one. */
export function buttonStyle(kind: keyof typeof kinds = "primary", small = false) {
  return `inline-flex items-center justify-center gap-2 rounded-lg font-medium transition-colors disabled:opacity-60 ${
    small ? "min-h-9 px-3 text-sm" : "min-h-11 px-4"
  } ${kinds[kind]}`;
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { kind?: keyof typeof kinds; small?: boolean; busy?: boolean };

export function Button({ kind, small, busy, children, className = "", ...rest }: ButtonProps) {
  return (
    <button {...rest} disabled={busy || rest.disabled} aria-busy={busy || undefined} className={`${buttonStyle(kind, small)} ${className}`}>
      {busy && <Spinner />}
      {children}
    </button>
  );
}

export function Spinner() {
  return <span aria-hidden="true" className="size-4 animate-spin rounded-full border-2 border-current border-t-transparent" />;
}

type FieldProps = InputHTMLAttributes<HTMLInputElement> & { name: string; label: string; hint?: string; error?: string };

export function Field({ label, hint, error, className = "", ...input }: FieldProps) {
  const id = `field-${input.name}`;
  const note = error ?? hint;
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className={`block min-h-11 w-full rounded-lg border bg-card px-3 transition-colors placeholder:text-muted ${
          error ? "border-danger" : "border-control/60 hover:border-control"
        } ${className}`}
        {...input}
      />
      {note && (
        <p id={`${id}-note`} role={error ? "alert" : undefined} className={`mt-1.5 text-sm ${error ? "text-danger" : "text-muted"}`}>
          {note}
        </p>
      )}
    </div>
  );
}

export function Alert({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-lg bg-danger-soft px-3.5 py-2.5 text-sm text-danger">
      {children}
    </p>
  );
}

export function Done({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="rounded-lg bg-accent-soft px-3.5 py-2.5 text-sm text-accent">
      {children}
    </p>
  );
}

/** A word about the state of something. */
export function Badge({ on = true, children }: { on?: boolean; children: ReactNode }) {
  return <span className={`rounded-full px-2 py-0.5 text-xs font-medium ${on ? "bg-accent-soft text-accent" : "bg-paper text-muted"}`}>{children}</span>;
}

export function KeyIcon() {
  return (
    <svg viewBox="0 0 24 24" className="size-5" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <circle cx="8" cy="15.5" r="4.5" />
      <path d="M11.3 12.3 20 3.5M16.5 7l3 3" />
    </svg>
  );
}

/** A line between two ways to do the same. */
export function Or() {
  return <p className="my-6 flex items-center gap-3 text-sm text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">or</p>;
}

export function Card({ title, text, badge, children }: { title?: string; text?: string; badge?: ReactNode; children: ReactNode }) {
  return (
    <section className="rounded-2xl border border-line bg-card p-5 sm:p-6">
      {title && (
        <div className="flex items-center gap-2.5">
          <h2 className="font-semibold">{title}</h2>
          {badge}
        </div>
      )}
      {text && <p className="mt-1 text-sm text-muted">{text}</p>}
      <div className={title ? "mt-5" : ""}>{children}</div>
    </section>
  );
}

export function PageTitle({ title, text }: { title: string; text: string }) {
  return (
    <header className="mb-6">
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-1 text-muted">{text}</p>
    </header>
  );
}

/** A placeholder while content is being fetched. */
export function Skeleton({ rows = 3, label }: { rows?: number; label: string }) {
  return (
    <div role="status">
      <span className="sr-only">{label}</span>
      <div aria-hidden="true" className="space-y-3">
        {Array.from({ length: rows }, (_, i) => (
          <div key={i} className="h-12 animate-pulse rounded-lg bg-line/70" />
        ))}
      </div>
    </div>
  );
}
