"use client";

import { useState } from "react";

/** What the server tells everybody about an application. All of it was written by its owner. */
export type Application = { client_id: string; client_name?: string; client_uri?: string; logo_uri?: string; policy_uri?: string; tos_uri?: string };

const isWeb = (address = "") => /^https?:\/\//i.test(address);

/** The picture of an application, or the first letter of its name. */
export function ApplicationLogo({ name, src = "" }: { name: string; src?: string }) {
  const [broken, setBroken] = useState(false);
  const className = "grid size-10 shrink-0 place-items-center rounded-xl bg-accent-soft font-semibold text-accent";
  if (isWeb(src) && !broken) return <img src={src} alt="" referrerPolicy="no-referrer" className={`${className} object-contain`} onError={() => setBroken(true)} />;
  return (
    <span aria-hidden="true" className={className}>
      {[...name][0]?.toUpperCase()}
    </span>
  );
}

/** A link to a page of an application; only of the web. */
export function ApplicationLink({ to, children }: { to?: string; children: string }) {
  if (!isWeb(to)) return null;
  return (
    <a href={to} target="_blank" rel="noopener noreferrer" className="font-medium text-accent underline-offset-4 hover:underline">
      {children}
    </a>
  );
}
