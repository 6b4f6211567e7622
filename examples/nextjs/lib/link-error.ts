// The error that a link in a mail, or a provider, returns: ?error=…
const texts: Record<string, string> = {
  access_denied: "You cancelled at the provider. Nothing has changed.",
  account_not_linked: "There is already an account with this address. Sign in to it as you always do, then link the provider under Security.",
  account_already_linked_to_different_user: "This account is linked to somebody else here.",
  email_does_not_match: "The provider knows you by another e-mail address than the one of this account.",
  email_not_found: "The provider did not tell your e-mail address, and we cannot do without it.",
  signup_disabled: "There is no account for you here, and new ones are not made this way.",
  state_mismatch: "This sign-in was begun in another browser, or too long ago. Try again.",
  invalid_token: "This link has been used already, or is too old. Ask for a new one.",
  token_expired: "This link is too old. Ask for a new one.",
  invalid_user: "You are signed in as somebody else. Sign out first, then open the link again.",
};

/** Returns the text for the error in the address; empty if there is none. */
export function linkError(error: string | string[] | undefined): string {
  if (error === undefined) return "";
  return texts[String(error).toLowerCase()] ?? "That did not work. Try again in a moment.";
}
