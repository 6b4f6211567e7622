import { Badge, Button, Section } from "../kit";
import { t } from "../texts";
import { get, post } from "./api";
import type { Message } from "./api";
import { Ago, Listing, formatNumber, optional, useQuestion } from "./parts";
import { useData, useEvery } from "./state";

interface Mail {
  waiting: number;
  failed: number;
  messages: Message[];
  may: boolean;
}

const hasFailed = (one: Message) => one.state === "failed";

export function MailPage() {
  const { data, error, loading, reload } = useData(() => get<Mail>("/console/mail", { limit: 100 }), []);
  useEvery(10, () => void reload());
  const { ask, dialog } = useQuestion(() => void reload());
  const messages = data?.messages ?? [];
  const failed = messages.filter(hasFailed);
  const retry = (some: Message[]) =>
    ask({
      title: t("console.retry"),
      text: some.length === 1 ? t("console.retryOne", { to: some[0].to }) : t("console.retryMany", { count: formatNumber(some.length) }),
      action: t("console.retry"),
      run: () => post("/console/mail/retry", { ids: some.map((one) => one.id) }),
      done: t("console.retried"),
    });
  const remove = (one: Message) =>
    ask({
      title: t("console.delete"),
      text: t("console.deleteMailText", { to: one.to, subject: one.subject }),
      action: t("console.delete"),
      run: () => post("/console/mail/delete", { ids: [one.id] }),
      done: t("console.mailDeleted"),
    });
  return (
    <Section
      title={t("console.queue")}
      intro={data && t("console.queueText", { waiting: formatNumber(data.waiting), failed: formatNumber(data.failed) })}
      action={
        data?.may &&
        failed.length > 1 && (
          <Button kind="plain" onClick={() => retry(failed)}>
            {t("console.retryAll")}
          </Button>
        )
      }
    >
      {dialog}
      <Listing
        label={t("console.queue")}
        data={{ error, loading: loading && !data }}
        rows={messages}
        empty={t("console.noMail")}
        columns={[
          {
            title: t("console.message"),
            cell: (one) => (
              <div class="who">
                <span>{one.subject || one.kind}</span>
                <span class="soft">{one.to}</span>
                {one.lastError && <span class="note bad">{one.lastError}</span>}
              </div>
            ),
          },
          {
            title: t("console.status"),
            cell: (one) => (
              <>
                <Badge kind={hasFailed(one) ? "bad" : "plain"}>{hasFailed(one) ? t("console.notSent") : optional(`console.state.${one.state}`, one.state)}</Badge>
                {one.attempts > 0 && <p class="note">{t("console.attempts", { count: formatNumber(one.attempts) })}</p>}
              </>
            ),
          },
          { title: t("console.time"), class: "only-wide nowrap", cell: (one) => <Ago at={one.at} /> },
          {
            title: t("console.actions"),
            hidden: true,
            class: "right",
            cell: (one) =>
              data?.may &&
              hasFailed(one) && (
                <div class="row">
                  <Button kind="plain" class="small" aria-label={`${t("console.retry")}: ${one.to}`} onClick={() => retry([one])}>
                    {t("console.retry")}
                  </Button>
                  <Button kind="danger" class="small" aria-label={`${t("console.delete")}: ${one.to}`} onClick={() => remove(one)}>
                    {t("console.delete")}
                  </Button>
                </div>
              ),
          },
        ]}
      />
    </Section>
  );
}
