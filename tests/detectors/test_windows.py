"""Counting different items in a moving window, against counting them one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pingsessions_nb.detectors.windows import crowds

rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 30)), max_size=25)


@given(rows, st.integers(0, 8), st.integers(1, 4))
def test_crowds_hold_exactly_the_events_of_full_windows(events, window, least):
    columns = [np.array([row[n] for row in events], dtype=np.int64) for n in range(3)]
    found = crowds(*columns, window, least)
    inside = {
        event
        for event in events
        for crowd in found.itertuples()
        if event[0] == crowd.group and crowd.since <= event[2] <= crowd.until
    }
    expected = set()
    most = 0
    for group, _, end in events:
        full = [row for row in events if row[0] == group and end - window <= row[2] <= end]
        number = len({item for _, item, _ in full})
        if number >= least:
            expected |= set(full)
            most = max(most, number)
    assert inside == expected
    assert found["most"].max() == most if most else found.empty


@given(rows, st.integers(0, 8), st.integers(1, 4))
def test_crowds_of_a_group_do_not_overlap(events, window, least):
    columns = [np.array([row[n] for row in events], dtype=np.int64) for n in range(3)]
    found = crowds(*columns, window, least).sort_values(["group", "since"])
    same = found["group"].diff() == 0
    assert (found["since"] > found["until"].shift())[same].all()
