"""`Archive.record`: what a recording changes, and what it leaves as it is."""

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings

import pingsessions_nb as ps

ANN, BOB = "11111111-aaaa", "22222222-bbbb"


def at(day: int, hour: int = 0) -> str:
    return f"2026-01-{day:02d}T{hour:02d}:00:00.000Z"


def place(day: int, city: str = "tacoma", **fields: Any) -> dict[str, Any]:
    return {
        "at": at(day),
        "remoteIp": "1.2.3.4",
        "city": city,
        "state": "washington",
        "country": "united states",
        **fields,
    }


def session(number: int, active: int | None = None, user: str = ANN, **fields: Any) -> dict:
    found = {"id": f"{user}-{number}", "user": {"id": user}, "createdAt": at(number)}
    if active is not None:
        found["activeAt"] = at(active)
    return found | fields


def history(*sessions: dict[str, Any], users: tuple[dict[str, Any], ...] = ()) -> ps.History:
    pages = [{"_embedded": {"sessions": list(sessions)}}, {"_embedded": {"users": list(users)}}]
    return ps.History.from_responses(pages)


def seen(day: int) -> pd.Timestamp:
    return pd.Timestamp(at(day))


def test_a_first_recording_is_read_back_as_it_was(archive, facts):
    first = history(
        session(1, 2, locations=[place(1), place(2)], device={"type": "Other"}),
        session(3, 4, user=BOB, locations=[place(3)]),
        users=({"id": ANN, "username": "ann", "enabled": True}, {"id": BOB}),
    )
    changes = archive.record(first)
    assert (changes.sessions_added, changes.sessions_updated, changes.locations_added) == (2, 0, 3)
    assert changes["users_added"] == 2
    found = archive.history()
    assert facts(found) == facts(first)
    for name in ("users", "sessions", "locations"):
        before, after = getattr(first, name), getattr(found, name)
        assert after.dtypes[before.columns].tolist() == before.dtypes.tolist()


def test_recording_again_changes_and_writes_nothing(archive):
    first = history(session(1, 2, locations=[place(1)]), users=({"id": ANN},))
    archive.record(first)
    before = archive.snapshots()
    assert not archive.record(first)
    assert not archive.record(history(*[session(1, 2, locations=[place(1)])]))
    pd.testing.assert_frame_equal(archive.snapshots(), before)


def test_a_session_takes_the_newest_facts_and_the_union_of_its_locations(archive):
    archive.record(history(session(1, 2, browser={"name": "Old"}, locations=[place(1), place(2)])))
    changes = archive.record(
        history(session(1, 4, browser={"name": "New"}, locations=[place(2), place(4)]))
    )
    assert (changes.sessions_updated, changes.locations_added) == (1, 1)
    found = archive.history()
    assert found.sessions["browser_name"].tolist() == ["New"]
    assert found.sessions["location_count"].tolist() == [3]
    assert found.locations["at"].tolist() == [seen(1), seen(2), seen(4)]
    assert found.sessions["first_seen_at"].tolist() == [seen(2)]
    assert found.sessions["last_seen_at"].tolist() == [seen(4)]


def test_an_older_snapshot_recorded_late_adds_but_never_overwrites(archive):
    archive.record(history(session(1, 4, browser={"name": "New"}, locations=[place(4)])))
    archive.record(
        history(
            session(1, 2, browser={"name": "Old"}, device={"type": "Mac"}, locations=[place(2)])
        )
    )
    found = archive.history()
    assert found.sessions["browser_name"].tolist() == ["New"]
    assert found.sessions["active_at"].tolist() == [seen(4)]
    assert found.sessions["device_type"].tolist() == ["Mac"]  # the newer one did not say
    assert found.locations["at"].tolist() == [seen(2), seen(4)]
    assert found.sessions["first_seen_at"].tolist() == [seen(2)]


def test_of_equal_activity_the_one_seen_last_counts_in_either_order(tmp_path):
    earlier, later = (history(session(1, 2, browser={"name": name})) for name in "AB")
    for number, order in enumerate([(0, 1), (1, 0)]):
        archive = ps.Archive(tmp_path / str(number))
        for which in order:
            archive.record((earlier, later)[which], seen_at=at(10 + which))
        assert archive.history().sessions["browser_name"].tolist() == ["B"]


def test_a_dropped_session_stays(archive):
    archive.record(history(session(1, 2, locations=[place(1)])))
    archive.record(history(session(5, 6)))
    assert archive.history().sessions["session_id"].tolist() == [f"{ANN}-5", f"{ANN}-1"]


def test_a_user_who_was_updated_and_then_signed_on(archive):
    def user(updated: int, signed_on: int, enabled: bool = True) -> dict[str, Any]:
        return {
            "id": ANN,
            "username": "ann",
            "enabled": enabled,
            "updatedAt": at(updated),
            "lastSignOn": {"at": at(signed_on)},
        }

    archive.record(history(users=(user(1, 1),)))
    assert archive.record(history(users=(user(2, 3, enabled=False),))).users_updated == 1
    assert archive.record(history(users=(user(2, 2, enabled=False),))).users_updated == 0
    assert archive.record(history(users=(user(1, 9),))).users_updated == 0
    found = archive.history().users
    assert found["enabled"].tolist() == [False]
    assert found["last_sign_on_at"].tolist() == [seen(3)]


def test_a_new_field_becomes_a_column_whatever_its_name_or_type(archive, facts):
    archive.record(history(session(1, 2)))
    odd = {
        "riskLevel": "high",
        "risk level, (new)": 3,
        "RISKLEVEL": True,
        "bucket": 0.5,
        "nul\0": "\0",
        "": "no name",
        "lastSignOn": {"authenticators": ["otp", {"mfa": None}]},
    }
    second = history(session(3, 4, **odd), session(5, 6))
    archive.record(second)
    found = archive.history().for_sessions([f"{ANN}-3", f"{ANN}-5"])
    assert facts(found) == facts(second)
    archive.record(history(session(7, 8, riskLevel=[9])))
    cells = archive.history().sessions["riskLevel"].tolist()
    assert cells[0] == [9]
    assert "high" in cells
    told = archive.sql('SELECT "riskLevel" FROM sessions WHERE "riskLevel" LIKE \'%high%\'')
    assert told["riskLevel"].tolist() == ['"high"']


def test_columns_of_ones_own_are_kept_as_far_as_json_can(archive):
    mine = history(session(1, 2))
    mine.sessions["scores"] = pd.Series([np.array([1.5, 2.5])], dtype=object)
    mine.sessions["number"] = pd.Series([np.int64(3)], dtype=object)
    archive.record(mine)
    found = archive.history().sessions
    assert (found["scores"].iloc[0], found["number"].iloc[0]) == ([1.5, 2.5], 3)
    mine.sessions["when"] = pd.Timestamp(at(1))
    with pytest.raises(ps.ConfigurationError, match=r"sessions\['when'\].*Timestamp.*text"):
        archive.record(mine)


def test_rows_that_cannot_be_filed_are_left_out(archive):
    odd = history({"createdAt": at(1)}, session(1, 2))
    assert archive.record(odd).sessions_added == 1


def test_a_redacted_history_is_not_recorded_as_that_of_other_people(archive):
    history = ps.redact(ps.demo(users=20, seed=3).history("olivia.adams"))
    with pytest.raises(ps.ConfigurationError, match=r"redacted .* history\.save"):
        archive.record(history)


def test_a_column_of_a_wrong_type_is_refused_with_its_name(archive):
    wrong = history(session(1, 2))
    wrong.sessions["active_at"] = "yesterday"
    with pytest.raises(ps.ConfigurationError, match="active_at"):
        archive.record(wrong)


LOCATIONS = st.lists(
    st.builds(place, st.integers(1, 4), st.sampled_from(["tacoma", "o'fallon"])), max_size=4
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "browser": st.sampled_from(["A", "B"]).map(lambda name: {"name": name}),
        "device": st.sampled_from([{"type": "Mac"}, None]),
        "tags": st.sampled_from([["x"], 1, "x", 1.5, {"y": [None]}]),
        "locations": LOCATIONS,
    },
)
SESSIONS = st.tuples(st.integers(1, 3), st.integers(0, 1), st.sampled_from([ANN, BOB]), FIELDS)
USERS = st.tuples(st.sampled_from([ANN, BOB]), st.integers(0, 1), st.sampled_from(["x", "y"]))


def snapshot(number: int, sessions: list[Any], users: list[Any]) -> ps.History:
    """A snapshot of a number: what it shows was active no earlier than what those before show."""
    return history(
        *(session(n, number + later, user, **fields) for n, later, user, fields in sessions),
        users=tuple(
            {"id": user, "updatedAt": at(number + later), "username": name}
            for user, later, name in users
        ),
    )


SNAPSHOTS = st.lists(
    st.tuples(
        st.lists(SESSIONS, max_size=4, unique_by=lambda each: (each[0], each[2])),
        st.lists(USERS, max_size=2, unique_by=lambda each: each[0]),
    ),
    min_size=1,
    max_size=4,
).map(lambda shown: [snapshot(3 + number, *each) for number, each in enumerate(shown)])
few = settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
many = settings(few, max_examples=150)


@pytest.mark.slow
@many
@given(snapshots=SNAPSHOTS, data=st.data())
def test_any_snapshots_in_any_order_at_length(tmp_path_factory, facts, snapshots, data):
    check_any_order(tmp_path_factory, facts, snapshots, data)


@few
@given(snapshots=SNAPSHOTS, data=st.data())
def test_any_snapshots_in_any_order(tmp_path_factory, facts, snapshots, data):
    check_any_order(tmp_path_factory, facts, snapshots, data)


def check_any_order(tmp_path_factory, facts, snapshots, data):
    """In their order, snapshots make what `History.concat` makes; in another, no less."""
    stamped = [(at(10 + n), snapshot) for n, snapshot in enumerate(snapshots)]
    archive = ps.Archive(tmp_path_factory.mktemp("archive") / "in-order", buckets=2)
    for when, snapshot in stamped:
        archive.record(snapshot, seen_at=when)
        assert not archive.record(snapshot, seen_at=when)
    told = facts(archive.history())
    locations = told.pop("locations")
    expected = facts(ps.History.concat(snapshots))
    twins = expected.pop("locations")
    assert {k: of_snapshots(v) for k, v in told.items()} == {
        k: of_snapshots(v) for k, v in expected.items()
    }
    # Snapshots of one session that are joined lose twins; the archive keeps what one showed.
    assert set(locations) == set(twins)
    every = [facts(snapshot)["locations"] for snapshot in snapshots]
    assert all(count == max(each[event] for each in every) for event, count in locations.items())
    counts = archive.history().sessions.set_index("session_id")["location_count"]
    assert int(counts.sum()) == sum(locations.values())

    shuffled = ps.Archive(tmp_path_factory.mktemp("archive") / "shuffled", buckets=2)
    for when, snapshot in data.draw(st.permutations(stamped)):
        shuffled.record(snapshot, seen_at=when)
    assert facts(shuffled.history())["locations"] == locations
    found = facts(shuffled.history())
    for key, newest in told.items():
        assert set(of_snapshots(found[key])) == set(of_snapshots(newest))  # what is said at all
        if key[0] == "session":
            assert found[key].get("active_at") == newest.get("active_at")
    for when, snapshot in stamped:
        assert not shuffled.record(snapshot, seen_at=when)


def of_snapshots(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is counted, and what an archive alone tells: changes as they were recorded."""
    own = ("location_count", "versions")
    return {name: value for name, value in row.items() if name not in own}
