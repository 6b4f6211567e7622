import { Badge, Notice, Section } from "../kit";
import { has } from "../server";
import { formatDate, t } from "../texts";
import { get } from "./api";
import type { Invitation, Member, Organization } from "./api";
import { Ago, Loaded, Pager, Search, Table, To, formatDay, formatNumber, optional, rowsPerPage } from "./parts";
import { Without } from "./without";
import { useData, useQuery } from "./state";

export function OrganizationsPage() {
  return has("organization") ? <List /> : <Without plugin="organization" />;
}

function List() {
  const { value, set, page: current } = useQuery();
  const search = value("search");
  const { data, error, loading } = useData(
    () => get<{ organizations: Organization[]; total: number }>("/console/organizations", { search, limit: rowsPerPage, offset: (current - 1) * rowsPerPage }),
    [search, current],
  );
  const list = data?.organizations ?? [];
  return (
    <Section title={t("console.allOrganizations")}>
      <div class="filters">
        <Search label={t("console.search")} value={search} onSearch={(text) => set({ search: text, page: 1 })} />
      </div>
      <Loaded error={error} loading={loading} empty={list.length === 0} emptyText={search ? t("console.noMatch") : t("console.noOrganizations")}>
        <Table
          label={t("console.organizations")}
          head={
            <>
              <th scope="col">{t("console.name")}</th>
              <th scope="col" class="only-wide">
                {t("console.slug")}
              </th>
              <th scope="col" class="right">
                {t("console.members")}
              </th>
              <th scope="col" class="only-wide">
                {t("console.created")}
              </th>
            </>
          }
        >
          {list.map((one) => (
            <tr key={one.id}>
              <td>
                <div class="who">
                  <To path={`/console/organizations/${encodeURIComponent(one.id)}`}>{one.name || one.slug}</To>
                </div>
              </td>
              <td class="only-wide break">{one.slug}</td>
              <td class="right">
                <span class="only-narrow soft">{t("console.members")}: </span>
                {formatNumber(one.members)}
              </td>
              <td class="only-wide nowrap">
                <Ago at={one.createdAt} />
              </td>
            </tr>
          ))}
        </Table>
      </Loaded>
      {!error && <Pager current={current} total={data?.total ?? 0} onPage={(next) => set({ page: next })} />}
    </Section>
  );
}

interface Details {
  organization: Organization;
  members: Member[];
  membersTotal: number;
  invitations: Invitation[];
}

export function OrganizationPage({ id }: { id: string }) {
  const { data, error, loading } = useData(() => get<Details>("/console/organization", { id }), [id]);
  return (
    <>
      <To path="/console/organizations" class="back">
        ← {t("console.allOrganizations")}
      </To>
      {error && data && <Notice kind="bad">{error}</Notice>}
      {data ? (
        <Detail data={data} />
      ) : (
        <Loaded error={error} loading={loading} empty emptyText={t("console.noMatch")}>
          {null}
        </Loaded>
      )}
    </>
  );
}

function Detail({ data }: { data: Details }) {
  const { organization, members, membersTotal, invitations } = data;
  return (
    <>
      <Section title={organization.name || organization.slug}>
        <dl>
          <dt>{t("console.slug")}</dt>
          <dd>{organization.slug}</dd>
          <dt>{t("console.id")}</dt>
          <dd class="mono">{organization.id}</dd>
          <dt>{t("console.created")}</dt>
          <dd>{formatDate(organization.createdAt)}</dd>
        </dl>
      </Section>
      <Section title={t("console.members")} intro={membersTotal > members.length && t("console.membersShown", { count: formatNumber(members.length), total: formatNumber(membersTotal) })}>
        <Loaded error="" loading={false} empty={members.length === 0} emptyText={t("console.noMembers")}>
          <Table
            label={t("console.members")}
            head={
              <>
                <th scope="col">{t("console.name")}</th>
                <th scope="col">{t("console.role")}</th>
                <th scope="col" class="only-wide">
                  {t("console.joined")}
                </th>
              </>
            }
          >
            {members.map((one) => (
              <tr key={one.id}>
                <td>
                  <div class="who">
                    <To path={`/console/users/${encodeURIComponent(one.userId)}`}>{one.user?.name || one.user?.email || one.userId}</To>
                    <span class="soft">{one.user?.email}</span>
                  </div>
                </td>
                <td>
                  <div class="badges">
                    {one.role.split(",").map((role) => (
                      <Badge key={role}>{role}</Badge>
                    ))}
                  </div>
                </td>
                <td class="only-wide nowrap">{formatDay(one.createdAt)}</td>
              </tr>
            ))}
          </Table>
        </Loaded>
      </Section>
      <Section title={t("console.invitations")}>
        <Loaded error="" loading={false} empty={invitations.length === 0} emptyText={t("console.noInvitations")}>
          <ul class="list">
            {invitations.map((one) => (
              <li key={one.id}>
                <span class="grow break">{one.email}</span>
                <Badge>{one.role ?? "member"}</Badge>
                <Badge kind={one.status === "pending" ? "warning" : one.status === "accepted" ? "good" : "plain"}>{optional(`console.invitation.${one.status}`, one.status)}</Badge>
              </li>
            ))}
          </ul>
        </Loaded>
      </Section>
    </>
  );
}
