from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pingsessions_nb as ps

SEEN = ["first_seen_at", "last_seen_at", "status"]  # the last is as of the reading
EVENT = ["user_id", "session_id", "at", "remote_ip", "city", "state", "country"]


@pytest.fixture
def archive(tmp_path: Path) -> ps.Archive:
    """An empty archive of few buckets: tests have few users."""
    return ps.Archive(tmp_path / "archive", buckets=2)


@pytest.fixture(scope="session")
def facts() -> Callable[[ps.History], dict[Any, Any]]:
    """Say all that a history says, in a form that is equal where two say the same."""
    return _facts


def _facts(history: ps.History) -> dict[Any, Any]:
    told: dict[Any, Any] = {}
    for row in history.users.drop(columns=SEEN, errors="ignore").to_dict("records"):
        told["user", row["user_id"]] = _known(row)
    for row in history.sessions.drop(columns=SEEN, errors="ignore").to_dict("records"):
        told["session", row["user_id"], row["session_id"]] = _known(row)
    events = history.locations.drop(columns=SEEN, errors="ignore").to_dict("records")
    told["locations"] = Counter(str(sorted(_known(event).items())) for event in events)
    return told


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in row.items()
        if isinstance(value, list | dict) or not pd.isna(value)
    }
