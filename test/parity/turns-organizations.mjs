// What turns.mjs plays with organizations and administrators. `this` is its Play.
import { password } from "./people.mjs";

const fresh = "/get-session?disableCookieCache=true";

export const organizations = {
  /** An organization of one server takes in a member who was invited on another, until the member is removed and it is deleted. */
  async company() {
    const owner = this.pick(this.signedIn());
    const others = this.signedIn().filter((b) => b.user !== owner.user);
    if (others.length === 0) return this.signUp();
    const guest = this.pick(others);
    const post = (browser, path, body) => this.call(browser, "POST", `/organization/${path}`, body);
    const get = (browser, path, query) => this.call(browser, "GET", `/organization/${path}?${new URLSearchParams(query)}`);
    const slug = `company-${this.count}`;
    const { json: org, ...made } = await post(owner, "create", { name: "Company", slug, metadata: { plan: "free" } });
    this.expect(org?.members?.[0].role === "owner" && org.metadata.plan === "free", "an organization is created", made);
    const organizationId = org.id;
    const taken = await post(guest, "create", { name: "Company", slug });
    this.expect(taken.json?.code === "ORGANIZATION_ALREADY_EXISTS", "its slug is taken", taken);
    const active = await this.call(owner, "GET", fresh);
    this.expect(active.json?.session.activeOrganizationId === organizationId, "it is the active one", active);

    const invite = async (role) => (await post(owner, "invite-member", { organizationId, email: guest.user.email, role })).json?.id;
    const refused = await invite("member");
    const no = await post(guest, this.next() < 0.5 ? "accept-invitation" : "reject-invitation", { invitationId: "none" });
    this.expect(no.status === 400, "an invitation that does not exist is not answered", no);
    const canceled = await post(...(this.next() < 0.5 ? [owner, "cancel-invitation"] : [guest, "reject-invitation"]), { invitationId: refused });
    this.expect(canceled.status === 200, "an invitation is ended", canceled);
    const late = await post(guest, "accept-invitation", { invitationId: refused });
    this.expect(late.status === 400, "an invitation that has ended is not accepted", late);

    const id = await invite(["member", "admin"]);
    const seen = await get(guest, "get-invitation", { id });
    this.expect(seen.json?.organizationSlug === slug && seen.json.role === "member,admin", "the guest sees the invitation", seen);
    const accepted = await post(guest, "accept-invitation", { invitationId: id });
    this.expect(accepted.json?.member?.userId === guest.user.id, "the guest accepts", accepted);
    const again = await post(guest, "accept-invitation", { invitationId: id });
    this.expect(again.status === 400, "an invitation works once", again);
    const entered = await this.call(guest, "GET", fresh);
    this.expect(entered.json?.session.activeOrganizationId === organizationId, "the organization is the guest's active one", entered);

    const may = async (action) => (await post(guest, "has-permission", { organizationId, permissions: { organization: [action] } })).json?.success;
    this.expect((await may("update")) === true && (await may("delete")) === false, "an admin updates and does not delete", accepted);
    const renamed = await post(guest, "update", { organizationId, data: { name: "Renamed" } });
    this.expect(renamed.json?.name === "Renamed" && renamed.json.metadata.plan === "free", "an admin renames it", renamed);
    const memberId = accepted.json.member.id;
    const demoted = await post(owner, "update-member-role", { organizationId, memberId, role: "member" });
    this.expect(demoted.json?.role === "member", "the role changes", demoted);
    this.expect((await may("update")) === false, "a right that was taken away counts at once", demoted);
    const full = await get(guest, "get-full-organization", { organizationId });
    this.expect(full.json?.name === "Renamed" && full.json.members.length === 2 && full.json.invitations.length === 0, "a member sees members and no invitations", full);
    const list = await get(owner, "list-members", { organizationId, filterField: "role", filterValue: "member" });
    this.expect(list.json?.total === 1 && list.json.members[0].user.email === guest.user.email, "the owner lists the member", list);

    const left = this.next() < 0.5 ? await post(guest, "leave", { organizationId }) : await post(owner, "remove-member", { organizationId, memberIdOrEmail: memberId });
    this.expect(left.status === 200, "the member leaves", left);
    const outside = await get(guest, "get-full-organization", { organizationId });
    this.expect(outside.status === 403, "who has left sees nothing", outside);
    const last = await post(owner, "leave", { organizationId });
    this.expect(last.json?.code === "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER", "the last owner stays", last);
    const deleted = await post(owner, "delete", { organizationId });
    this.expect(deleted.json?.id === organizationId, "the owner deletes it", deleted);
    const gone = await get(owner, "get-full-organization", { organizationId });
    this.expect(gone.status === 400, "it is gone", gone);
  },

  /** A user that an administrator created on one server is banned, impersonated and removed on either. */
  async administration() {
    const admin = this.pick(this.signedIn());
    const post = (path, body) => this.call(admin, "POST", `/admin/${path}`, body);
    const email = `made-${this.count}@example.com`;
    const made = await post("create-user", { name: "Made", email, password, role: "user" });
    const userId = made.json?.user?.id;
    this.expect(made.json?.user?.role === "user", "an administrator creates a user", made);
    const browser = this.open();
    const enter = () => this.call(browser, "POST", "/sign-in/email", { email, password });
    const first = await enter();
    this.expect(first.json?.user.id === userId, "the user signs in", first);
    const denied = await this.call(browser, "GET", "/admin/list-users");
    this.expect(denied.status === 403, "the user is no administrator", denied);

    const banned = await post("ban-user", { userId, banReason: "spam" });
    this.expect(banned.json?.user.banReason === "spam", "the user is banned", banned);
    const ended = await this.call(browser, "GET", fresh);
    this.expect(ended.json === null, "a ban ends the sessions", ended);
    const refused = await enter();
    this.expect(refused.json?.code === "BANNED_USER", "the banned user does not sign in", refused);
    const unbanned = await post("unban-user", { userId });
    this.expect(unbanned.json?.user.banned === false, "the ban is lifted", unbanned);
    const back = await enter();
    this.expect(back.status === 200, "the user signs in again", back);
    await post("ban-user", { userId, banExpiresIn: 60 });
    this.driver.advance(61);
    const over = await enter();
    this.expect(over.status === 200, "a ban that is over is no ban", over);

    const as = await post("impersonate-user", { userId });
    this.expect(as.json?.user.id === userId, "an administrator impersonates the user", as);
    const session = await this.call(admin, "GET", fresh);
    this.expect(session.json?.user.id === userId && session.json.session.impersonatedBy === admin.user.id, "the session is the user's and names the administrator", session);
    const stopped = await post("stop-impersonating", {});
    this.expect(stopped.json?.user.id === admin.user.id && stopped.json.session.token === admin.token, "the administrator gets the own session back", stopped);
    const own = await this.call(admin, "GET", fresh);
    this.expect(own.json?.session.token === admin.token, "and goes on with it", own);

    const removed = await post("remove-user", { userId });
    this.expect(removed.json?.success === true, "the user is removed", removed);
    const nobody = await this.call(browser, "GET", fresh);
    this.expect(nobody.json === null, "a removed user has no session", nobody);
  },
};
