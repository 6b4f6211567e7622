"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Logo } from "./logo";
import { OrganizationSwitcher } from "./organization/switcher";
import { SignOutButton } from "./sign-out-button";

const places = [
  ["/dashboard", "Profile"],
  ["/tasks", "Tasks"],
  ["/organization", "Organization"],
  ["/keys", "API keys"],
  ["/applications", "Applications"],
  ["/sessions", "Sessions"],
  ["/security", "Security"],
];

export function Nav() {
  const here = usePathname();
  return (
    <header className="border-b border-line bg-card">
      <div className="mx-auto flex max-w-3xl flex-wrap items-center justify-between gap-x-6 px-4 sm:px-6">
        <div className="flex min-w-0 items-center gap-4 py-3.5">
          <Logo />
          <OrganizationSwitcher />
        </div>
        <nav aria-label="Main" className="order-last -mx-2.5 w-full">
          <ul className="flex flex-wrap gap-x-1">
            {places.map(([href, name]) => (
              <li key={href}>
                <Link
                  href={href}
                  aria-current={here === href ? "page" : undefined}
                  className="-mb-px flex min-h-11 items-center border-b-2 border-transparent px-2.5 text-sm text-muted hover:text-ink aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink"
                >
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <SignOutButton />
      </div>
    </header>
  );
}
