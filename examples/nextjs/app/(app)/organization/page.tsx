import type { Metadata } from "next";
import { OrganizationPage } from "@/components/organization/page";
import { requireSession } from "@/lib/session";

export const metadata: Metadata = { title: "Organization" };

export default async function Organization() {
  const { user } = await requireSession();
  return <OrganizationPage userId={user.id} />;
}
