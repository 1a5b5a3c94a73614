"""What is new each morning: over days of planted incidents, each case once, and no day late."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant

END = datetime(2026, 3, 31, 4, tzinfo=UTC)


class Mornings:
    """A tenant to which something happens every day, recorded and hunted through each morning.

    It is several of the sandbox's, whose incidents lie within two days before a moment of its own.
    """

    def __init__(self, archive: ps.Archive, days: int, users: int, seed: int) -> None:
        begin = END - timedelta(days=days)
        moments = [begin + timedelta(days=2 * n) for n in range(1, days // 2 + 1)]
        self.tenants = [
            SyntheticTenant(users=users, seed=seed + number, now=moment)
            for number, moment in enumerate(moments)
        ]
        self.told: dict[int, pd.DataFrame] = {}
        self.knowable: dict[str, int] = {}  # the day on which each session first is in a case
        self.planted: dict[str, int] = {}  # that on which the truth first has it
        for day in range(days + 1):
            now = begin + timedelta(days=day)
            archive.record(self.seen(now), seen_at=now)
            self.told[day] = archive.new_cases()
            archive.keep_told(self.told[day])
            for ids in ps.cases(archive.history())["session_ids"]:
                for each in ids:
                    self.knowable.setdefault(each, day)
            for tenant in self.tenants:
                for each in tenant.at(now).full_truth["session_id"]:
                    self.planted.setdefault(each, day)

    def seen(self, now: datetime) -> ps.History:
        """What PingOne shows at a moment; the documented user is in each tenant, so in none."""
        pages = []
        for tenant in self.tenants:
            then = tenant.at(now)
            users = list(then.users)[1:]
            pages.append({"_embedded": {"users": users}})
            pages += [then.sessions(user["id"]) for user in users]
        return ps.History.from_responses(pages)

    def check(self) -> None:
        days = range(1, len(self.told))  # the first morning tells of all that PingOne still had
        rows = [(day, case) for day in days for case in self.told[day].to_dict("records")]
        new = [(day, case) for day, case in rows if case["news"] == "new"]
        again = Counter(case["case_id"] for _, case in new)
        assert max(again.values()) == 1
        first: dict[str, int] = {}
        for day, case in rows:
            for each in case["session_ids"]:
                first.setdefault(each, day)
        before = {each for ids in self.told[0]["session_ids"] for each in ids}
        found = [
            each
            for each, day in self.planted.items()
            if day > 0 and each in self.knowable and each not in before
        ]
        assert len(found) > 4 * len(self.tenants)
        assert {each: first.get(each) for each in found} == {e: self.knowable[e] for e in found}
        late = [each for each in found if first[each] > self.planted[each]]
        assert len(late) <= len(found) / 50
        # A case is told again only where it is graver or larger: seldom, and it says so.
        changed = [case for _, case in rows if case["news"] == "changed"]
        assert len(changed) < len(new) / 5


def test_each_case_is_told_once_on_the_first_morning_it_can_be(archive):
    Mornings(archive, days=4, users=60, seed=900).check()


@pytest.mark.slow
def test_over_thirty_days_each_case_is_told_once(archive):
    Mornings(archive, days=30, users=90, seed=700).check()


def told(archive: ps.Archive) -> list[str]:
    found = archive.new_cases()
    archive.keep_told(found)
    return found["news"].tolist()


def test_what_nobody_kept_is_told_again_and_what_is_kept_is_not(archive):
    archive.record(shown(seed=3))
    first = archive.new_cases()
    assert len(first) > 5
    pd.testing.assert_frame_equal(archive.new_cases(), first)  # as after a kill
    archive.keep_told(first.head(2))
    rest = archive.new_cases()
    assert rest["case_id"].tolist() == first["case_id"].tolist()[2:]
    archive.keep_told(rest)
    assert archive.new_cases().empty
    assert ps.Archive(archive.path).new_cases().empty


def test_of_an_old_archive_only_what_its_last_recording_brought_is_new(archive):
    tenant = SyntheticTenant(users=120, seed=5)
    archive.record(shown(tenant, days=1), seen_at=tenant.now - timedelta(days=1))
    archive.record(shown(tenant), seen_at=tenant.now)
    whole, new = archive.cases(), archive.new_cases()
    assert 0 < len(new) < len(whole)
    assert (new["last_at"] >= tenant.now - timedelta(days=2)).all()
    archive.keep_told(new)
    assert archive.new_cases().empty


def test_it_names_nobody_and_forgetting_leaves_it(archive):
    archive.record(shown(seed=3))
    found = archive.new_cases()
    archive.keep_told(found)
    user = found["user_ids"].iloc[-1][0]
    ids = [user, *found["session_ids"].iloc[-1]]
    archive.forget(user)
    archive.compact()
    from pathlib import Path

    kept = b"".join(file.read_bytes() for file in Path(archive.path).rglob("*") if file.is_file())
    assert not [each for each in ids if each.encode() in kept]
    assert archive.new_cases().empty


def shown(tenant: SyntheticTenant | None = None, days: int = 0, seed: int = 7) -> ps.History:
    tenant = tenant or SyntheticTenant(users=100, seed=seed)
    then = tenant.at(tenant.now - timedelta(days=days))
    users = list(then.users)
    pages = [then.sessions(user["id"]) for user in users]
    return ps.History.from_responses([{"_embedded": {"users": users}}, *pages])
