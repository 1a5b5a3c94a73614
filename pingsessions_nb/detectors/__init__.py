"""Signals: what in a history is worth an analyst's time, and why.

`signals` finds them. One kind is one module, whose docstring says what exactly counts and how
severe it is:

========================= ================== ==============================================
kind                      module             in short
========================= ================== ==============================================
``geovelocity_anomaly``   `geovelocity`      two places, and no way to travel so fast
``user_location_anomaly`` `location`         far from every place of the user's past
``new_device``            `device`           a browser, system, device unlike all before
``ip_velocity``           `ip_velocity`      many addresses of one user within an hour
``user_velocity``         `user_velocity`    many users new to one address within an hour
``dormant_return``        `dormancy`         back after months without activity
``session_replay``        `session_replay`   a session that somebody else uses, too
========================= ================== ==============================================

The first five are named as PingOne Protect names its predictors.

A history too large for one piece is dealt with in parts, each with all rows of some users: see
`newcomers`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from pingsessions_nb.coded.coded_history import CodedHistory, code_history
from pingsessions_nb.detectors.device import find_new_devices
from pingsessions_nb.detectors.dormancy import find_dormant_returns
from pingsessions_nb.detectors.findings_frame import COLUMNS, findings, judged, ranked
from pingsessions_nb.detectors.geovelocity import find_geovelocity_anomalies
from pingsessions_nb.detectors.habits import without_habits
from pingsessions_nb.detectors.ip_velocity import find_ip_velocity
from pingsessions_nb.detectors.location import find_location_anomalies
from pingsessions_nb.detectors.session_replay import find_session_replays
from pingsessions_nb.detectors.strangers import device_codes, on_strangers
from pingsessions_nb.detectors.thresholds import KINDS, Thresholds, thresholds_for
from pingsessions_nb.detectors.user_velocity import crowded_addresses, find_user_velocity, newcomers
from pingsessions_nb.history import HistoryLike, history_of
from pingsessions_nb.history.session_facts import usernames

__all__ = [
    "COLUMNS",
    "KINDS",
    "Thresholds",
    "crowded_addresses",
    "join_signals",
    "newcomers",
    "signals",
    "unjudged",
]


def signals(
    history: HistoryLike, *, crowded: pd.DataFrame | None = None, **thresholds: object
) -> pd.DataFrame:
    """Find what is worth a look, the most severe first.

    Parameters
    ----------
    history : History
    crowded : DataFrame, optional
        Addresses with many newcomers, as `crowded_addresses` finds them, where the history is
        a part of a larger one.
    **thresholds
        ``known_networks`` (offices and VPN gateways; the history's own if not given), ``kinds``,
        ``baseline_sessions``, ``max_speed_kmh``, ``min_distance_km``, ``location_radius_km``,
        ``ip_velocity_addresses``, ``ip_velocity_hours``, ``user_velocity_users``,
        ``user_velocity_hours``, ``dormant_days``: see `Thresholds`.

    Returns
    -------
    DataFrame
        A row for each session and kind:

        - kind, severity : str. ``low``, ``medium`` or ``high`` by the rule of the kind's module,
          and one step more where several kinds name the session.
        - user_id, session_id : str
        - at : datetime64[us, UTC], when it happened: the later of two events, a session's beginning
        - summary : str, a sentence. It repeats words that PingOne reported: text, never markup.
        - within_session : bool, whether a journey begins and ends in one session
        - from_place, to_place : str, labels as in ``history.locations["place"]``
        - distance_km : float64, the least distance between the two
        - hours : float64, how long the journey or the silence took
        - speed_kmh : float64, the least speed; infinite where both ends are of one moment
        - evidence : object, a dict of what else it rests on, JSON's types only
        - username : str, NA where no record of the user is known

        What does not apply to a kind is missing. Within a severity, sessions of which
        several independent facts were found come first, of equal ones the newest.

    Raises
    ------
    ConfigurationError
        Where a threshold is unknown or out of range.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> tenant = ps.demo(users=20, seed=7)
    >>> found = ps.signals(tenant.history("ariel.friedman"), known_networks=tenant.known_networks)
    >>> found["kind"].tolist()
    ['geovelocity_anomaly', 'user_location_anomaly']
    >>> print(found["summary"].iloc[0])
    One session was used in Gdańsk, Pomerania, PL and 17 minutes later in Philadelphia, ...
    """
    whole = history_of(history)
    limits = thresholds_for(whole, thresholds)
    coded = code_history(whole, limits.known_networks)
    found = judged(without_habits(unjudged(coded, limits, crowded), coded))
    return ranked(found.assign(username=usernames(whole, found["user_id"])))


def unjudged(
    coded: CodedHistory, limits: Thresholds, crowded: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return each finding on its own, as `findings_frame.findings` makes them, in no order."""
    strange = on_strangers(coded, limits, device_codes(coded)[1])
    finders: dict[str, Callable[[], pd.DataFrame]] = {
        "geovelocity_anomaly": lambda: find_geovelocity_anomalies(coded, limits),
        "user_location_anomaly": lambda: find_location_anomalies(coded, limits, strange),
        "new_device": lambda: find_new_devices(coded, limits, strange),
        "ip_velocity": lambda: find_ip_velocity(coded, limits),
        "user_velocity": lambda: find_user_velocity(coded, limits, crowded),
        "dormant_return": lambda: find_dormant_returns(coded, limits),
        "session_replay": lambda: find_session_replays(coded, limits),
    }
    found = [find() for kind, find in finders.items() if kind in limits.kinds]
    some = [frame for frame in found if len(frame)]
    return pd.concat(some, ignore_index=True) if some else findings(KINDS[0], 0)


def join_signals(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join what `signals` found in parts of a history, ranked as if it had been one.

    Parameters
    ----------
    parts : sequence of DataFrame
        At least one.
    """
    return ranked(pd.concat(parts, ignore_index=True))
