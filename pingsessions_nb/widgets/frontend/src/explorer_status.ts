/* ExplorerStatus: what the explorer is doing; an error can be tried again. */

import { linkButton } from "./kit/dom.ts";
import { quoted } from "./kit/panel.ts";
import { Part, rendering } from "./kit/part.ts";
import "./styles/explorer_status.css";

type Traits = { words: string; kind: "" | "busy" | "error" };

export default rendering<Traits>((model, el) => {
  const part = new Part(model, el, "ps-status-line");
  const again = linkButton("Try again", () => model.send({ type: "again" }));
  part.redraw(["words", "kind"], () => {
    const isError = part.get("kind") === "error";
    el.hidden = !part.get("words") && !el.classList.contains("ps-gone");
    el.classList.toggle("ps-error", isError);
    el.classList.toggle("ps-busy", part.get("kind") === "busy");
    el.setAttribute("role", isError ? "alert" : "status");
    el.replaceChildren(quoted(part.get("words")), isError ? again : "");
  });
  return part;
});
