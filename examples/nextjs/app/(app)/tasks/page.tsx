import type { Metadata } from "next";
import { TaskList } from "@/components/task-list";
import { Card, PageTitle } from "@/components/ui";
import { requireSession } from "@/lib/session";

export const metadata: Metadata = { title: "Tasks" };

export default async function Tasks() {
  const { user } = await requireSession();
  return (
    <>
      <PageTitle title="Tasks" text="Kept by a service of its own, which knows you by a signed token." />
      <Card>
        <TaskList userId={user.id} />
      </Card>
    </>
  );
}
