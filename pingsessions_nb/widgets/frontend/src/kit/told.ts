/* A finding in words: how severe, what kind, a sentence, in which what is cut short expands. */

import { linkButton, make } from "./dom.ts";
import { quoted } from "./panel.ts";
import { kindMeaning, kindName, visible } from "./words.ts";

/* A list as a sentence says it, "a, b, c and 9 more", and all that is in it. */
export type CutList = [words: string, all: string[]];

export interface Finding {
  kind: string;
  severity: string;
  summary: string;
  lists: CutList[];
}

/* A sentence, cut into what stands before, in and after each list that is cut short. */
export function sentenceParts(sentence: string, lists: readonly CutList[]): (string | CutList)[] {
  let parts: (string | CutList)[] = [sentence];
  for (const list of lists) {
    parts = parts.flatMap((part) => {
      const at = typeof part === "string" ? part.indexOf(list[0]) : -1;
      if (typeof part !== "string" || at < 0) return [part];
      return [part.slice(0, at), list, part.slice(at + list[0].length)];
    });
  }
  return parts.filter((part) => part !== "");
}

/* The sentence with a button in each list that is cut short. */
export function expandable(sentence: string, lists: readonly CutList[]): HTMLElement {
  const parts = sentenceParts(sentence, lists);
  return make(
    "bdi",
    null,
    parts.map((part) => (typeof part === "string" ? visible(part) : cutList(part))),
  );
}

function cutList([words, all]: CutList): HTMLElement {
  const node = make("span");
  const cut = words.lastIndexOf(" and ") + " and ".length;
  const expand = (event?: Event) => {
    event?.stopPropagation();
    node.replaceChildren(visible(all.join(", ")));
  };
  const more = linkButton(visible(words.slice(cut)), () => expand(), {
    class: "ps-link ps-expand",
    onkeydown: (event: Event) => event.stopPropagation(),
    title: "Show all",
  });
  more.addEventListener("click", (event) => event.stopPropagation());
  node.append(visible(words.slice(0, cut)), more);
  return node;
}

/* `Geovelocity anomaly  One session was used in …`; what the kind may mean on hovering. */
export function tellFinding(finding: Finding): HTMLElement {
  const name = quoted(kindName(finding.kind), { title: kindMeaning(finding.kind) });
  return make(
    "span",
    { class: "ps-told-words" },
    make("strong", null, name),
    " ",
    expandable(finding.summary, finding.lists),
  );
}
