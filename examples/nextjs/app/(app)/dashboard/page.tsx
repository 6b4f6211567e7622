import type { Metadata } from "next";
import { ProfileForm } from "@/components/profile-form";
import { Card, PageTitle } from "@/components/ui";
import { requireSession } from "@/lib/session";

export const metadata: Metadata = { title: "Profile" };

const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });

export default async function Dashboard() {
  const { user, session } = await requireSession();
  const facts = [
    ["E-mail address", user.email],
    ["Address confirmed", user.emailVerified ? "Yes" : "Not yet"],
    ["Member since", day.format(new Date(user.createdAt))],
    ["This session ends", day.format(new Date(session.expiresAt))],
    ["User id", user.id],
  ];
  return (
    <>
      <PageTitle title={`Hello, ${user.name}`} text="This is what we know about you." />
      <div className="space-y-5">
        <Card title="Profile">
          <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-[11rem_1fr] sm:items-baseline">
            {facts.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-sm text-muted">{name}</dt>
                <dd className={`-mt-2 break-all sm:mt-0 ${name === "User id" ? "font-mono text-sm" : ""}`} data-fact={name}>
                  {value}
                </dd>
              </div>
            ))}
          </dl>
        </Card>
        <Card title="Name" text="Shown to you only, and in the tokens that your tasks are fetched with.">
          <ProfileForm name={user.name} />
        </Card>
      </div>
    </>
  );
}
