// Providers that the user can sign in with.
import { useState } from "preact/hooks";
import { Badge, Confirm, Section } from "../kit";
import { server } from "../server";
import { failureText, formatDate, t } from "../texts";
import { auth } from "./client";
import type { Account } from "./client";
import { securityPage, Small } from "./parts";
import { Outcome, useRegion, useTask } from "./state";

export function WaysSection({ accounts, reload }: { accounts: Account[]; reload: () => Promise<void> }) {
  const task = useTask();
  const region = useRegion();
  const [removing, setRemoving] = useState<Account>();
  const { providers } = server.features;
  const linked = accounts.filter((one) => one.providerId !== "credential");
  const free = providers.filter(({ id }) => !linked.some((one) => one.providerId === id));
  if (linked.length + free.length === 0) return null;
  const nameOf = (id: string) => providers.find((one) => one.id === id)?.name ?? id;

  // The client sends the browser to the provider, which comes back to this page.
  const link = (provider: string) => task.run(provider, () => auth.linkSocial({ provider, callbackURL: securityPage, errorCallbackURL: securityPage }) as never);

  async function unlink() {
    if (!removing) return;
    const name = nameOf(removing.providerId);
    await task.run(removing.id, () => auth.unlinkAccount({ accountId: removing.id } as never), t("account.unlinked", { name }), reload);
    setRemoving(undefined);
    region.focus();
  }

  return (
    <Section title={t("account.ways")} intro={t("account.waysText")}>
      <div ref={region.ref} tabIndex={-1}>
        <Outcome task={task} />
        <ul class="list" aria-label={t("account.ways")}>
          {linked.map((one) => (
            <li key={one.id}>
              <div class="grow">
                <p class="name break">
                  {nameOf(one.providerId)} <Badge kind="good">{t("account.linked")}</Badge>
                </p>
                <p class="note break">{t("account.linkedSince", { date: formatDate(one.createdAt) })}</p>
              </div>
              <Small kind="danger" aria-label={t("account.unlinkNamed", { name: nameOf(one.providerId) })} onClick={() => (task.clear(), setRemoving(one))}>
                {t("account.unlink")}
              </Small>
            </li>
          ))}
          {free.map(({ id, name }) => (
            <li key={id}>
              <p class="name grow break">{name}</p>
              <Small busy={task.busy === id} aria-label={t("account.linkNamed", { name })} onClick={() => link(id)}>
                {t("account.link")}
              </Small>
            </li>
          ))}
        </ul>
      </div>
      <Confirm
        title={t("account.unlinkNamed", { name: removing ? nameOf(removing.providerId) : "" })}
        text={t("account.unlinkText", { name: removing ? nameOf(removing.providerId) : "" })}
        action={t("account.unlink")}
        open={removing !== undefined}
        busy={task.busy !== ""}
        error={task.failure && failureText(task.failure)}
        onConfirm={unlink}
        onClose={() => setRemoving(undefined)}
      />
    </Section>
  );
}
