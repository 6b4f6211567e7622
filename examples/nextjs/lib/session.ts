import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { auth } from "./auth";

/** Returns the session of the page's visitor, read once per request; null if there is none. */
export const currentSession = cache(async () => auth.api.getSession({ headers: await headers() }));

/** Returns the session of the page's visitor. Visitors without one go to the sign-in page. */
export async function requireSession() {
  const session = await currentSession();
  if (!session) redirect("/signin");
  return session;
}
