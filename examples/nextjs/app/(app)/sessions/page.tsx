import type { Metadata } from "next";
import { SessionList } from "@/components/session-list";
import { Card, PageTitle } from "@/components/ui";
import { requireSession } from "@/lib/session";

export const metadata: Metadata = { title: "Sessions" };

export default async function Sessions() {
  const { session } = await requireSession();
  return (
    <>
      <PageTitle title="Sessions" text="Every browser that is signed in to your account." />
      <Card>
        <SessionList currentId={session.id} />
      </Card>
    </>
  );
}
