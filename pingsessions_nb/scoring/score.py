r"""`risk`: how much more a session looks like anybody's than like its user's.

The model is that of Freeman et al., "Who Are You? A Statistical Approach to Measuring User
Authenticity", NDSS 2016 (doi 10.14722/ndss.2016.23240), equation 7 without data on attacks: the
odds that a sign-on with the feature values FV is not the user u but an attacker, for whom values
are drawn as for everybody,

.. math:: S_u(FV) = \prod_k \frac{p(FV^k)}{p(FV^k \mid u, legit)}
          \cdot \frac{p(u \mid attack)}{p(u \mid legit)}

with sub-features and smoothing as in Wiefling et al., "Pump Up Password Security!", ACM TOPS 26(1),
2022 (doi 10.1145/3546069), and in the implementation that they published for it
(github.com/das-group/rba-algorithm). With levels h of a feature, the finest first, and weights w:

- of the user, from n earlier values:  ``p(x|u) = sum_h w_h * count_u(x_h) / n_h``, not smoothed
- of everybody, from N values:         ``p(x) = sum_h w_h * p_h``, where ``p_h = count(x_h) / N_h``,
  but for the finest level ``p_0 = max(count(x_0), 1) / (N_0 + M)``: room is left for M unseen
  values, 1 and as many as the coarser levels have different ones
- a value of which the user never had any level: ``p(x|u) = p(x) / 4``. Smoothing both sides would
  make what is rare with everybody look innocent.
- every user is as likely to be attacked, ``p(u|attack) = 1 / U``; and signs on as often as before,
  ``p(u|legit) = n / N``, in sessions.

What differs here: weights are shared out again among the levels that are known, and a feature of
which nothing is known counts for nothing; a level that nobody had counts as seen once; PingOne
gives no autonomous system, so that the /24 or /48 of an address stands for it; browser, system and
device are features of their own, and so is the place. Their implementation smooths the finest
level of everybody a second time, among the values that equal it, by ``count / (count + M)``; here
it is smoothed once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pingsessions_nb.coded.coded_history import Sessions, code_history
from pingsessions_nb.coded.coding import Floats, encode, starts, without_ties
from pingsessions_nb.coded.session_events import session_of_events
from pingsessions_nb.detectors.thresholds import read_thresholds
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.history import HistoryLike, history_of
from pingsessions_nb.history.session_facts import usernames
from pingsessions_nb.known_networks import KnownNetworks
from pingsessions_nb.scoring.features import (
    LEVELS,
    OF_EVENTS,
    Encoded,
    Level,
    earlier_equal,
    earlier_known,
    encode_all,
    levels_of_events,
    levels_of_sessions,
)
from pingsessions_nb.scoring.reasons import reasons

WEIGHTS: Mapping[str, Sequence[float]] = {
    "address": (0.6, 0.3, 0.1),  # Wiefling et al.: IP address, autonomous system, country
    "place": (0.6, 0.3, 0.1),
    "browser": (2 / 3, 1 / 3),  # in the proportion of their user agent and browser
    "os": (2 / 3, 1 / 3),
    "device": (1.0,),
}
FEATURES = tuple(LEVELS)
_NEVER_SEEN = math.log(4)
_THREADS = 2


@dataclass(frozen=True)
class RiskModel:
    """How often each value is seen in a population; models of different users can be added.

    Attributes
    ----------
    users, sessions : int
        How many there are. Join only models of different users.
    counts : dict of str to (pyarrow.Array, int64 ndarray)
        By level, the values and how often each was seen.
    """

    users: int
    sessions: int
    counts: dict[str, tuple[pa.Array, NDArray[np.int64]]]

    @classmethod
    def of(cls, history: HistoryLike) -> Self:
        """Count the values in a history."""
        return cls._of_encoded(encode_all(code_history(history, KnownNetworks())))

    @classmethod
    def _of_encoded(cls, encoded: Encoded) -> Self:
        sessions = encoded.coded.sessions
        counts = {}
        for name, level in encoded.levels.items():
            seen = np.bincount(level.codes[level.codes >= 0], minlength=len(level.texts))
            counts[name] = (level.texts, seen)
        return cls(int(starts(sessions.user).sum()), len(sessions), counts)

    @classmethod
    def joined(cls, models: Iterable[RiskModel]) -> Self:
        """Return the model of several populations together."""
        parts = list(models)
        counts = {}
        for name in parts[0].counts:
            codes, texts = encode(pa.concat_arrays([part.counts[name][0] for part in parts]))
            seen = np.concatenate([part.counts[name][1] for part in parts])
            summed = np.bincount(codes, weights=seen, minlength=len(texts))
            counts[name] = (texts, summed.astype(np.int64))
        users, sessions = (sum(getattr(part, n) for part in parts) for n in ("users", "sessions"))
        return cls(users, sessions, counts)

    def __add__(self, other: RiskModel) -> RiskModel:
        """Return the model of both populations."""
        return RiskModel.joined([self, other])

    def seen(self, name: str, level: Level) -> NDArray[np.int64]:
        """Return how often each of a level's values was seen."""
        texts, counts = self.counts[name]
        if texts is level.texts:
            return counts
        at = pc.index_in(level.texts, value_set=texts)
        found = pc.fill_null(at, -1).to_numpy(zero_copy_only=False)
        times: NDArray[np.int64] = np.append(counts, 0)[found]
        return times


def risk(
    history: HistoryLike,
    *,
    fit: HistoryLike | RiskModel | None = None,
    features: Sequence[str] = FEATURES,
    baseline_sessions: int = 5,
) -> pd.DataFrame:
    """Score each session by how unlike its user, and like anybody, it is.

    A session is compared with what its user did before, in ``history``, and with how common its
    values are with everybody, in ``fit``. Of a session with several location events, the one whose
    address and place together are least like the user counts, so that a session that is taken over
    half-way is seen.

    Parameters
    ----------
    history : History
        All that is known of the users whose sessions are to be scored.
    fit : History, Archive or RiskModel, optional
        The population; the history itself if not given. So ``risk(one_user, fit=tenant)`` gives
        the scores that ``risk(tenant)`` gives that user. Of a history that comes in parts, each
        with all rows of some users, the parts' ``RiskModel.of(part)`` can be joined.
    features : sequence of str
        Some of ``address, place, browser, os, device``. One left out adds nothing, and the others
        add what they add with it.
    baseline_sessions : int
        How many of a user's first sessions only serve as what later ones are compared with. They
        have no score.

    Returns
    -------
    DataFrame
        A row for each session, the highest score first, of equal ones the newest:

        - user_id, session_id : str
        - at : datetime64[us, UTC], when the session began
        - score : float64, the natural logarithm of the odds S of the module's formula. NaN for a
          user's first sessions; these come last.
        - probability : float64, ``S / (1 + S)``. It would be that of an attack if attacks were as
          frequent as honest sessions; they are not: it serves to rank.
        - user, and one for each of the features : float64, what adds up to the score
        - reasons : str, what is new to the user and what is as before, in a sentence
        - username : str, NA where no record of the user is known

    Raises
    ------
    ConfigurationError
        Where there is no such feature, or none at all; where ``baseline_sessions`` is below 1.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> tenant = ps.demo(users=20, seed=7)
    >>> scores = ps.risk(tenant.history("ariel.friedman"), fit=tenant.history())
    >>> print(scores["reasons"].iloc[0])
    New to this user: an address in a new country, a country. As before: browser, ...
    """
    chosen = _chosen(features)
    limits = read_thresholds({"baseline_sessions": baseline_sessions})
    whole = history_of(history)
    coded = code_history(whole, KnownNetworks())
    sessions = coded.sessions
    is_scored = sessions.rank >= limits.baseline_sessions
    scored = np.flatnonzero(is_scored)
    # Arrow and numpy work outside the interpreter's lock.
    with ThreadPoolExecutor(_THREADS) as pool:
        of_events = pool.submit(levels_of_events, coded.events)
        session = session_of_events(coded, scored)
        events = np.flatnonzero(session >= 0)
        newest = np.argsort(-sessions.start, kind="stable")
        of_sessions = levels_of_sessions(sessions)
        encoded = Encoded(coded, of_events.result() | of_sessions)
        if fit is None:
            model = RiskModel._of_encoded(encoded)
        else:
            model = fit if isinstance(fit, RiskModel) else RiskModel.of(fit)

        def compare(name: str) -> tuple[Floats, NDArray[np.int8]]:
            return _compare(name, encoded, model, events if name in OF_EVENTS else scored)

        needed = dict.fromkeys((*chosen, *_decide_event(chosen)))
        compared = dict(zip(needed, pool.map(compare, needed), strict=True))
        likeness = [compared[name][0] for name in _decide_event(chosen)]
        event = _least_like(session[events], len(scored), likeness)
        parts = {"user": _attack_odds(model, sessions.rank[scored])}
        status = {}
        for name in chosen:
            contribution, closest = compared[name]
            at_event = name in OF_EVENTS
            parts[name] = np.append(contribution, 0.0)[event] if at_event else contribution
            status[name] = np.append(closest, np.int8(-1))[event] if at_event else closest
        parts = {"score": np.sum(list(parts.values()), axis=0), **parts}
        parts = {name: _spread(part, scored, len(sessions), np.nan) for name, part in parts.items()}
        score = parts.pop("score")
        order = _best_first(sessions, score, newest)
        status = {
            name: _spread(of, scored, len(sessions), -1)[order] for name, of in status.items()
        }
        saying = pool.submit(reasons, status, is_scored[order])
        users = pd.Series(pd.array(coded.users, dtype="str"))
        names = pa.array(usernames(whole, users), pa.large_string(), from_pandas=True)
        texts = {name: sessions.texts(name, order) for name in ("user_id", "session_id")}
        return pd.DataFrame(
            {
                **{name: pd.array(values, dtype="str") for name, values in texts.items()},
                "at": pd.DatetimeIndex(sessions.start[order].view("datetime64[us]"), tz="UTC"),
                "score": score[order],
                "probability": 1 / (1 + np.exp(-score[order])),
                **{name: part[order] for name, part in parts.items()},
                "reasons": saying.result(),
                "username": pd.array(names.take(pa.array(sessions.user[order])), dtype="str"),
            },
            copy=False,  # the columns are nobody else's
        )


def _chosen(features: Sequence[str]) -> tuple[str, ...]:
    asked = (features,) if isinstance(features, str) else features
    usable = isinstance(asked, Iterable)
    asked = tuple(asked) if usable else ()
    if not asked or not all(name in FEATURES for name in asked):
        raise ConfigurationError(f"features names some of {', '.join(FEATURES)}, not {features!r}.")
    return tuple(name for name in FEATURES if name in asked)


def _decide_event(chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Return the features by which a session's event is chosen: all or, if none is asked for, none.

    So that what is left out takes its own contribution away, and changes no other.
    """
    return OF_EVENTS if set(chosen) & set(OF_EVENTS) else ()


def _attack_odds(model: RiskModel, earlier: NDArray[Any]) -> Floats:
    """Return ``ln(p(u|attack) / p(u|legit))`` of sessions that come after so many."""
    odds: Floats = np.log(max(model.sessions, 1) / max(model.users, 1) / earlier)
    return odds


def _compare(
    name: str, encoded: Encoded, model: RiskModel, rows: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.int8]]:
    """Return a feature's part of the score of some events or sessions, and what of it is new.

    The part is ``ln(p(x) / p(x|u))``. What is new is 0 where the value is as before, as far as it
    is known; else the finest level that is, or the number of levels if none is; -1 where there is
    nothing to compare.
    """
    source = encoded.coded.events if name in OF_EVENTS else encoded.coded.sessions
    names = LEVELS[name]
    sizes = [int((model.counts[level][1] > 0).sum()) for level in names]
    mine, everybody = np.zeros((2, len(rows)))
    finest = np.full(len(rows), -1, dtype=np.int8)
    closest = np.full(len(rows), len(names), dtype=np.int8)
    had_any, earlier = np.zeros(0, dtype=bool), np.zeros(0, dtype=np.int64)
    for depth, (of, weight) in enumerate(zip(names, WEIGHTS[name], strict=True)):
        level = encoded.levels[of]
        codes = level.codes[rows]
        if not np.array_equal(had_any, level.codes >= 0):  # levels mostly miss the same rows
            had_any = level.codes >= 0
            earlier = earlier_known(source.user, had_any)[rows]
        same = earlier_equal(source.user, level.codes)[rows]
        usable = (codes >= 0) & (earlier > 0)
        unseen = 1 + sum(sizes[1:]) if depth == 0 else 0
        number = max(int(model.counts[of][1].sum()) + unseen, 1)
        common = np.append(np.maximum(model.seen(of, level), 1) * (weight / number), 0.0)
        mine += np.divide(weight * same, earlier, out=np.zeros(len(rows)), where=usable)
        everybody += np.where(usable, common[codes], 0.0)
        finest[usable & (finest < 0)] = depth
        closest[usable & (same > 0) & (closest == len(names))] = depth
    had = mine > 0
    contribution = np.where(finest < 0, 0.0, _NEVER_SEEN)
    contribution[had] = np.log(everybody[had] / mine[had])
    closest[closest == finest] = 0
    closest[finest < 0] = -1
    return contribution, closest


def _least_like(
    session: NDArray[np.int64], count: int, contributions: Sequence[Floats]
) -> NDArray[np.int64]:
    """Return for each session its event that is least like the user, -1 where it has none.

    Of each event, its session and its contributions are given.
    """
    event = np.full(count, -1)
    if contributions:
        total = np.sum(contributions, axis=0)
        highest = np.full(count, -np.inf)
        np.maximum.at(highest, session, total)
        worst = np.flatnonzero(total == highest[session])[::-1]
        event[session[worst]] = worst  # the last to be written is the earliest
    return event


def _spread(values: NDArray[Any], rows: NDArray[np.int64], count: int, rest: float) -> NDArray[Any]:
    """Put the values of some rows among all."""
    everywhere = np.full(count, rest, dtype=values.dtype)
    everywhere[rows] = values
    return everywhere


def _best_first(sessions: Sessions, score: Floats, newest: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order by score, then newest first; what is still equal, which is little, by the ids."""
    is_scored = ~np.isnan(score[newest])
    scored = newest[is_scored]
    best = scored[np.argsort(-score[scored], kind="stable")]
    order = np.concatenate([best, newest[~is_scored]])
    # The ids are by rows of the frame, and so all else has to be.
    everywhere = len(sessions.frame)
    position = _spread(np.arange(len(sessions)), sessions.rows, everywhere, 0)
    beginning = _spread(sessions.start, sessions.rows, everywhere, 0)
    known = _spread(np.nan_to_num(score, nan=-np.inf), sessions.rows, everywhere, 0)
    ids = (sessions.frame[name] for name in ("user_id", "session_id"))
    return position[without_ties(sessions.rows[order], known, beginning, *ids)]
