import { Badge, Notice, Section } from "../kit";
import { has } from "../server";
import { formatDate, t } from "../texts";
import { get } from "./api";
import type { Invitation, Member, Organization } from "./api";
import { Ago, Listing, Loaded, Search, To, formatDay, formatNumber, optional, rowsPerPage } from "./parts";
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
  return (
    <Section title={t("console.allOrganizations")}>
      <div class="filters">
        <Search label={t("console.search")} value={search} onSearch={(text) => set({ search: text, page: 1 })} />
      </div>
      <Listing
        label={t("console.organizations")}
        data={{ error, loading }}
        rows={data?.organizations ?? []}
        empty={search ? t("console.noMatch") : t("console.noOrganizations")}
        columns={[
          {
            title: t("console.name"),
            cell: (one) => (
              <div class="who">
                <To path={`/console/organizations/${encodeURIComponent(one.id)}`}>{one.name || one.slug}</To>
              </div>
            ),
          },
          { title: t("console.slug"), class: "only-wide break", cell: (one) => one.slug },
          {
            title: t("console.members"),
            class: "right",
            cell: (one) => (
              <>
                <span class="only-narrow soft">{t("console.members")}: </span>
                {formatNumber(one.members)}
              </>
            ),
          },
          { title: t("console.created"), class: "only-wide nowrap", cell: (one) => <Ago at={one.createdAt} /> },
        ]}
        pager={{ current, total: data?.total ?? 0, onPage: (next) => set({ page: next }) }}
      />
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
        <Listing
          label={t("console.members")}
          rows={members}
          empty={t("console.noMembers")}
          columns={[
            {
              title: t("console.name"),
              cell: (one) => (
                <div class="who">
                  <To path={`/console/users/${encodeURIComponent(one.userId)}`}>{one.user?.name || one.user?.email || one.userId}</To>
                  <span class="soft">{one.user?.email}</span>
                </div>
              ),
            },
            {
              title: t("console.role"),
              cell: (one) => (
                <div class="badges">
                  {one.role.split(",").map((role) => (
                    <Badge key={role}>{role}</Badge>
                  ))}
                </div>
              ),
            },
            { title: t("console.joined"), class: "only-wide nowrap", cell: (one) => formatDay(one.createdAt) },
          ]}
        />
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
