// Small parts of the account pages.
import type { ComponentChildren } from "preact";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, Dialog, Form, PasswordField } from "../kit";
import { page } from "../server";
import { t } from "../texts";
import { Outcome } from "./state";
import type { Task } from "./state";

type SmallProps = Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "kind"> & { kind?: "plain" | "danger" | "primary"; busy?: boolean };

/** A button in a row of a list. */
export function Small({ kind = "plain", busy, disabled, children, ...rest }: SmallProps) {
  return (
    <button {...rest} type="button" class={`button small ${kind}`} disabled={Boolean(disabled) || busy} aria-busy={busy || undefined}>
      {busy && <span class="spinner" aria-hidden="true" />}
      {children}
    </button>
  );
}

/** Asks for the password before something that needs it; for users without one, only once more. */
export function PasswordDialog({ title, text, action, danger, open, withPassword, task, onSend, onClose }: { title: string; text: ComponentChildren; action: string; danger?: boolean; open: boolean; withPassword: boolean; task: Task; onSend: (password: string) => void; onClose: () => void }) {
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      <Form onSend={(fields) => onSend(fields.password ?? "")}>
        <p class="flush">{text}</p>
        <Outcome task={{ failure: task.failure, done: "" }} />
        {withPassword && <PasswordField label={t("account.yourPassword")} name="password" autocomplete="current-password" required autofocus />}
        <div class="actions">
          <Button kind="plain" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" kind={danger ? "danger" : "primary"} busy={task.busy !== ""}>
            {action}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

interface ChangeableProps {
  value: ComponentChildren;
  badge?: ComponentChildren;
  change?: string; // of the button that opens the form
  open: boolean;
  onOpen: () => void;
  extra?: ComponentChildren; // other buttons
  step?: string; // of a form with several
  children: ComponentChildren;
}

/** A fact about the user with the form that changes it, which opens with a button. The focus follows. */
export function Changeable({ value, badge, change, open, onOpen, extra, step = "", children }: ChangeableProps) {
  const ref = useRef<HTMLDivElement>(null);
  const was = useRef(false);
  useEffect(() => {
    if (open) ref.current?.querySelector<HTMLInputElement>("input:not([hidden])")?.focus();
    else if (was.current) ref.current?.focus();
    was.current = open;
  }, [open, step]);
  return (
    <div ref={ref} tabIndex={-1} class={open ? "narrow" : "row fact"}>
      {open ? (
        children
      ) : (
        <>
          <span class="grow break">
            {value} {badge}
          </span>
          {extra}
          {change && <Small onClick={onOpen}>{change}</Small>}
        </>
      )}
    </div>
  );
}

/** Whether a form is open. */
export function useOpen() {
  const [open, set] = useState(false);
  return { open, show: () => set(true), hide: () => set(false) };
}

export function FormActions({ action, busy, onCancel }: { action: string; busy: boolean; onCancel?: () => void }) {
  return (
    <div class="actions start">
      <Button type="submit" busy={busy}>
        {action}
      </Button>
      {onCancel && (
        <Button kind="plain" onClick={onCancel}>
          {t("common.cancel")}
        </Button>
      )}
    </div>
  );
}

/** The page to which the links in messages lead. */
export const securityPage = page("/account/security");
