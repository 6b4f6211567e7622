import { applicationErrors } from "./applications";

/** An error of a form: a text for a field, or for the whole form. */
export type FormErrors = Partial<Record<"name" | "email" | "password" | "newPassword" | "confirmation" | "code" | "form", string>>;

type AuthError = { code?: string; message?: string; error?: string; status: number };

const known: Record<string, FormErrors> = {
  PASSWORD_TOO_SHORT: { password: "Use at least 8 characters." },
  PASSWORD_TOO_LONG: { password: "Use at most 128 characters." },
  INVALID_EMAIL: { email: "This is not an e-mail address." },
  USER_ALREADY_EXISTS: { email: "There is already an account with this address." },
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: { email: "There is already an account with this address." },
  INVALID_EMAIL_OR_PASSWORD: { form: "E-mail address or password is wrong." },
  INVALID_PASSWORD: { password: "This is not your current password." },
};

/** Converts an answer of the auth server to texts for fields. */
export function formErrors(error: AuthError): FormErrors {
  if (error.code && known[error.code]) return known[error.code];
  if (error.error === "invalid_signature") return { form: applicationErrors.invalid_signature };
  if (error.status === 429) return { form: "Too many attempts. Wait a moment, then try again." };
  if (error.status >= 500 || error.status === 0) return { form: "The server cannot be reached. Try again in a moment." };
  if (error.message?.includes("[body.email]")) return known.INVALID_EMAIL;
  return { form: error.message ?? "Something went wrong." };
}

/** Moves the focus to the first mistake. */
export function focusFirst(form: HTMLFormElement, errors: FormErrors) {
  const name = Object.keys(errors)[0];
  form.querySelector<HTMLInputElement>(`input[name="${name}"]`)?.focus();
}
