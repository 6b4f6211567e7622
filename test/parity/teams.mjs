// The people, organizations and teams of the scenarios about teams and about roles of an organization.
import { password } from "./people.mjs";

export const organization = (options = {}) => ({ plugins: { organization: options } });
export const withTeams = (teams = {}, more = {}) => organization({ teams: { enabled: true, ...teams }, ...more });

/** Signs up a user in a browser of the same name. */
export async function enter(s, name) {
  const answer = await s.as(name).post("/sign-up/email", { name, email: `${name}@example.com`, password });
  return answer.json?.user;
}

/** Signs up an owner and makes an organization, which is then the active one. */
export async function found(s, name = "owner", more = {}) {
  const user = await enter(s, name);
  const org = (await s.post("/organization/create", { name: `Org of ${name}`, slug: name, ...more })).json;
  // The active organization is in the row of the session, and not in a cached one.
  s.forget("session_data");
  return { user, org };
}

/** Signs up a user whom the program makes a member; the organization is then the active one. */
export async function join(s, org, name, role = "member", more = {}) {
  const user = await enter(s, name);
  const member = (await s.api("addMember", { body: { userId: user.id, organizationId: org.id, role, ...more } })).json;
  await s.post("/organization/set-active", { organizationId: org.id });
  return { ...user, member };
}

export const post = (s, path, body, opts) => s.post(`/organization/${path}`, body, opts);
export const get = (s, path, query = {}) => {
  const text = new URLSearchParams(query).toString();
  return s.get(`/organization/${path}${text && `?${text}`}`);
};
export const newTeam = async (s, name, more = {}) => (await post(s, "create-team", { name, ...more })).json;
