"use client";

import { useCallback, useEffect, useState, type FormEvent } from "react";
import { authClient } from "@/lib/auth-client";
import { organizationErrors, type Organization } from "@/lib/organization";
import { useAction } from "@/lib/use-action";
import { Alert, Button, Done, Field, Skeleton } from "../ui";
import { TeamRow } from "./team-row";

export type Team = { id: string; name: string };

/** The teams of an organization: they can be created, renamed, filled and removed. */
export function TeamList({ organization, userId, mayChange }: { organization: Organization; userId: string; mayChange: boolean }) {
  const { busy, problem, done, run, region, focus, setProblem, explain } = useAction(organizationErrors);
  const [teams, setTeams] = useState<Team[]>();
  const [wrong, setWrong] = useState("");

  const load = useCallback(async () => {
    const { data, error } = await authClient.organization.listTeams({ query: { organizationId: organization.id } });
    if (error) setProblem(explain(error));
    else setTeams([...data].sort((a, b) => +new Date(a.createdAt) - +new Date(b.createdAt)));
  }, [organization.id, setProblem, explain]);
  useEffect(() => void load(), [load]);

  async function create(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("teamName")).trim();
    setWrong(name ? "" : "Give the team a name.");
    if (!name) return;
    const call = async () => {
      const { data, error } = await authClient.organization.createTeam({ name, organizationId: organization.id });
      // Only its members see who is in a team, so who makes one is the first.
      return error ? { error } : authClient.organization.addTeamMember({ teamId: data.id, userId, organizationId: organization.id });
    };
    if (await run("create", call, `The team “${name}” is there.`, load)) form.reset();
  }

  if (!teams) return problem ? <Alert>{problem}</Alert> : <Skeleton rows={1} label="Loading teams" />;
  return (
    <div ref={region} tabIndex={-1} className="space-y-5 outline-none">
      {problem && <Alert>{problem}</Alert>}
      {done && <Done>{done}</Done>}
      {teams.length === 0 ? (
        <p className="text-sm text-muted">No teams yet.</p>
      ) : (
        <ul className="divide-y divide-line" aria-label="Teams">
          {teams.map((team) => (
            <TeamRow
              key={team.id}
              team={team}
              organization={organization}
              mayChange={mayChange}
              busy={busy === team.id}
              run={(call, said) => run(team.id, call, said, load)}
              onRemoved={focus}
            />
          ))}
        </ul>
      )}
      {mayChange && (
        <form method="post" onSubmit={create} noValidate className="flex flex-wrap items-end gap-3">
          <div className="min-w-48 flex-1">
            <Field name="teamName" label="Name of a new team" maxLength={60} autoComplete="off" error={wrong || undefined} />
          </div>
          <Button kind="plain" type="submit" busy={busy === "create"}>
            Add team
          </Button>
        </form>
      )}
    </div>
  );
}
