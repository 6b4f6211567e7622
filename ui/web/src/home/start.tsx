// The first view: an account, the messages, the session and its token.
import { useEffect, useRef, useState } from "preact/hooks";
import { Badge, Button, Copy, Empty, Notice, Section, useCall } from "../kit";
import { has, page, server } from "../server";
import { formatAgo, t } from "../texts";
import { auth, fetchPart } from "./data";
import type { Letter, Signed } from "./data";
import { Forms } from "./forms";
import { Hidden } from "./later";
import { Passkeys } from "./passkeys";
import { SessionCard, TokenCard } from "./session";

export function Start({ signed }: { signed: Signed | null | undefined }) {
  const [resetting, setResetting] = useState(() => query().has("token"));
  const [problem] = useState(() => query().get("error"));
  const known = useRef(false); // somebody was signed in here before
  if (signed) known.current = true;
  return (
    <>
      {problem && problem !== "INVALID_TOKEN" && <Notice kind="bad">{t("home.linkProblem", { code: problem })}</Notice>}
      <div class="columns">
        {signed && !resetting ? <Account signed={signed} /> : <Forms ready={signed !== undefined} known={known.current} onReset={() => setResetting(false)} />}
        <Outbox />
      </div>
      {has("passkey") && <Passkeys signed={Boolean(signed)} />}
      {signed && <TokenCard userId={signed.user.id} />}
      {signed && <SessionCard signed={signed} />}
    </>
  );
}

const query = () => new URLSearchParams(location.search);

function Account({ signed: { user } }: { signed: Signed }) {
  const { busy, error, run } = useCall();
  const [sent, setSent] = useState(false);
  const verify = async () => {
    if (await run(() => auth.sendVerificationEmail({ email: user.email, callbackURL: location.pathname }))) setSent(true);
  };
  return (
    <Section title={t("home.account.title")} intro={t("home.account.intro")}>
      <div class="person">
        <span class="initials" aria-hidden="true">
          {initials(user.name || user.email)}
        </span>
        <div class="grow">
          <p class="name break">{user.name}</p>
          <p class="soft break">{user.email}</p>
        </div>
      </div>
      <p class="row">
        {user.emailVerified ? <Badge kind="good">{t("home.account.verified")}</Badge> : <Badge>{t("home.account.unverified")}</Badge>}
        {!user.emailVerified && server.features.verifyEmail && (
          <Button kind="link" busy={busy} onClick={verify}>
            {t("home.account.verify")}
          </Button>
        )}
      </p>
      {error && <Notice kind="bad">{error}</Notice>}
      {sent && <Notice kind="good">{t("home.account.sent")}</Notice>}
      <a class="button plain" href={page("/account")}>
        {t("home.account.open")}
      </a>
    </Section>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}

const every = 2000; // milliseconds between two looks at the outbox

function Outbox() {
  const [letters, set] = useState<Letter[] | null>();
  useEffect(() => {
    let timer = 0;
    let current = true;
    const look = async () => {
      if (!document.hidden) {
        const part = await fetchPart("outbox");
        if (!current) return;
        set((before) => (part ? (same(before, part.messages) ? before : part.messages) : (before ?? null)));
      }
      timer = window.setTimeout(look, every);
    };
    look();
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, []);
  return (
    <Section title={t("home.outbox.title")} intro={t("home.outbox.intro")}>
      <p class="hidden" role="status">
        {letters?.[0] ? t("home.outbox.new", { subject: letters[0].subject }) : ""}
      </p>
      {letters === null && <Hidden />}
      {letters?.length === 0 && <Empty>{t("home.outbox.empty")}</Empty>}
      {letters && letters.length > 0 && (
        <ul class="list letters">
          {letters.map((letter) => (
            <Message key={letter.id} letter={letter} />
          ))}
        </ul>
      )}
    </Section>
  );
}

const same = (a: Letter[] | null | undefined, b: Letter[]) => a?.length === b.length && a[0]?.id === b[0]?.id;

function Message({ letter }: { letter: Letter }) {
  return (
    <li>
      <div class="grow">
        <p class="name break">{letter.subject}</p>
        <p class="soft break">{letter.to}</p>
        <p class="soft small">
          <time dateTime={letter.at}>{formatAgo(letter.at)}</time>
        </p>
        <details>
          <summary>{t("home.outbox.text")}</summary>
          <pre class="letter" tabIndex={0} aria-label={letter.subject}>
            {letter.text}
          </pre>
        </details>
      </div>
      {letter.url && (
        <a class="button plain small" href={opened(letter.url)}>
          {t("home.outbox.open")}
        </a>
      )}
      {letter.code && (
        <span class="row">
          <code>{letter.code}</code>
          <Copy text={letter.code} />
        </span>
      )}
    </li>
  );
}

/** Returns the address of a link if it is a web address. */
function opened(url: string): string | undefined {
  return /^https?:\/\//.test(url) ? url : undefined;
}
