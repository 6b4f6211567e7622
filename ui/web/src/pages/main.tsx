import { render } from "preact";
import { CardPage } from "../kit";

const root = document.getElementById("app");
if (root) render(<CardPage title="Sign in" />, root);
