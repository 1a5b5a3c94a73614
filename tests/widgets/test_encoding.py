from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from pingsessions_nb.widgets.encoding import coded, milliseconds, numbers, texts


def unpack(packed):
    offsets = np.frombuffer(packed["offsets"], dtype="<u4")
    return [packed["bytes"][start:end].decode() for start, end in pairwise(offsets)]


@pytest.mark.parametrize(
    "values",
    [[], ["a"], ["", "zoë", "日本", "\x00\x07<b>", "💥"], ["x" * 70_000, "y"]],
    ids=["none", "one", "hostile", "long"],
)
def test_texts_come_back(values):
    assert unpack(texts(pd.Series(values, dtype="str"))) == values


def test_missing_text_is_empty():
    assert unpack(texts(pd.Series(["a", None, "b"], dtype="str"))) == ["a", "", "b"]


def test_a_part_of_a_series_is_only_that_part():
    assert unpack(texts(pd.Series(list("abcdef"), dtype="str")[2:4])) == ["c", "d"]


def test_codes_point_into_their_texts():
    packed = coded(pd.Series(["x", "y", None, "x"], dtype="str"))
    names = unpack(packed["texts"])
    codes = np.frombuffer(packed["codes"], dtype=f"<i{packed['width']}")
    assert [names[code] if code >= 0 else None for code in codes] == ["x", "y", None, "x"]


def test_instants_are_milliseconds():
    at = pd.Series(pd.to_datetime(["2020-07-22T22:21:31.693Z", None], utc=True))
    ms = np.frombuffer(milliseconds(at.astype("datetime64[us, UTC]")), dtype="<f8")
    assert ms[0] == 1595456491693.0
    assert np.isnan(ms[1])


def test_numbers_are_little_endian():
    assert numbers([1, 258], np.uint16) == b"\x01\x00\x02\x01"


@pytest.mark.parametrize(("distinct", "width"), [(1, 1), (128, 1), (129, 2), (40_000, 4)])
def test_codes_take_no_more_bytes_than_they_need(distinct, width):
    values = pd.Series([f"v{k}" for k in range(distinct)], dtype="str")
    packed = coded(values)
    assert packed["width"] == width
    codes = np.frombuffer(packed["codes"], dtype=f"<i{width}")
    assert codes.tolist() == list(range(distinct))
