// The frame of all pages of the account: navigation, who is signed in, and whether somebody else is acting as them.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Notice, WidePage } from "../kit";
import { has, page, server } from "../server";
import { failureText, t } from "../texts";
import { auth } from "./client";
import { Small } from "./parts";
import { useSignedIn, useTask } from "./state";

const { features } = server;

export function tabs() {
  return [
    { path: "/account", label: t("account.profile") },
    { path: "/account/security", label: t("account.security") },
    { path: "/account/sessions", label: t("account.sessions") },
    ...(has("organization") ? [{ path: "/account/organizations", label: t("account.organizations") }] : []),
    ...(features.account.apiKeys ? [{ path: "/account/api-keys", label: t("account.keys") }] : []),
    ...(features.deleteUser ? [{ path: "/account/delete", label: t("account.delete") }] : []),
  ];
}

/** Up to two letters of a name. */
export function Avatar({ name, large }: { name: string; large?: boolean }) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words[words.length - 1] : ""].map((word) => [...(word ?? "")][0] ?? "");
  return (
    <span class={large ? "avatar large" : "avatar"} aria-hidden="true">
      {letters.join("").toLocaleUpperCase(server.site.language) || "?"}
    </span>
  );
}

/** On narrow screens the navigation scrolls sideways: the current page is brought into view. */
function useCurrentTab() {
  useEffect(() => {
    const current = document.querySelector<HTMLElement>(".tabs [aria-current]");
    const nav = current?.parentElement;
    if (current && nav) nav.scrollLeft = current.offsetLeft - nav.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
  }, []);
}

export function Frame({ title, current, children }: { title: string; current: string; children: ComponentChildren }) {
  const { user } = useSignedIn();
  const task = useTask();
  useCurrentTab();
  const signOut = async () => (await task.run("out", () => auth.signOut())) && location.assign(page("/sign-in"));
  const aside = (
    <>
      <Avatar name={user.name || user.email} />
      <span class="who" title={user.email}>
        {user.name || user.email}
      </span>
      <Small busy={task.busy === "out"} onClick={signOut}>
        {t("common.signOut")}
      </Small>
    </>
  );
  return (
    <>
      <Impersonation />
      <WidePage title={title} tabs={tabs()} current={current} aside={aside}>
        {task.failure && <Notice kind="bad">{failureText(task.failure)}</Notice>}
        {children}
      </WidePage>
    </>
  );
}

/** The banner while an administrator acts as the user. */
function Impersonation() {
  const { user, session } = useSignedIn();
  const task = useTask();
  if (!session.impersonatedBy) return null;
  const stop = async () => (await task.run("stop", () => auth.admin.stopImpersonating())) && location.assign(page(server.console ? `/console/users/${user.id}` : "/account"));
  return (
    <aside class="impersonation" aria-label={t("account.impersonation")}>
      <p>
        {t("account.impersonating", { name: user.name || user.email })}
        {task.failure && <span role="alert"> {failureText(task.failure)}</span>}
      </p>
      <Small busy={task.busy === "stop"} onClick={stop}>
        {t("account.impersonationStop")}
      </Small>
    </aside>
  );
}
