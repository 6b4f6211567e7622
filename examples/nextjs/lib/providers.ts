/** A provider for signing in: its id at the auth server, and its name. */
export type Provider = { id: string; name: string };

/** The providers of the auth server, from this app's environment: SOCIAL_PROVIDERS="google:Google,github:GitHub". */
export function providers(): Provider[] {
  const listed = process.env.SOCIAL_PROVIDERS?.split(",").filter(Boolean) ?? [];
  return listed.map((entry) => {
    const [id, name = id] = entry.split(":").map((part) => part.trim());
    return { id, name };
  });
}
