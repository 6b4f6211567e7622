import { render } from "preact";
import type { ComponentType } from "preact";
import { server } from "../server";
import { Consent } from "./consent";
import { Device } from "./device";
import { Failed } from "./error";
import { Forgot } from "./forgot";
import { Invitation } from "./invitation";
import { Reset } from "./reset";
import { SelectAccount } from "./select";
import { SignIn } from "./sign-in";
import { SignUp } from "./sign-up";
import { TwoFactor } from "./two-factor";
import { Verify } from "./verify";
import "./style.css";

const pages: Record<string, ComponentType> = {
  "/sign-in": SignIn,
  "/sign-up": SignUp,
  "/forgot-password": Forgot,
  "/reset-password": Reset,
  "/two-factor": TwoFactor,
  "/verify-email": Verify,
  "/accept-invitation": Invitation,
  "/device": Device,
  "/consent": Consent,
  "/select-account": SelectAccount,
  "/error": Failed,
};

const root = document.getElementById("app");
const Page = pages[server.page.replace(/^(\/accept-invitation)\/.*/, "$1")] ?? Failed;
if (root) {
  root.replaceChildren();
  render(<Page />, root);
}
