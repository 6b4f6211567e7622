// The session and the JWT, taken apart.
import { useEffect, useState } from "preact/hooks";
import { Badge, Button, Code, Copy, Notice, Section } from "../kit";
import { has } from "../server";
import { failureText, formatAgo, formatDate, t } from "../texts";
import type { Key as TextKey } from "../texts";
import { call, fetchKeys } from "./data";
import type { Signed } from "./data";
import { parse, verify } from "./token";
import type { Token, Verdict } from "./token";

export function SessionCard({ signed: { session, user } }: { signed: Signed }) {
  return (
    <Section title={t("home.session.title")} intro={t("home.session.intro")}>
      <dl>
        <dt>{t("home.session.user")}</dt>
        <dd class="mono">{user.id}</dd>
        <dt>{t("home.session.id")}</dt>
        <dd class="mono">{session.id}</dd>
        <dt>{t("home.session.created")}</dt>
        <dd>{formatDate(session.createdAt)}</dd>
        <dt>{t("home.session.expires")}</dt>
        <dd>
          {formatDate(session.expiresAt)} <span class="soft">({formatAgo(session.expiresAt)})</span>
        </dd>
        {session.ipAddress && (
          <>
            <dt>{t("home.session.address")}</dt>
            <dd class="mono">{session.ipAddress}</dd>
          </>
        )}
        {session.userAgent && (
          <>
            <dt>{t("home.session.browser")}</dt>
            <dd>{session.userAgent}</dd>
          </>
        )}
      </dl>
      <details>
        <summary>{t("home.session.whole")}</summary>
        <Code text={JSON.stringify({ session, user }, null, 2)} label={t("home.session.whole")} />
      </details>
    </Section>
  );
}

type Shown = { token: Token; verdict: Verdict };

export function TokenCard({ userId }: { userId: string }) {
  const [shown, show] = useState<Shown>();
  const [problem, setProblem] = useState("");
  const [asked, ask] = useState(0);
  const on = has("jwt");
  useEffect(() => {
    if (!on) return;
    let current = true;
    Promise.all([call<{ token: string }>("/token"), fetchKeys()]).then(async ([got, keys]) => {
      const token = got.data && parse(got.data.token);
      const verdict = token && (await verify(token, keys.data?.keys ?? []));
      if (!current) return;
      setProblem(got.error ? failureText(got.error) : "");
      if (token && verdict) show({ token, verdict });
    });
    return () => {
      current = false;
    };
  }, [on, userId, asked]);
  if (!on)
    return (
      <Section title={t("home.token.title")} intro={t("home.token.off")}>
        <Code text={"plugins:\n  jwt: {}"} label="betterauth.yaml" />
      </Section>
    );
  return (
    <Section
      title={t("home.token.title")}
      intro={t("home.token.intro")}
      action={
        <Button kind="plain" class="button plain small" onClick={() => ask(asked + 1)}>
          {t("home.token.again")}
        </Button>
      }
    >
      {problem && <Notice kind="bad">{problem}</Notice>}
      {shown && <Parts {...shown} />}
    </Section>
  );
}

const parts = ["header", "payload", "signature"] as const;

function Parts({ token, verdict }: Shown) {
  return (
    <>
      <div class="token">
        <p class="mono break" aria-label={t("home.token.title")} role="group">
          {token.parts.map((part, i) => (
            <span key={parts[i]} class={parts[i]}>
              {i > 0 && <span class="dot">.</span>}
              {part}
            </span>
          ))}
        </p>
        <Copy text={token.text} />
      </div>
      <div class="columns apart">
        <div>
          <h3 class="header">{t("home.token.header")}</h3>
          <Claims of={token.header} />
          <h3 class="signature">{t("home.token.signature")}</h3>
          <p>
            <Badge kind={verdict === "valid" ? "good" : verdict === "invalid" || verdict === "unknown-key" ? "bad" : "plain"}>{t(`home.verdict.${verdict}`)}</Badge>
          </p>
          <p class="soft small">{t("home.token.checked")}</p>
        </div>
        <div>
          <h3 class="payload">{t("home.token.claims")}</h3>
          <Claims of={token.claims} />
          <Expiry at={Number(token.claims.exp) * 1000} />
        </div>
      </div>
    </>
  );
}

const times = ["exp", "iat", "nbf"];
const explained = ["alg", "kid", "typ", "iss", "aud", "sub", "exp", "iat", "nbf", "jti", "sid"];

function Claims({ of }: { of: Record<string, unknown> }) {
  return (
    <dl class="claims">
      {Object.entries(of).map(([name, value]) => (
        <>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            <span class="mono">{typeof value === "string" ? value : JSON.stringify(value)}</span>
            {explained.includes(name) && (
              <span class="soft small">
                {t(`home.claim.${name}` as TextKey)}
                {times.includes(name) && `: ${formatDate(Number(value) * 1000)}`}
              </span>
            )}
          </dd>
        </>
      ))}
    </dl>
  );
}

/** Counts down to the end of a token. */
function Expiry({ at }: { at: number }) {
  const [now, tick] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (!at) return null;
  return <p class="soft expiry">{at > now ? t("home.token.expires", { when: formatAgo(at) }) : t("home.token.expired")}</p>;
}
