import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Badge, Button, Notice } from "../kit";
import { server } from "../server";
import { t } from "../texts";
import { auth, finish } from "./auth";
import { Sign } from "./parts";

// The server accepts an answer for five minutes, and people leave pages open: the offer is renewed before that.
const renewal = 4 * 60_000;

/** Offers passkeys: in the autofill of the address field, where the browser can do that, and behind a button. */
export function PasskeyButton({ last }: { last: boolean }) {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [offers, setOffers] = useState(0);
  const shown = useRef(true);

  const signIn = useCallback(async (autoFill: boolean) => {
    const { data, error } = (await auth.signIn.passkey({ autoFill }).catch(() => undefined)) ?? {};
    if (!shown.current) return;
    if (data) return finish(data);
    // Without a text of its own the error is the browser's: the person cancelled, or another ceremony began.
    const code = error && "code" in error ? String(error.code) : "";
    const text = code === "AUTH_CANCELLED" ? undefined : server.texts[`code.${code}`];
    if (autoFill && !text) return;
    setProblem(text ?? t("pages.signIn.passkeyFailed"));
    setBusy(false);
    setOffers((n) => n + 1);
  }, []);

  useEffect(() => () => void (shown.current = false), []);

  // The button's ceremony ends the offer, which begins again after that.
  useEffect(() => {
    if (busy) return;
    let timer: ReturnType<typeof setInterval> | undefined;
    let over = false;
    void globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.().then((can) => {
      if (!can || over) return;
      void signIn(true);
      timer = setInterval(() => void signIn(true), renewal);
    });
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [busy, offers]);

  return (
    <>
      {problem && <Notice kind="bad">{problem}</Notice>}
      <Button
        kind="plain"
        busy={busy}
        onClick={() => {
          setProblem("");
          setBusy(true);
          void signIn(false);
        }}
      >
        {!busy && <Sign of="passkey" />}
        {t("pages.signIn.withPasskey")}
        {last && <Badge>{t("pages.lastUsed")}</Badge>}
      </Button>
    </>
  );
}
