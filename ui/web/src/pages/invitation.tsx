import { useEffect, useState } from "preact/hooks";
import { Button, CardPage, Notice } from "../kit";
import { has, page, server } from "../server";
import { t } from "../texts";
import { auth, leave, withNext } from "./auth";
import { problemText, useSending } from "./form";
import { useUser } from "./parts";

interface Shown {
  organizationName: string;
  inviterEmail: string;
  role: string;
}

const here = encodeURI(server.page);

/** Returns the roles as people read them. */
function roleNames(role: string): string {
  return role
    .split(",")
    .map((one) => server.texts[`role.${one.trim()}`] ?? one.trim())
    .join(", ");
}

/** An invitation to an organization, which the signed-in user accepts or declines. */
export function Invitation() {
  const id = server.page.split("/")[2] ?? "";
  const user = useUser();
  const sending = useSending();
  const [shown, setShown] = useState<Shown>();
  const [problem, setProblem] = useState("");
  const [declined, setDeclined] = useState(false);

  useEffect(() => {
    if (user === null) location.replace(withNext("/sign-in", page(here)));
    if (!user || !has("organization")) return;
    auth.organization.getInvitation({ query: { id } }).then(
      ({ data, error }) => (error ? setProblem(error.status === 400 && !server.texts[`code.${error.code}`] ? problemText({ code: "INVITATION_NOT_FOUND" }) : problemText(error)) : setShown(data)),
      () => setProblem(t("error.unavailable")),
    );
  }, [user]);

  async function answer(accepted: boolean) {
    const invitationId = id;
    if (!accepted) {
      if (await sending.send<object>(() => auth.organization.rejectInvitation({ invitationId }), {}, "no")) setDeclined(true);
      return;
    }
    const data = await sending.send(() => auth.organization.acceptInvitation({ invitationId }), {}, "yes");
    if (!data) return;
    await auth.organization.setActive({ organizationId: data.member.organizationId }).catch(() => {});
    leave(page("/account/organizations"));
  }
  async function other() {
    await auth.signOut();
    leave(withNext("/sign-in", page(here)));
  }

  if (!has("organization"))
    return (
      <CardPage title={t("pages.invitation.title")}>
        <Notice>{t("pages.notEnabled")}</Notice>
      </CardPage>
    );
  if (!user || (!shown && !problem))
    return (
      <CardPage title={t("pages.invitation.title")}>
        <p class="soft" role="status">
          {t("common.loading")}
        </p>
      </CardPage>
    );
  const footer = (
    <div class="stack">
      <span class="break">{t("pages.invitation.signedIn", { email: user.email })}</span>
      <Button kind="link" onClick={other}>
        {t("pages.signIn.other")}
      </Button>
    </div>
  );
  if (!shown)
    return (
      <CardPage title={t("pages.invitation.title")} footer={footer}>
        <Notice kind="bad">{problem}</Notice>
        <p>{t("pages.invitation.askAgain")}</p>
      </CardPage>
    );
  if (declined)
    return (
      <CardPage title={t("pages.invitation.title")} footer={<a href={page("/account")}>{t("pages.continue")}</a>}>
        <Notice>{t("pages.invitation.declined")}</Notice>
      </CardPage>
    );
  return (
    <CardPage title={t("pages.invitation.join", { name: shown.organizationName })} footer={footer}>
      <p class="break">{t("pages.invitation.text", { email: shown.inviterEmail, role: roleNames(shown.role) })}</p>
      {sending.problem && <Notice kind="bad">{sending.problem.text}</Notice>}
      <div class="actions">
        <Button kind="plain" busy={sending.busy === "no"} disabled={sending.busy !== ""} onClick={() => answer(false)}>
          {t("pages.invitation.decline")}
        </Button>
        <Button busy={sending.busy === "yes"} disabled={sending.busy !== ""} onClick={() => answer(true)}>
          {t("pages.invitation.accept")}
        </Button>
      </div>
    </CardPage>
  );
}
