// What the pages look like: wide and narrow, light and dark, in both languages.
import path from "node:path";
import { look, Visitor } from "./site.mjs";

const sizes = { desktop: { width: 1280, height: 800 }, mobile: { width: 360, height: 740 } };
const wrong = async (visitor) => {
  await visitor.fill({ "E-mail address or username": "a-very-long-address-of-somebody-with-patience@engines.example.com", Password: "wrong" }, "Sign in");
  await visitor.page.getByRole("alert").waitFor();
};

// name, address, and what is done there first
const pages = [
  ["sign-in", "/sign-in"],
  ["sign-in-problem", "/sign-in", wrong],
  ["sign-up", "/sign-up"],
  ["forgot-password", "/forgot-password"],
  ["reset-password", "/reset-password?token=x"],
  ["reset-password-problem", "/reset-password?error=INVALID_TOKEN"],
  ["two-factor", "/two-factor?twoFactorRedirect=true&twoFactorMethods=totp,otp"],
  ["verify-email", "/verify-email?verified=true"],
  ["error", "/error?error=state_mismatch"],
  ["sign-in-code", "/sign-in", (visitor) => visitor.page.getByRole("button", { name: "E-mail me a code" }).click()],
];
const signedIn = [
  ["device", (data) => `/device?user_code=${data.userCode}`, "Does your device show this code?"],
  ["invitation", (data) => `/accept-invitation/${data.invitation}`, "invites you to this organization"],
];

async function prepare(site) {
  const owner = await site.signUp("looks-owner@example.com", { username: "looks_owner" });
  const guest = await site.signUp("looks-guest@example.com", { username: "looks_guest" });
  const organization = await (await site.post("/organization/create", { name: "Analytical Engines Ltd.", slug: "looks" }, owner.cookie)).json();
  const { id } = await (await site.post("/organization/invite-member", { email: "looks-guest@example.com", role: "admin", organizationId: organization.id }, owner.cookie)).json();
  const { user_code } = await (await site.post("/device/code", { client_id: "living-room-television", scope: "openid profile" })).json();
  return { cookies: guest.cookie, invitation: id, userCode: user_code };
}

export async function testPagesLooks(suite, app, site, folder) {
  const data = await prepare(site);
  const cookies = data.cookies.split("; ").map((pair) => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1), url: site.url }));
  for (const colorScheme of ["light", "dark"])
    for (const [size, viewport] of Object.entries(sizes)) {
      const visitor = await Visitor.come(app, site, { colorScheme, viewport, reducedMotion: "reduce" });
      const shoot = (name) => look(visitor.page, path.join(folder, `ui-${name}-${colorScheme}-${size}.png`), viewport.width);
      await suite.test(`pages: look right: ${colorScheme}, ${size}`, async () => {
        for (const [name, where, before] of pages) {
          await visitor.open(where);
          await before?.(visitor);
          await shoot(name);
        }
        await visitor.context.addCookies(cookies);
        for (const [name, where, text] of signedIn) {
          await visitor.open(where(data));
          await visitor.says(text);
          await shoot(name);
        }
        visitor.fine();
      });
      await visitor.close();
    }
  const visitor = await Visitor.come(app, site, { locale: "de-DE", viewport: sizes.mobile });
  await suite.test("pages: look right: German, narrow, and without scripts", async () => {
    for (const [name, where] of pages.filter((one) => !one[2])) {
      await visitor.open(where);
      await look(visitor.page, path.join(app.dir, `${name}-de.png`), sizes.mobile.width);
    }
    await visitor.open("/sign-in");
    await look(visitor.page, path.join(folder, "ui-sign-in-de-light-mobile.png"), sizes.mobile.width);
    visitor.fine();
  });
  await visitor.close();
}
