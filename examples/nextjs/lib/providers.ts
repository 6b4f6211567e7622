/** A provider that people may sign in with: its id at the auth server, and its name. */
export type Provider = { id: string; name: string };

/** The providers that the auth server has, as this app's environment says: SOCIAL_PROVIDERS="google:Google,github:GitHub". */
export function providers(): Provider[] {
  const listed = process.env.SOCIAL_PROVIDERS?.split(",").filter(Boolean) ?? [];
  return listed.map((entry) => {
    const [id, name = id] = entry.split(":").map((part) => part.trim());
    return { id, name };
  });
}
