"""Which findings belong together: those of one address and hour, or of one user within days."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

GAP = pd.Timedelta(days=3)
"""What a user does after so long is another case."""


def groups_of(found: pd.DataFrame) -> NDArray[np.int64]:
    """Return a number for each finding: which case it belongs to.

    Many users who came to one address together are one case, with all that was found in these
    sessions, and with journeys that lead away from them. Of what is left, findings of one user
    follow each other by no more than `GAP`.
    """
    crowd = found[found["kind"] == "user_velocity"]
    addresses = [told["address"] for told in crowd["evidence"]]
    day = crowd["at"].dt.floor("D")
    of_session = dict(
        zip(
            zip(crowd["user_id"], crowd["session_id"], strict=True),
            zip(addresses, _runs(pd.Series(addresses, dtype="str"), day), strict=True),
            strict=True,
        )
    )
    came_from = [told.get("from_session_id") for told in found["evidence"]]
    ends = zip(found["user_id"], found["session_id"], came_from, strict=True)
    keys = [of_session.get((user, at), of_session.get((user, since))) for user, at, since in ends]
    alone = np.array([key is None for key in keys], dtype=bool)
    numbers = np.zeros(len(found), dtype=np.int64)
    of_crowds = pd.Series([key for key in keys if key is not None], dtype=object)
    numbers[~alone] = pd.factorize(of_crowds)[0]
    begin = int(numbers.max(initial=-1)) + 1
    rest = found[alone]
    runs = _runs(rest["user_id"].reset_index(drop=True), rest["at"].reset_index(drop=True))
    keys_of_rest = pd.MultiIndex.from_arrays([rest["user_id"], runs])
    numbers[alone] = begin + pd.factorize(keys_of_rest)[0]
    return numbers


def _runs(of: pd.Series[str], at: pd.Series[pd.Timestamp]) -> NDArray[np.int64]:
    """Return the number of each row's run of its name in time: a new one after `GAP`."""
    frame = pd.DataFrame({"of": of.to_numpy(), "at": at.to_numpy()})
    ordered = frame.sort_values(["of", "at"], kind="stable")
    late = ordered.groupby("of")["at"].diff() > GAP
    runs = late.astype("int64").groupby(ordered["of"]).cumsum()
    return np.asarray(runs.sort_index(), dtype=np.int64)
