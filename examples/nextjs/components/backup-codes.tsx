"use client";

import { useState } from "react";
import { Button } from "./ui";

/** Shows backup codes. The server answers with them only when they are made. */
export function BackupCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [copied, setCopied] = useState("");

  const copy = () =>
    navigator.clipboard.writeText(codes.join("\n")).then(
      () => setCopied("Copied"),
      () => setCopied("Copying is not allowed here: select the codes"),
    );

  return (
    <section aria-label="Backup codes" className="rounded-xl border border-line p-4 sm:p-5">
      <h3 className="text-sm font-medium">Keep these backup codes</h3>
      <p className="mt-1 text-sm text-muted">Each one replaces the app once, for the day when you do not have it. They are shown only now.</p>
      <ul className="mt-4 grid w-fit grid-cols-2 gap-x-8 gap-y-1.5 font-mono text-sm">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-5 flex flex-wrap gap-2">
        <Button kind="plain" small type="button" onClick={copy}>
          <span role="status">{copied || "Copy all"}</span>
        </Button>
        <Button kind="plain" small type="button" onClick={onClose}>
          I have kept them
        </Button>
      </div>
    </section>
  );
}
