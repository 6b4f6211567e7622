import { render } from "preact";
import { WidePage } from "../kit";

const root = document.getElementById("app");
if (root) render(<WidePage title="account" tabs={[]} current="/account" />, root);
