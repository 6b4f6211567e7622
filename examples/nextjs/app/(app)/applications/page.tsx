import type { Metadata } from "next";
import { ConnectedList } from "@/components/application/connected-list";
import { OwnList } from "@/components/application/own-list";
import { Card, PageTitle } from "@/components/ui";

export const metadata: Metadata = { title: "Applications" };

export default function Applications() {
  return (
    <>
      <PageTitle title="Applications" text="Other programs in which you sign in with your Taskbook account." />
      <div className="space-y-5">
        <Card title="Connected applications" text="What you have allowed. After disconnecting, an application has to ask you again.">
          <ConnectedList />
        </Card>
        <Card title="Your applications" text="For developers: programs of yours in which people sign in with Taskbook.">
          <OwnList />
        </Card>
      </div>
    </>
  );
}
