/* A finding in words: how severe, what kind, a sentence, in which what is cut short expands. */

import { make } from "./dom.ts";
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

/* The sentence with a way to see all of each list that is cut short: a button; or, in a row of a
   `ChoiceList`, which must hold nothing that takes the focus, words to click on. */
export function expandable(
  sentence: string,
  lists: readonly CutList[],
  inRow: boolean,
): HTMLElement {
  const parts = sentenceParts(sentence, lists);
  return make(
    "bdi",
    null,
    parts.map((part) => (typeof part === "string" ? visible(part) : cutList(part, inRow))),
  );
}

function cutList([words, all]: CutList, inRow: boolean): HTMLElement {
  const node = make("span");
  const cut = words.lastIndexOf(" and ") + " and ".length;
  const onclick = (event: Event) => {
    event.stopPropagation(); // it chooses no row
    node.replaceChildren(visible(all.join(", ")));
  };
  const more = make(
    inRow ? "span" : "button",
    { class: "ps-link ps-expand", type: inRow ? null : "button", title: "Show all", onclick },
    visible(words.slice(cut)),
  );
  node.append(visible(words.slice(0, cut)), more);
  return node;
}

/* `Geovelocity anomaly  One session was used in …`; what the kind may mean on hovering. */
export function tellFinding(finding: Finding, inRow: boolean): HTMLElement {
  const name = quoted(kindName(finding.kind), { title: kindMeaning(finding.kind) });
  return make(
    "span",
    { class: "ps-told-words" },
    make("strong", null, name),
    " ",
    expandable(finding.summary, finding.lists, inRow),
  );
}
