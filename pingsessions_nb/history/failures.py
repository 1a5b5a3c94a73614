"""What could not be read: rows of ``history.failures``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pandas as pd

from pingsessions_nb.wording import shortened, visible

FAILURE_COLUMNS: Final = ("user_id", "error", "status", "code")
Failure = tuple[str | None, str, int | None, str | None]


def failure_frame(rows: Iterable[Failure]) -> pd.DataFrame:
    """Make the frame of failures from rows of user id, sentence, HTTP status and code."""
    frame = pd.DataFrame(list(rows), columns=list(FAILURE_COLUMNS))
    return frame.astype({"user_id": "str", "error": "str", "status": "Int64", "code": "str"})


def nobody(name: str, where: str) -> Failure:
    """Say that a name is no user's, as PingOne says it of users that it does not have."""
    shown = shortened(visible(name))
    sentence = f"No user in {where} has the id, username or e-mail {shown!r}."
    return name, sentence, 404, "NOT_FOUND"
