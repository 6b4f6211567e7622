import Link from "next/link";
import { buttonStyle } from "@/components/ui";

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center px-4">
      <h1 className="text-2xl font-semibold tracking-tight">There is nothing here</h1>
      <p className="mt-1 mb-6 text-muted">The address may have a typing mistake.</p>
      <Link href="/" className={buttonStyle("primary")}>
        Go to the start
      </Link>
    </main>
  );
}
