// What the scenarios about the plugin organization share.
import { password } from "./people.mjs";

export const plugins = (options = {}, more = {}) => ({ organization: options, ...more });

export const person = (name) => ({ name: name[0].toUpperCase() + name.slice(1), email: `${name}@example.com`, password });

/** Posts to an endpoint of the plugin. */
export const post = (s, path, body, opts) => s.post(`/organization/${path}`, body, opts);

/** Reads from an endpoint of the plugin. */
export const get = (s, path, query = {}, opts) => {
  const text = new URLSearchParams(query).toString();
  return s.get(`/organization/${path}${text && `?${text}`}`, opts);
};

/** Signs up a user in a browser of that name; resolves to the user. In memory, the reference leaves out an image that is not set. */
export async function enter(s, name) {
  const image = s.db ? undefined : "https://a.example/i.png";
  return (await s.as(name).post("/sign-up/email", { ...person(name), image })).json?.user;
}

/** Signs up a user whose address is verified; needs the plugin admin. */
export async function verified(s, name) {
  const made = await s.api("createUser", { body: { ...person(name), data: { emailVerified: true } } });
  await s.as(name).post("/sign-in/email", { email: person(name).email, password });
  return made.json?.user;
}

/** Creates an organization in the current browser; resolves to it. */
export const found = async (s, slug, more = {}) => (await post(s, "create", { name: slug.toUpperCase(), slug, ...more })).json;

/** Makes a user a member by the program; resolves to the member. */
export const add = async (s, organization, user, role = "member") =>
  (await s.api("addMember", { body: { organizationId: organization?.id, userId: user?.id, role } })).json;

/** Invites an address in the current browser; resolves to the invitation. */
export const invite = async (s, organization, email, more = {}) =>
  (await post(s, "invite-member", { organizationId: organization?.id, email, role: "member", ...more })).json;

/** An owner with an organization, and one member for each further role: {org, owner, [role]: {user, member}}. */
export async function staff(s, ...roles) {
  const owner = await enter(s, "owner");
  const org = await found(s, "acme");
  const out = { org, owner: { user: owner, member: org?.members?.[0] } };
  for (const role of roles) {
    const user = await enter(s, role);
    out[role] = { user, member: await add(s, org, user, role) };
    await post(s, "set-active", { organizationId: org?.id });
  }
  s.as("owner");
  return out;
}

/** A scenario in a topic. */
export const topic = (title) => (name, options, run, { config, ...more } = {}) => ({
  name: `${title}: ${name}`,
  config: { plugins: plugins(options), ...config },
  run,
  ...more,
});
