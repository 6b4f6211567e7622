import type { ReactNode } from "react";
import { Logo } from "@/components/logo";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center px-4 py-10">
      <div className="mb-6 self-center">
        <Logo />
      </div>
      <div className="rounded-2xl border border-line bg-card p-6 shadow-sm sm:p-8">{children}</div>
    </main>
  );
}
