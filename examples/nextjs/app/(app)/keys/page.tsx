import type { Metadata } from "next";
import { KeyList } from "@/components/key-list";
import { Card, PageTitle } from "@/components/ui";

export const metadata: Metadata = { title: "API keys" };

export default function Keys() {
  return (
    <>
      <PageTitle title="API keys" text="For programs that work in your name, such as scripts." />
      <Card>
        <KeyList />
      </Card>
    </>
  );
}
