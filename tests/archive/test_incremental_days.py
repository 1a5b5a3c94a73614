"""Weeks of incremental recording against daily recording of all: what it may miss, counted."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant

STILL = pd.Timedelta(hours=19)  # that a session must have been, before what is missed of it
EVENT = ["user_id", "session_id", "at", "remote_ip"]


class Weeks:
    """The same tenant in two archives: recorded in full each day, and incrementally."""

    def __init__(self, folder: Path, users: int, days: int, seed: int) -> None:
        tenant = SyntheticTenant(users=users, seed=seed)
        self.full = ps.Archive(folder / "full", buckets=1)
        self.some = ps.Archive(folder / "some", buckets=1)
        self.asked, self.everybody = 0, 0
        self.nights = [tenant.now - timedelta(days=day) for day in range(days, -1, -1)]
        for number, now in enumerate(self.nights):
            then = tenant.at(now)
            listed = ps.users_frame({"_embedded": {"users": list(then.users)}})
            sessions = {user: then.sessions(user) for user in listed["user_id"]}
            swept = number % 7 == 0
            due = listed if swept else self.some.due(listed)
            if not swept:
                self.asked += len(due)
                self.everybody += len(listed)
            for archive, asked, action in (
                (self.full, listed, "sweep"),
                (self.some, due, "sweep" if swept else "update"),
            ):
                pages = [sessions[user] for user in asked["user_id"]]
                history = ps.History.from_responses(pages, users=listed)
                archive.record(history, seen_at=now, action=action)

    def check(self) -> int:
        """Compare after a last sweep; return how many locations are missed."""
        full, some = self.full.history(), self.some.history()
        facts = [name for name in full.sessions if name not in ("first_seen_at", "last_seen_at")]
        facts = [name for name in facts if name not in ("location_count", "versions")]
        pd.testing.assert_frame_equal(
            full.sessions[facts].sort_values(["user_id", "session_id"], ignore_index=True),
            some.sessions[facts].sort_values(["user_id", "session_id"], ignore_index=True),
        )
        seen = pd.MultiIndex.from_frame(some.locations[EVENT])
        there = pd.MultiIndex.from_frame(full.locations[EVENT]).isin(seen)
        missed = full.locations[~there]
        # Each is of a session that had been still when it was recorded last, as README says.
        nights = pd.Series(pd.to_datetime(self.nights).as_unit("us"))
        for row in missed.to_dict("records"):
            of_it = full.locations[full.locations["session_id"] == row["session_id"]]
            night = nights[nights < row["at"]].max()
            before = of_it.loc[of_it["at"] <= night, "at"].max()
            assert night - before > STILL - pd.Timedelta(hours=1), row
        assert len(some.locations) == len(full.locations) - len(missed)  # and nothing twice
        return len(missed)


def test_two_weeks_miss_nothing_but_what_readme_says(tmp_path):
    weeks = Weeks(tmp_path, users=12, days=15, seed=5)
    assert weeks.check() <= len(weeks.full.history().locations) / 100
    assert weeks.asked < weeks.everybody * 0.8


@pytest.mark.slow
def test_thirty_days_miss_nothing_but_what_readme_says(tmp_path):
    weeks = Weeks(tmp_path, users=400, days=28, seed=6)
    missed, known = weeks.check(), len(weeks.full.history().locations)
    print(f"missed {missed:,} of {known:,}; asked {weeks.asked:,} of {weeks.everybody:,}")
    assert missed <= known / 100
