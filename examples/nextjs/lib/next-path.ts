/** Returns the page to open after signing in: a path of this site, never another site. */
export function nextPath(wanted: string | string[] | undefined): string {
  if (typeof wanted !== "string" || !wanted.startsWith("/") || /^\/[/\\]|[\\\u0000-\u001f]/.test(wanted)) return "/dashboard";
  return wanted;
}
