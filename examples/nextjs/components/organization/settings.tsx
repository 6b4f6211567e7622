"use client";

import { useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { allows, enter, organizationErrors, type Organization } from "@/lib/organization";
import { useAction } from "@/lib/use-action";
import { Alert, Button, Card, Done, Field } from "../ui";

/** The name of an organization, leaving it, and its end. */
export function OrganizationSettings({ organization, role }: { organization: Organization; role: string }) {
  const { busy, problem, done, run } = useAction(organizationErrors);
  const [ending, setEnding] = useState<"" | "leave" | "delete">("");
  const mayUpdate = allows(role, { organization: ["update"] });
  const mayDelete = allows(role, { organization: ["delete"] });
  const organizationId = organization.id;

  async function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("newName")).trim();
    if (name && name !== organization.name) await run("rename", () => authClient.organization.update({ organizationId, data: { name } }), "Saved.");
  }
  async function end() {
    const ended = await run("end", async () => {
      const { error } = await (ending === "leave" ? authClient.organization.leave({ organizationId }) : authClient.organization.delete({ organizationId }));
      return error ? { error } : enter(null);
    });
    if (!ended) setEnding("");
  }

  return (
    <Card title="Settings">
      <div className="space-y-5">
        {problem && <Alert>{problem}</Alert>}
        {done && <Done>{done}</Done>}
        {mayUpdate && (
          <form method="post" onSubmit={rename} className="flex flex-wrap items-end gap-3">
            <div className="min-w-48 flex-1">
              <Field name="newName" label="Name of the organization" defaultValue={organization.name} maxLength={80} />
            </div>
            <Button kind="plain" type="submit" busy={busy === "rename"}>
              Save name
            </Button>
          </form>
        )}
        {ending ? (
          <div className="space-y-3">
            <p role="status" className="text-sm">
              {ending === "leave" ? "You will no longer see anything of it. Somebody has to invite you to come back." : "Members, teams and invitations are deleted. This cannot be undone."}
            </p>
            <div className="flex flex-wrap gap-2">
              <Button kind="danger" small busy={busy === "end"} onClick={end}>
                {ending === "leave" ? `Leave ${organization.name}` : `Delete ${organization.name}`}
              </Button>
              <Button kind="plain" small autoFocus onClick={() => setEnding("")}>
                Cancel
              </Button>
            </div>
          </div>
        ) : (
          <div className="flex flex-wrap gap-2">
            <Button kind="plain" small onClick={() => setEnding("leave")}>
              Leave organization
            </Button>
            {mayDelete && (
              <Button kind="danger" small onClick={() => setEnding("delete")}>
                Delete organization
              </Button>
            )}
          </div>
        )}
      </div>
    </Card>
  );
}
