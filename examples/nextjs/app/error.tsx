"use client";

import { Button } from "@/components/ui";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center px-4" role="alert">
      <h1 className="text-2xl font-semibold tracking-tight">That did not work</h1>
      <p className="mt-1 mb-6 text-muted">The server could not answer just now. Nothing of yours is lost.</p>
      <Button onClick={reset}>Try again</Button>
    </main>
  );
}
