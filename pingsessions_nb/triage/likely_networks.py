"""`likely_networks`: addresses that look like the company's own, for somebody to confirm."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pyarrow as pa

from pingsessions_nb.arguments import given_number
from pingsessions_nb.coded import code_history
from pingsessions_nb.coded.coding import MICROSECONDS_A_DAY
from pingsessions_nb.detectors.places import place_labels
from pingsessions_nb.detectors.thresholds import thresholds_for
from pingsessions_nb.history import HistoryLike, history_of

LEAST_USERS = 5
LEAST_DAYS = 3
STEADY = 0.3
SATURDAY = 5


def likely_networks(history: HistoryLike, *, least_users: int = LEAST_USERS) -> pd.DataFrame:
    """List addresses to which many users return: probably offices and gateways.

    Whoever knows the company names them: ``history.known_networks = {"Munich": {"range":
    "203.0.113.8/32", "kind": "office", "city": "Munich", "state": "Bavaria", "country":
    "Germany"}}``, or with ``"kind": "vpn"``. Then `signals` and `cases` know.

    Parameters
    ----------
    history : History or Archive
    least_users : int
        Addresses of fewer users are left out.

    Returns
    -------
    DataFrame
        The most used first: ``address`` (str), ``range`` (str, as `known_networks` takes it),
        ``users, days`` (int64), ``steady`` (float64, share of users who came on several days),
        ``weekdays`` (float64, share of its activity from Monday to Friday, UTC), ``place`` (str,
        where PingOne puts it).

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=200, seed=7).history()
    >>> history.known_networks = {}  # as if nobody had named any
    >>> ps.likely_networks(history).loc[0, ["address", "place"]].tolist()
    ['203.0.113.49', 'Paris, Île-de-France, FR']
    """
    whole = history_of(history)
    coded = code_history(whole, thresholds_for(whole, {}).known_networks)
    link, texts = coded.events.link
    chosen = np.flatnonzero(coded.outside & coded.events.whole)
    events = coded.events.take(chosen)
    frame = pd.DataFrame(
        {"link": link[chosen], "user": events.user, "day": events.at // MICROSECONDS_A_DAY}
    )
    users = frame.groupby("link")["user"].nunique()
    frame["row"] = np.arange(len(frame))
    least = given_number("least_users", least_users, 1, math.inf)
    frame = frame[frame["link"].isin(users.index[users >= least])]
    visits = frame.drop_duplicates(["link", "user", "day"])
    each = visits.groupby(["link", "user"])["day"].size()
    weekday = (visits["day"] + 3) % 7 < SATURDAY
    found = pd.DataFrame(
        {
            "users": users.reindex(frame["link"].unique()).sort_index(),
            "days": visits.groupby("link")["day"].nunique(),
            "steady": (each > 1).groupby("link").mean(),
            "weekdays": weekday.groupby(visits["link"]).mean(),
        }
    )
    first = frame.drop_duplicates("link").set_index("link")["row"].reindex(found.index)
    found["place"] = pd.array(place_labels(events.take(first.to_numpy(np.int64))), dtype="str")
    address = texts.take(pa.array(found.index.to_numpy(np.int64))).to_pylist()
    found.insert(0, "address", pd.array(address, dtype="str"))
    found.insert(1, "range", [each if "/" in each else f"{each}/32" for each in address])
    found = found[(found["steady"] >= STEADY) & (found["days"] >= LEAST_DAYS)]
    order = ["users", "days", "address"]
    found = found.astype({"range": "str"})
    return found.sort_values(order, ascending=[False, False, True], ignore_index=True)
