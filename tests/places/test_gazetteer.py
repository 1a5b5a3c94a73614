"""The packaged data, the fingerprints that find a name in them, and the sources' safety."""

from __future__ import annotations

import doctest
import importlib

import build_sources
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingsessions_nb.places.gazetteer import DATA, gazetteer
from pingsessions_nb.places.index import fingerprint, pack, unpack


def test_the_data_are_at_most_8_mb():
    size = sum((DATA / name).stat().st_size for name in ("places.arrow", "names.arrow"))
    assert 4_000_000 < size <= 8_000_000


def test_the_world_is_there():
    known = gazetteer()
    assert len(known.codes) == 250
    assert {"US", "DE", "PR", "XK", "AQ"} <= set(known.codes)
    assert known.states_end - len(known.codes) > 3_500
    assert known.areas_end - known.states_end > 35_000
    assert len(known.names) - known.areas_end > 400_000
    rows = np.arange(len(known.names))
    assert (known.parent[known.country_of(rows)] == known.country_of(rows)).all()
    assert (known.country_of(rows) < len(known.codes)).all()
    assert (np.abs(known.latitude) <= 90).all()
    assert (np.abs(known.longitude) <= 180).all()
    assert known.radius_km.min() >= 5
    assert (np.diff(known.prints) >= 0).all()
    assert (known.state_of(rows) < known.states_end).all()
    # Every place can be found by some name, but for a few states that share theirs.
    assert len(np.setdiff1d(rows, known.ranked)) < 50


@given(st.lists(st.integers(0, 2**40 - 1), min_size=1))
def test_packed_numbers_are_whole_again(values):
    numbers = np.array(values, dtype=np.int64)
    assert unpack(pack(numbers, 5)).tolist() == values


def test_a_name_means_one_kind_in_one_country():
    prints = {
        fingerprint(kind, country, "georgia")
        for kind in ("country", "state", "city")
        for country in ("", 1, 2)
    }
    assert len(prints) == 9
    assert all(0 < print_ < 2**40 for print_ in prints)


def test_a_source_that_is_not_the_one_named_is_refused(tmp_path):
    (tmp_path / "world-atlas-2.0.2.tgz").write_bytes(b"something else")
    with pytest.raises(ValueError, match="delete it and try again"):
        build_sources.fetch(tmp_path, {"world-atlas-2.0.2.tgz": "0" * 64})


@pytest.mark.parametrize("module", ["spelling", "sphere", "locating"])
def test_examples_in_docstrings_hold(module):
    result = doctest.testmod(importlib.import_module(f"pingsessions_nb.places.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
