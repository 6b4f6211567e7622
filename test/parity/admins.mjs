// The administrators of the scenarios about the plugins admin and organization.
import { password } from "./people.mjs";

export const root = { name: "Root", email: "root@example.com", password };
export const plugins = (options = {}, more = {}) => ({ admin: options, ...more });

/** Creates a user by the program, which may do everything, and returns it. */
export const make = async (s, email, more) => (await s.api("createUser", { body: { name: email.split("@")[0], email, ...more } })).json?.user;

/** Creates an administrator and signs in as one. */
export async function own(s, more = { role: "admin" }) {
  const user = await make(s, root.email, { password, ...more });
  await s.post("/sign-in/email", { email: root.email, password });
  return user;
}
