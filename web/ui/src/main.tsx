import { render } from "preact";
import { takeToken } from "./core/token.ts";
import { App } from "./views/app.tsx";
import "./css/base.css";
import "./css/parts.css";
import "./css/proposal.css";
import "./css/views.css";

// Before anything is drawn: the token leaves the address bar and the history.
takeToken();

const root = document.getElementById("app");
if (root) render(<App />, root);
