"""Why a session has its score, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

BASELINE = "One of the first known sessions of this user, with which later ones are compared."

# What is as before, and then what is new where the next coarser level is known, and the next.
_PHRASES = {
    "address": (
        *("address", "an address in a known network"),
        *("an address in a new network", "an address in a new country"),
    ),
    "place": ("place", "a city in a known state", "a new place in a known country", "a country"),
    "browser": ("browser", "another version of the browser", "a browser"),
    "os": ("system", "another version of the system", "a system"),
    "device": ("type of device", "a type of device"),
}


def reasons(
    status: Mapping[str, NDArray[np.int8]], scored: NDArray[np.bool_]
) -> pd.api.extensions.ExtensionArray:
    """Say what is new and what is as before, in a sentence for each session.

    Every combination is put in words once, however many sessions have it. The status of a feature
    is 0 where it is as before, a higher number the more is new, -1 where it is unknown; a session
    that is not ``scored`` is one of the user's first.
    """
    combination = np.where(scored, 1, 0).astype(np.int64)
    for values in status.values():
        combination = combination * 8 + values + 1
    combination[~scored] = 0
    codes, distinct = pd.factorize(combination)
    sentences = [_sentence(list(status), number) for number in distinct.tolist()]
    texts = pa.array(sentences, pa.large_string())
    written: pd.api.extensions.ExtensionArray
    written = pd.array(texts.take(pa.array(codes)), dtype="str")
    return written


def _sentence(features: list[str], number: int) -> str:
    if not number:
        return BASELINE
    new, known = [], []
    for name in reversed(features):
        number, value = divmod(number, 8)
        if value > 1:
            new.append(_PHRASES[name][value - 1])
        elif value == 1:
            known.append(_PHRASES[name][0])
    parts = []
    if new:
        parts.append(f"New to this user: {', '.join(reversed(new))}.")
    if known:
        parts.append(f"As before: {', '.join(reversed(known))}.")
    return " ".join(parts) or "PingOne says nothing of this session that could be compared."
