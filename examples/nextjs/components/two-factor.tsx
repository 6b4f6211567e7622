"use client";

import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { focusFirst, formErrors, type FormErrors } from "@/lib/form-error";
import { AppSetup } from "./app-setup";
import { BackupCodes } from "./backup-codes";
import { Alert, Button, Done, Field } from "./ui";

type Asking = "enable" | "codes" | "disable";

const questions: Record<Asking, { text: string; button: string }> = {
  enable: { text: "Confirm that it is you, then connect an authenticator app.", button: "Continue" },
  codes: { text: "New backup codes replace the ones you have. Confirm that it is you.", button: "Create new codes" },
  disable: { text: "Your password alone will sign you in again, and your backup codes stop working.", button: "Turn off" },
};

/** Sets up the second step of a sign-in, an authenticator app with backup codes, and turns it off. */
export function TwoFactor({ enabled }: { enabled: boolean }) {
  const router = useRouter();
  const region = useRef<HTMLDivElement>(null);
  const [asking, setAsking] = useState<Asking>();
  const [setup, setSetup] = useState<{ totpURI: string; backupCodes: string[] }>();
  const [codes, setCodes] = useState<string[]>();
  const [errors, setErrors] = useState<FormErrors>({});
  const [done, setDone] = useState("");
  const [busy, setBusy] = useState(false);

  /** Shows the buttons again. The focus stays here: the form that had it is gone. */
  function close(said = "") {
    setAsking(undefined);
    setSetup(undefined);
    setErrors({});
    setBusy(false);
    setDone(said);
    region.current?.focus();
  }

  async function ask(what: Asking) {
    setDone("");
    setErrors({});
    if (what === "enable") {
      // The step comes after a password. Who signs in with a provider has it there.
      setBusy(true);
      const { data } = await authClient.listAccounts();
      setBusy(false);
      if (data && !data.some((a) => a.providerId === "credential")) return setErrors({ form: "This step comes after a password, and you have none. Set one under “Ways to sign in” first." });
    }
    setAsking(what);
  }

  async function send(what: Asking, password: string) {
    if (what === "enable") {
      const { data, error } = await authClient.twoFactor.enable({ password });
      if (error) return error;
      setSetup(data as { totpURI: string; backupCodes: string[] });
      setAsking(undefined);
      setBusy(false);
    } else if (what === "codes") {
      const { data, error } = await authClient.twoFactor.generateBackupCodes({ password });
      if (error) return error;
      setCodes(data.backupCodes);
      close("You have new backup codes. The old ones no longer work.");
    } else {
      const { error } = await authClient.twoFactor.disable({ password });
      if (error) return error;
      setCodes(undefined);
      close("Two-step sign-in is off.");
      router.refresh();
    }
    return null;
  }

  async function confirm(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const password = String(new FormData(form).get("confirmation"));
    setErrors({});
    setBusy(true);
    const error = await send(asking!, password);
    if (!error) return;
    const { password: wrong, ...others } = formErrors(error);
    const found = wrong ? { confirmation: wrong } : others;
    setErrors(found);
    setBusy(false);
    focusFirst(form, found);
  }

  function connected() {
    setCodes(setup?.backupCodes);
    close("Two-step sign-in is on.");
    router.refresh();
  }

  return (
    <div ref={region} tabIndex={-1} className="space-y-5 outline-none">
      {done && <Done>{done}</Done>}
      {errors.form && <Alert>{errors.form}</Alert>}
      {codes && <BackupCodes codes={codes} onClose={() => (setCodes(undefined), close())} />}
      {setup ? (
        <AppSetup uri={setup.totpURI} onDone={connected} onCancel={() => close()} />
      ) : asking ? (
        <form method="post" onSubmit={confirm} noValidate className="space-y-4">
          <p className="text-sm">{questions[asking].text}</p>
          <Field name="confirmation" label="Your password" type="password" autoComplete="current-password" error={errors.confirmation} autoFocus />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" kind={asking === "disable" ? "danger" : "primary"} busy={busy}>
              {questions[asking].button}
            </Button>
            <Button kind="plain" type="button" onClick={() => close()}>
              Cancel
            </Button>
          </div>
        </form>
      ) : enabled ? (
        <div className="flex flex-wrap gap-2">
          <Button kind="plain" small onClick={() => ask("codes")}>
            New backup codes
          </Button>
          <Button kind="danger" small onClick={() => ask("disable")}>
            Turn off
          </Button>
        </div>
      ) : (
        <Button kind="plain" small busy={busy} onClick={() => ask("enable")}>
          Set up an authenticator app
        </Button>
      )}
    </div>
  );
}
