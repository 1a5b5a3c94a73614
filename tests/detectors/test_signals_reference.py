"""`signals` finds what a slow, literal reading of the definitions finds, and changes as it should.

Histories are drawn from few users, places, addresses and devices, so that everything happens, ties
and repetitions included.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_history import LINUX, MAC, PLACES, WINDOWS, event, history, session
from slow_reference import slow_signals

import pingsessions_nb as ps
from pingsessions_nb.coded import code_history
from pingsessions_nb.detectors import KINDS, crowded_addresses, join_signals, newcomers, unjudged
from pingsessions_nb.detectors.thresholds import read_thresholds

LIMITS = {
    "baseline_sessions": 2,
    "ip_velocity_addresses": 3,
    "user_velocity_users": 2,
    "user_velocity_sessions": 2,
    "dormant_days": 20,
    "known_networks": {"VPN": "198.51.100.0/28", "six": "2001:db8::/32"},
}
ADDRESSES = [
    *("24.1.2.3", "24.1.2.4", "185.1.2.3", "174.xx.xx.xxx", None, "198.51.100.3", "2001:db8::1"),
    *("2a02::1", "2a02::2", "not an address", "198.51.100.77"),
]
UNKNOWN = (None, None, None, None, None)
DEVICES = [WINDOWS, LINUX, MAC, (None, None, "Windows", "10", "Other"), UNKNOWN]
HOURS = [0, 0, 0.5, 0.75, 1, 2, 9, 30, 200, 900]

events = st.builds(
    event,
    st.sampled_from(HOURS),
    st.sampled_from(list(PLACES)),
    st.sampled_from(ADDRESSES),
)
sessions = st.builds(
    lambda start, events, user, device: session(start, *events, user=user, device=device),
    st.sampled_from([0, 0.25, 0.5, 8, 29, 199, 899]),
    st.lists(events, min_size=1, max_size=5),
    st.sampled_from(["ann", "bob", "cleo"]),
    st.sampled_from(DEVICES),
)
histories = st.lists(sessions, max_size=14).map(lambda some: history(*some))
often = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])


def signals(some: ps.History) -> pd.DataFrame:
    return ps.signals(some, **LIMITS)


def each_alone(some: ps.History) -> pd.DataFrame:
    """Return every finding before habits take some away."""
    limits = read_thresholds(LIMITS)
    return unjudged(code_history(some, limits.known_networks), limits)


def rows_of(found: pd.DataFrame) -> set:
    return set(found[["user_id", "session_id", "kind"]].itertuples(index=False, name=None))


def like(some: ps.History, sessions: pd.DataFrame, locations: pd.DataFrame) -> ps.History:
    return ps.History(some.users, sessions, locations)


@often
@given(histories)
def test_signals_are_what_the_definitions_say(some):
    found = each_alone(some)
    assert not found.duplicated(["user_id", "session_id", "kind"]).any()
    assert rows_of(found) == slow_signals(some, **LIMITS)


def drawn(seed: int) -> ps.History:
    """Return a longer history, of 20 sessions for each of three users."""
    chance = np.random.default_rng(seed)

    def one_of(values):
        return values[chance.integers(len(values))]

    made = []
    for user in ("ann", "bob", "cleo"):
        start = 0.0
        for _ in range(20):
            start += one_of([0, 0.2, 1, 9, 30, 600])
            places = [*["tacoma"] * 9, *PLACES]
            addresses = [*ADDRESSES, f"185.50.0.{int(start) % 9}"]
            some = [
                event(start + one_of(HOURS[:8]), one_of(places), one_of(addresses))
                for _ in range(chance.integers(1, 6))
            ]
            made.append(session(start, *some, user=user, device=one_of([WINDOWS] * 9 + DEVICES)))
    return history(*made)


def test_signals_are_what_the_definitions_say_of_longer_histories():
    kinds = set()
    for seed in range(4):
        some = drawn(seed)
        found = rows_of(each_alone(some))
        assert rows_of(signals(some)) <= found
        assert found == slow_signals(some, **LIMITS)
        kinds |= {kind for _, _, kind in found}
    assert kinds == set(KINDS) - {"session_replay"}  # which only an archive can tell


@often
@given(histories, st.integers(0, 2**32 - 1))
def test_the_order_of_rows_makes_no_difference(some, seed):
    chance = np.random.default_rng(seed)
    shuffled = like(
        some,
        some.sessions.sample(frac=1, random_state=chance).reset_index(drop=True),
        some.locations.sample(frac=1, random_state=chance).reset_index(drop=True),
    )
    pd.testing.assert_frame_equal(signals(shuffled), signals(some))


@often
@given(histories)
def test_rows_repeated_make_no_difference(some):
    repeated = like(
        some,
        pd.concat([some.sessions, some.sessions], ignore_index=True),
        pd.concat([some.locations] * 3, ignore_index=True),
    )
    pd.testing.assert_frame_equal(signals(repeated), signals(some))


@often
@given(histories, st.integers(-(10**9), 10**9))
def test_time_shifted_shifts_the_findings(some, seconds):
    by = pd.Timedelta(seconds=seconds)
    names = ["created_at", "active_at", "last_sign_on_at"]
    later = like(
        some,
        some.sessions.assign(**{name: some.sessions[name] + by for name in names}),
        some.locations.assign(at=some.locations["at"] + by),
    )
    found, before = signals(later), signals(some)
    pd.testing.assert_frame_equal(
        found.drop(columns="evidence"),
        before.assign(at=before["at"] + by).drop(columns="evidence"),
    )


@often
@given(histories)
def test_users_renamed_rename_the_findings(some):
    names = {"ann": "y", "bob": "z", "cleo": "x"}  # in another order, too
    renamed = like(
        some,
        some.sessions.assign(user_id=some.sessions["user_id"].map(names).astype("str")),
        some.locations.assign(user_id=some.locations["user_id"].map(names).astype("str")),
    )
    before = signals(some)
    expected = before.assign(user_id=before["user_id"].map(names).astype("str"))
    pd.testing.assert_frame_equal(signals(renamed), join_signals([expected]))


@often
@given(histories, histories)
def test_another_user_adds_her_own_findings_only(some, more):
    """But for `user_velocity`, which is about several."""
    other = more.for_users(["ann"])
    other.sessions["user_id"] = other.locations["user_id"] = "dora"
    for frame in (other.sessions, other.locations):
        frame["user_id"] = frame["user_id"].astype("str")
    kinds = [kind for kind in KINDS if kind != "user_velocity"]
    limits = {**LIMITS, "kinds": kinds}
    both = ps.signals(ps.History.concat([some, other]), **limits)
    alone = [ps.signals(part, **limits) for part in (some, other)]
    pd.testing.assert_frame_equal(both, join_signals(alone))


@often
@given(histories)
def test_parts_find_what_the_whole_does(some):
    parts = [some.for_users([user]) for user in ("ann", "bob", "cleo")]
    crowded = crowded_addresses(pd.concat([newcomers(part, **LIMITS) for part in parts]), **LIMITS)
    found = join_signals([ps.signals(part, crowded=crowded, **LIMITS) for part in parts])
    pd.testing.assert_frame_equal(found, signals(some))


@pytest.mark.slow
@settings(max_examples=1_000, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_signals_are_what_the_definitions_say_at_length(some):
    assert rows_of(each_alone(some)) == slow_signals(some, **LIMITS)
