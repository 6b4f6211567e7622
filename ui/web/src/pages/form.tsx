// Forms that show an error at the field that it belongs to.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, Notice } from "../kit";
import { server } from "../server";
import { failureText, t } from "../texts";
import type { Failure } from "../texts";
import { leaving } from "./auth";

const fieldOf: Record<string, string> = {
  INVALID_EMAIL: "email",
  EMAIL_NOT_ALLOWED: "email",
  USER_ALREADY_EXISTS: "email",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "email",
  PASSWORD_TOO_SHORT: "password",
  PASSWORD_TOO_LONG: "password",
  PASSWORD_COMPROMISED: "password",
  USERNAME_IS_ALREADY_TAKEN: "username",
  USERNAME_TOO_SHORT: "username",
  USERNAME_TOO_LONG: "username",
  INVALID_USERNAME: "username",
  INVALID_PHONE_NUMBER: "phone",
  INVALID_OTP: "code",
  OTP_NOT_FOUND: "code",
  OTP_EXPIRED: "code",
  OTP_HAS_EXPIRED: "code",
  INVALID_CODE: "code",
  INVALID_BACKUP_CODE: "code",
};

interface Problem {
  field?: string;
  text: string;
}

export type Answer<T> = { data: T; error: Failure | null } | { data: null; error: Failure } | undefined;

export type Fields = Record<string, string>;

/** Returns the text for an error of the client. */
export function problemText(error: Failure): string {
  const { minPasswordLength, maxPasswordLength } = server.features;
  return failureText(error).replace("{min}", String(minPasswordLength)).replace("{max}", String(maxPasswordLength));
}

/** Sends one call at a time and keeps its error. Errors in `special` are answered by a function instead. */
export function useSending() {
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const names = useRef<string[]>([]);

  async function send<T>(call: () => Promise<Answer<T>>, special: Record<string, () => void> = {}, what = "form"): Promise<T | undefined> {
    if (busy) return undefined;
    setBusy(what);
    setProblem(undefined);
    try {
      const { data, error } = (await call()) ?? { data: null, error: {} };
      if (!error) return data as T;
      if (error.message?.includes("[body.email]")) error.code = "INVALID_EMAIL";
      const own = special[error.code ?? ""];
      if (own) own();
      else {
        const field = fieldOf[error.code ?? ""];
        setProblem({ text: problemText(error), field: names.current.includes(field ?? "") ? field : undefined });
      }
    } catch {
      setProblem({ text: t("error.unavailable") });
    } finally {
      // The caller may leave the page in answer: then the button stays busy.
      setTimeout(() => leaving() || setBusy(""));
    }
    return undefined;
  }

  return { busy, problem, setProblem, send, names, at: (name: string) => (problem?.field === name ? problem.text : undefined) };
}

export type Sending = ReturnType<typeof useSending>;

/** A form with one button. `start` puts the cursor into its first field. */
export function SendForm({ sending, onSend, button, start, children }: { sending: Sending; onSend: (fields: Fields) => void; button: string; start?: boolean; children: ComponentChildren }) {
  const { problem, setProblem, names, busy } = sending;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (start) form.current?.querySelector("input")?.focus();
  }, []);
  useEffect(() => {
    if (problem?.field) form.current?.querySelector<HTMLInputElement>(`[name="${CSS.escape(problem.field)}"]`)?.focus();
  }, [problem]);
  return (
    <form
      ref={form}
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const fields: Fields = {};
        new FormData(event.currentTarget).forEach((value, name) => (fields[name] = String(value)));
        names.current = Object.keys(fields);
        const inputs = [...event.currentTarget.querySelectorAll<HTMLInputElement>("input[required], select[required]")];
        const empty = inputs.find((input) => input.value.trim() === "");
        if (empty) return setProblem({ field: empty.name, text: t("pages.required") });
        onSend(fields);
      }}
    >
      {problem && !problem.field && <Notice kind="bad">{problem.text}</Notice>}
      {children}
      <Button type="submit" class="wide" busy={busy === "form"} disabled={busy !== ""}>
        {button}
      </Button>
    </form>
  );
}
