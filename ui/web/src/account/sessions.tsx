// /account/sessions: where the user is signed in.
import { useState } from "preact/hooks";
import { Badge, Confirm, Section } from "../kit";
import { failureText, formatAgo, formatDate, t } from "../texts";
import { auth } from "./client";
import type { Session } from "./client";
import { deviceName } from "./device";
import { Frame } from "./frame";
import { Small } from "./parts";
import { Outcome, useList, useRegion, useSignedIn, useTask, Waiting } from "./state";

export function SessionsPage() {
  const { session } = useSignedIn();
  const task = useTask();
  const region = useRegion();
  const list = useList<Session[]>(() => auth.listSessions() as never);
  const [ending, setEnding] = useState<Session | "others">();
  const isCurrent = (one: Session) => one.id === session.id;
  const rows = [...(list.data ?? [])].sort((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)) || new Date(b.createdAt).getTime() - new Date(a.createdAt).getTime());

  async function end() {
    if (!ending) return;
    const done =
      ending === "others"
        ? await task.run("end", () => auth.revokeOtherSessions(), t("account.othersEnded"), list.reload)
        : await task.run("end", () => auth.revokeSession({ token: ending.token }), t("account.sessionEnded"), list.reload);
    if (!done) return;
    setEnding(undefined);
    region.focus();
  }

  return (
    <Frame title={t("account.sessions")} current="/account/sessions">
      <Section
        title={t("account.devices")}
        intro={t("account.devicesText")}
        action={
          rows.length > 1 && (
            <Small kind="danger" onClick={() => (task.clear(), setEnding("others"))}>
              {t("account.endOthers")}
            </Small>
          )
        }
      >
        <div ref={region.ref} tabIndex={-1}>
          {!ending && <Outcome task={task} />}
          {!list.data ? (
            <Waiting failure={list.failure} />
          ) : (
            <ul class="list" aria-label={t("account.devices")}>
              {rows.map((one) => (
                <li key={one.id}>
                  <div class="grow">
                    <p class="name break">
                      {deviceName(one.userAgent)} {isCurrent(one) && <Badge kind="good">{t("account.current")}</Badge>}
                    </p>
                    <p class="note break" title={one.userAgent ?? undefined}>
                      {one.ipAddress && `${one.ipAddress} · `}
                      <time dateTime={new Date(one.createdAt).toISOString()} title={formatDate(one.createdAt)}>
                        {t("account.signedIn", { ago: formatAgo(one.createdAt) })}
                      </time>
                    </p>
                  </div>
                  {!isCurrent(one) && (
                    <Small kind="danger" aria-label={t("account.endNamed", { name: deviceName(one.userAgent) })} onClick={() => (task.clear(), setEnding(one))}>
                      {t("account.end")}
                    </Small>
                  )}
                </li>
              ))}
            </ul>
          )}
        </div>
      </Section>
      <Confirm
        title={ending === "others" ? t("account.endOthers") : t("account.endNamed", { name: deviceName(ending?.userAgent) })}
        text={ending === "others" ? t("account.endOthersText") : t("account.endText")}
        action={ending === "others" ? t("account.endOthers") : t("account.end")}
        open={ending !== undefined}
        busy={task.busy === "end"}
        error={task.failure && failureText(task.failure)}
        onConfirm={end}
        onClose={() => setEnding(undefined)}
      />
    </Frame>
  );
}
