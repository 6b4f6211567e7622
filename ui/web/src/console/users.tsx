import { useEffect, useState } from "preact/hooks";
import { Badge, Button, Dialog, Field, Form, Notice, PasswordField, Section, useCall } from "../kit";
import { page, server } from "../server";
import { t } from "../texts";
import { auth, get } from "./api";
import type { User } from "./api";
import { Ago, Check, Listing, Search, Select, To, rowsPerPage } from "./parts";
import { useData, useQuery } from "./state";

const filters: Record<string, { filterField: string; filterValue: string; filterOperator: string }> = {
  admins: { filterField: "role", filterValue: "admin", filterOperator: "contains" },
  banned: { filterField: "banned", filterValue: "true", filterOperator: "eq" },
  unverified: { filterField: "emailVerified", filterValue: "false", filterOperator: "eq" },
};

export function UsersPage() {
  const { value, set, page: current } = useQuery();
  const [creating, create] = useState(false);
  const [mayCreate, setMayCreate] = useState(false);
  useEffect(() => {
    auth.admin.hasPermission({ permissions: { user: ["create"] } }).then(({ data }) => setMayCreate(Boolean(data?.success)), () => {});
  }, []);
  const search = value("search");
  const field = value("in") === "name" ? "name" : "email";
  const filter = value("show");
  const sort = value("sort") || "-createdAt";
  const { data, error, loading } = useData(
    () =>
      get<{ users: User[]; total: number }>("/admin/list-users", {
        ...(search ? { searchValue: search, searchField: field, searchOperator: "contains" } : {}),
        ...filters[filter],
        sortBy: sort.replace("-", ""),
        sortDirection: sort.startsWith("-") ? "desc" : "asc",
        limit: rowsPerPage,
        offset: (current - 1) * rowsPerPage || undefined,
      }),
    [search, field, filter, sort, current],
  );
  return (
    <Section title={t("console.allUsers")} action={mayCreate && <Button onClick={() => create(true)}>{t("console.newUser")}</Button>}>
      <div class="filters">
        <Search label={t("console.search")} value={search} onSearch={(text) => set({ search: text, page: 1 })} />
        <Select label={t("console.searchIn")} value={field} options={[["email", t("console.email")], ["name", t("console.name")]]} onChange={(to) => set({ in: to === "name" ? to : "", page: 1 })} />
        <Select
          label={t("console.show")}
          value={filter}
          options={[["", t("console.everybody")], ["admins", t("console.admins")], ["banned", t("console.bannedUsers")], ["unverified", t("console.unverifiedUsers")]]}
          onChange={(to) => set({ show: to, page: 1 })}
        />
      </div>
      <Listing
        label={t("console.users")}
        data={{ error, loading }}
        rows={data?.users ?? []}
        empty={search || filter ? t("console.noMatch") : t("console.noUsers")}
        sort={sort}
        onSort={(next) => set({ sort: next, page: 1 })}
        columns={[
          {
            title: t("console.name"),
            sort: "name",
            cell: (user) => (
              <div class="who">
                <To path={`/console/users/${encodeURIComponent(user.id)}`}>{user.name || user.email}</To>
                <span class="soft only-narrow">{user.email}</span>
              </div>
            ),
          },
          { title: t("console.email"), sort: "email", class: "only-wide break", cell: (user) => user.email },
          { title: t("console.status"), cell: (user) => <Badges user={user} /> },
          { title: t("console.created"), sort: "createdAt", class: "only-wide nowrap", cell: (user) => <Ago at={user.createdAt} /> },
        ]}
        pager={{ current, total: data?.total ?? 0, onPage: (next) => set({ page: next }) }}
      />
      <Dialog title={t("console.newUser")} open={creating} onClose={() => create(false)}>
        <NewUser onClose={() => create(false)} />
      </Dialog>
    </Section>
  );
}

/** What is special about a user. */
export function Badges({ user }: { user: User }) {
  const roles = (user.role ?? "").split(",").filter((role) => role && role !== "user");
  if (!user.banned && user.emailVerified && roles.length === 0) return null;
  return (
    <div class="badges">
      {user.banned && <Badge kind="bad">{t("console.banned")}</Badge>}
      {roles.map((role) => (
        <Badge key={role} kind={role === "admin" ? "good" : "plain"}>
          {role}
        </Badge>
      ))}
      {!user.emailVerified && <Badge>{t("console.unverified")}</Badge>}
    </div>
  );
}

function NewUser({ onClose }: { onClose: () => void }) {
  const { busy, error, run } = useCall();
  const { minPasswordLength, maxPasswordLength } = server.features;
  const send = async (fields: Record<string, string>) => {
    const answer = await run(() =>
      auth.admin.createUser({
        name: fields.name,
        email: fields.email,
        ...(fields.password ? { password: fields.password } : {}),
        role: fields.role as "user" | "admin",
        ...(fields.verified ? { data: { emailVerified: true } } : {}),
      }),
    );
    if (answer) location.assign(page(`/console/users/${encodeURIComponent(answer.user.id)}`));
  };
  return (
    <Form onSend={send}>
      {error && <Notice kind="bad">{error}</Notice>}
      <Field label={t("console.name")} name="name" required autocomplete="off" maxLength={200} />
      <Field label={t("console.email")} name="email" type="email" required autocomplete="off" />
      <PasswordField label={t("console.password")} name="password" hint={t("console.passwordHint")} autocomplete="new-password" minLength={minPasswordLength || undefined} maxLength={maxPasswordLength || undefined} />
      <Select label={t("console.role")} name="role" value="user" options={[["user", t("console.roleUser")], ["admin", t("console.roleAdmin")]]} />
      <Check label={t("console.markVerified")} name="verified" />
      <div class="actions">
        <Button kind="plain" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button type="submit" busy={busy}>
          {t("console.create")}
        </Button>
      </div>
    </Form>
  );
}
