import type { Metadata } from "next";
import { Invitation } from "@/components/organization/invitation";

export const metadata: Metadata = { title: "Invitation" };

/** The target of the link in an invitation mail. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <Invitation id={decodeURIComponent((await params).id)} />;
}
