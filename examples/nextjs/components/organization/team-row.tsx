"use client";

import { useCallback, useEffect, useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import type { Organization } from "@/lib/organization";
import { Button, Field } from "../ui";
import type { Team } from "./teams";

type Call = () => Promise<{ error: { code?: string; message?: string } | null }>;
type Props = { team: Team; organization: Organization; mayChange: boolean; busy: boolean; run: (call: Call, said: string) => Promise<boolean>; onRemoved: () => void };

/** A team and who is in it. */
export function TeamRow({ team, organization, mayChange, busy, run, onRemoved }: Props) {
  const [state, setState] = useState<"shown" | "changing" | "removing">("shown");
  const [inside, setInside] = useState<Set<string>>();

  const load = useCallback(async () => {
    const { data } = await authClient.organization.listTeamMembers({ query: { teamId: team.id } });
    setInside(data ? new Set(data.map((m) => m.userId)) : undefined);
  }, [team.id]);
  useEffect(() => void load(), [load]);

  async function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get(`team-${team.id}`)).trim();
    if (!name || name === team.name) return setState("shown");
    if (await run(() => authClient.organization.updateTeam({ teamId: team.id, data: { name } }), `The team is now called “${name}”.`)) setState("shown");
  }
  async function place(userId: string, name: string, isIn: boolean) {
    const input = { teamId: team.id, userId, organizationId: organization.id };
    await run(() => (isIn ? authClient.organization.removeTeamMember(input) : authClient.organization.addTeamMember(input)), `${name} is ${isIn ? "no longer" : "now"} in “${team.name}”.`);
    await load();
  }
  async function remove() {
    const removed = await run(() => authClient.organization.removeTeam({ teamId: team.id, organizationId: organization.id }), `The team “${team.name}” is removed.`);
    if (removed) onRemoved();
    else setState("shown");
  }

  const people = inside && organization.members.filter((m) => inside.has(m.userId)).map((m) => m.user.name);
  return (
    <li className="space-y-4 py-4 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="font-medium break-words">{team.name}</p>
          <p className="mt-0.5 text-sm text-muted">
            {state === "removing" ? <span role="status">Its members stay in the organization.</span> : !people ? "Only its members see who is in it." : people.length > 0 ? people.join(", ") : "Nobody is in it yet."}
          </p>
        </div>
        {mayChange && state === "shown" && (
          <div className="flex gap-2">
            <Button kind="plain" small onClick={() => setState("changing")} aria-label={`Change ${team.name}`}>
              Change
            </Button>
            <Button kind="danger" small onClick={() => setState("removing")} aria-label={`Remove ${team.name}`}>
              Remove
            </Button>
          </div>
        )}
        {state === "removing" && (
          <div className="flex gap-2">
            <Button kind="danger" small busy={busy} onClick={remove}>
              Remove team
            </Button>
            <Button kind="plain" small autoFocus onClick={() => setState("shown")}>
              Keep it
            </Button>
          </div>
        )}
      </div>
      {state === "changing" && (
        <div className="space-y-4 rounded-xl bg-paper p-4">
          <form method="post" onSubmit={rename} className="flex flex-wrap items-end gap-2">
            <div className="min-w-48 flex-1">
              <Field name={`team-${team.id}`} label="Name of the team" defaultValue={team.name} maxLength={60} autoFocus />
            </div>
            <Button type="submit" busy={busy}>
              Save team name
            </Button>
            <Button kind="plain" type="button" onClick={() => setState("shown")}>
              Close
            </Button>
          </form>
          {inside && (
            <fieldset>
              <legend className="text-sm font-medium">Who is in it</legend>
              <div className="mt-1 flex flex-wrap gap-x-5">
                {organization.members.map(({ userId, user }) => (
                  <label key={userId} className="flex min-h-9 items-center gap-2 text-sm">
                    <input type="checkbox" className="size-4 accent-accent" checked={inside.has(userId)} disabled={busy} onChange={() => place(userId, user.name, inside.has(userId))} />
                    {user.name}
                  </label>
                ))}
              </div>
            </fieldset>
          )}
        </div>
      )}
    </li>
  );
}
