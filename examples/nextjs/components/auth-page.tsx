import Link from "next/link";
import type { ReactNode } from "react";

/** The frame of the pages for people who are not signed in. */
export function AuthPage({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-1 mb-6 text-muted">{text}</p>
      {children}
    </>
  );
}

/** A line with a link below a form. */
export function Elsewhere({ text, href, children }: { text?: string; href: string; children: ReactNode }) {
  return (
    <p className="mt-4 text-center text-sm text-muted">
      {text}{" "}
      <Link href={href} className="font-medium text-accent underline-offset-4 hover:underline">
        {children}
      </Link>
    </p>
  );
}
