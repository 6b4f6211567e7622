"use client";

import { useCallback, useEffect, useState } from "react";
import { authClient } from "@/lib/auth-client";
import type { Provider } from "@/lib/providers";
import { Alert, Button, Done, Skeleton } from "./ui";

type Account = { id: string; providerId: string };
type Failure = { code?: string; message?: string };

const known: Record<string, string> = {
  FAILED_TO_UNLINK_LAST_ACCOUNT: "This is the only way into your account. Add another one first.",
  SESSION_NOT_FRESH: "You signed in a while ago. Sign in again to change this.",
};
const explain = ({ code = "", message }: Failure) => known[code] ?? message ?? "That did not work. Try again in a moment.";

/** The user's accounts: a password, and providers that can be linked and unlinked. */
export function AccountList({ email, providers, problem: arrived }: { email: string; providers: Provider[]; problem: string }) {
  const [accounts, setAccounts] = useState<Account[]>();
  const [problem, setProblem] = useState(arrived);
  const [done, setDone] = useState("");
  const [busy, setBusy] = useState("");

  const load = useCallback(async () => {
    const { data, error } = await authClient.listAccounts();
    if (error) setProblem(explain(error));
    else setAccounts(data);
  }, []);
  useEffect(() => void load(), [load]);

  async function attempt(name: string, call: () => Promise<{ error: Failure | null }>, said = "") {
    setProblem("");
    setDone("");
    setBusy(name);
    const { error } = await call();
    if (error) setProblem(explain(error));
    else setDone(said);
    return !error;
  }

  // The browser goes to the provider and comes back to this page.
  const link = async (provider: string) =>
    (await attempt(provider, () => authClient.linkSocial({ provider, callbackURL: "/security", errorCallbackURL: "/security" }))) || setBusy("");

  async function unlink({ id, providerId }: Account, name: string) {
    await attempt(providerId, () => authClient.unlinkAccount({ accountId: id }), `${name} is no longer linked.`);
    await load();
    setBusy("");
  }

  async function sendPasswordLink() {
    await attempt("credential", () => authClient.requestPasswordReset({ email, redirectTo: "/reset-password" }), `A link to set a password is on its way to ${email}.`);
    setBusy("");
  }

  if (!accounts) return problem ? <Alert>{problem}</Alert> : <Skeleton rows={2} label="Loading ways to sign in" />;
  const ways = [{ id: "credential", name: "Password" }, ...providers];
  return (
    <div className="space-y-4">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      <ul className="divide-y divide-line" aria-label="Ways to sign in">
        {ways.map(({ id, name }) => {
          const account = accounts.find((a) => a.providerId === id);
          const isPassword = id === "credential";
          return (
            <li key={id} className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0 last:pb-0">
              <p className="flex min-h-9 items-center">
                <span className="font-medium">{name}</span>
                <span className="ml-2 text-sm text-muted">{account ? (isPassword ? "Set" : "Linked") : isPassword ? "Not set" : "Not linked"}</span>
              </p>
              {isPassword && !account && (
                <Button kind="plain" small busy={busy === id} onClick={sendPasswordLink}>
                  Set a password
                </Button>
              )}
              {!isPassword && !account && (
                <Button kind="plain" small busy={busy === id} onClick={() => link(id)}>
                  Link {name}
                </Button>
              )}
              {!isPassword && account && (
                <Button kind="danger" small busy={busy === id} onClick={() => unlink(account, name)}>
                  Unlink {name}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
