"""Writes what `pingsessions_nb.wording` says into ``src/kit/wording_table.ts``, for the browser.

``python write_wording_table.py``; a test compares the file with what would be written.
"""

from __future__ import annotations

import json
from pathlib import Path

from pingsessions_nb import wording

TABLE = Path(__file__).parent / "src" / "kit" / "wording_table.ts"
SECONDS = (0, 0.4, 1, 59.9, 60, 95, 3600, 3660, 5400, 86_400, 90_000, 675_000, 40_000_000)
NUMBERS = (0, 1, 2, 1000, 2_345_678)
TEXTS = ("plain", "Zoë 東京 👩", "a\u202eb", "\x1b[31m", "x\u200ey\x00", "\ufeff\u2066")


def table() -> str:
    """Return the file's text."""
    words = {
        "severities": wording.SEVERITIES,
        "kinds": {kind: [words.name, words.meaning] for kind, words in wording.KINDS.items()},
        "unseen": wording.UNSEEN,
        "units": wording.UNITS,
    }
    said = {
        "visible": [[text, wording.visible(text)] for text in TEXTS],
        "briefDuration": [[each, wording.brief_duration(each)] for each in SECONDS],
        "counted": [[each, wording.counted(each, "session")] for each in NUMBERS],
        "kindName": [[each, wording.kind_name(each)] for each in (*wording.KINDS, "some_other")],
    }
    return (
        "/* Written by write_wording_table.py; do not edit. */\n\n"
        f"export const WORDING = {json.dumps(words, indent=1)} as const;\n\n"
        "/* What Python says of some values: tests compare. */\n"
        f"export const SAID = {json.dumps(said, indent=1)} as const;\n"
    )


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
