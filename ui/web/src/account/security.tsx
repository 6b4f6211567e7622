// /account/security: addresses, the password, ways to sign in, passkeys and the second factor.
import { useEffect } from "preact/hooks";
import { Notice } from "../kit";
import { has, server } from "../server";
import { t } from "../texts";
import { auth } from "./client";
import type { Account } from "./client";
import { EmailSection } from "./email";
import { FactorSection } from "./factor";
import { Frame } from "./frame";
import { UsernameSection } from "./username";
import { PasskeySection } from "./passkeys";
import { PasswordSection } from "./password";
import { PhoneSection } from "./phone";
import { useList, Waiting } from "./state";
import { WaysSection } from "./ways";

/** The text for the error that a link in a message, or a provider, came back with. */
function linkError(): string {
  const code = new URLSearchParams(location.search).get("error");
  if (code === null) return "";
  return server.texts[`account.link.${code.toLowerCase()}`] ?? t("account.link.other");
}

const arrived = linkError();

export function SecurityPage() {
  const accounts = useList<Account[]>(() => auth.listAccounts() as never);
  // A reload must not show the error again.
  useEffect(() => {
    if (arrived) history.replaceState(null, "", location.pathname);
  }, []);

  return (
    <Frame title={t("account.security")} current="/account/security">
      {arrived && <Notice kind="bad">{arrived}</Notice>}
      <EmailSection />
      {has("username") && <UsernameSection />}
      {has("phone-number") && <PhoneSection />}
      {accounts.data ? (
        <>
          <PasswordSection accounts={accounts.data} />
          <WaysSection accounts={accounts.data} reload={accounts.reload} />
          {has("passkey") && <PasskeySection />}
          {server.features.account.factors.length > 0 && has("two-factor") && <FactorSection accounts={accounts.data} />}
        </>
      ) : (
        <Waiting failure={accounts.failure} />
      )}
    </Frame>
  );
}

export const hasPassword = (accounts: Account[]) => accounts.some((one) => one.providerId === "credential");
