"""`cases`: which findings belong together, whom to look at first, and why."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.coded import code_history
from pingsessions_nb.detectors import unjudged
from pingsessions_nb.detectors.findings_frame import FACTS, LEVELS
from pingsessions_nb.detectors.habits import without_habits
from pingsessions_nb.detectors.thresholds import Thresholds, thresholds_for
from pingsessions_nb.history import History, HistoryLike, history_of
from pingsessions_nb.scoring import RiskModel, risk
from pingsessions_nb.triage.case_summaries import next_steps, tell
from pingsessions_nb.triage.innocent_explanations import Finding
from pingsessions_nb.triage.judging import Judgement, judge
from pingsessions_nb.triage.surroundings import Surroundings, networks_of
from pingsessions_nb.triage.traffic import Traffic
from pingsessions_nb.triage.verdicts import benign_of, likes, read_verdicts

COLUMNS = (
    *("case_id", "rank", "severity", "users", "user_ids", "session_ids", "kinds"),
    *("started_at", "last_at", "score", "summary", "next_steps", "evidence"),
)
_TEXT = ("case_id", "severity", "summary", "next_steps")
_LISTS = ("users", "user_ids", "session_ids", "kinds", "evidence")
GAP: Final = pd.Timedelta(days=3)
"""What a user does after so long is another case."""
_AT_ONCE: Final = 2_000
"""So many users' histories are looked at together: what is known around them takes memory."""


def cases(
    history: HistoryLike, verdicts: pd.DataFrame | None = None, **thresholds: Any
) -> pd.DataFrame:
    """Put findings that belong together into cases, and rank these: who deserves an analyst first.

    Findings of one user within days are a case, and so are those of many users who came to one
    address together. Facts count, not findings (see `triage.judging`): independent ones lift each
    other; a network of many users, a habit, or an earlier verdict speaks against. Severity is what
    an analyst would do: ``high`` now, ``medium`` today, ``low`` when it touches another.

    Parameters
    ----------
    history : History or Archive
        Best of everybody: what is common in the tenant is learned from it.
    verdicts : DataFrame, optional
        What analysts judged before: ``case_id`` or ``session_id``, and ``verdict`` (``true``,
        ``benign``, ``unsure``). What was benign demotes its like, visibly: the user's own hop or
        device, and whoever comes through that network.
    **thresholds
        As for `signals`.

    Returns
    -------
    DataFrame
        A row for each case, the first to look at first:

        - case_id : str, the same as long as the case begins with the same session
        - rank : int64, from 1
        - severity : str, ``high``, ``medium`` or ``low``
        - users, user_ids, session_ids, kinds : tuple of str
        - started_at, last_at : datetime64[us, UTC], of its findings
        - score : float64, by which cases of one severity are ranked
        - summary : str, a paragraph: what happened, why it is unlikely, what speaks against alarm.
          It repeats words that PingOne reported: text, never markup.
        - next_steps : str, sentences
        - evidence : object, a dict of JSON's types: ``score_parts`` (adding up to ``score``),
          ``facts``, ``against``, ``verdict``, ``findings``

    Raises
    ------
    ConfigurationError
        Where a threshold or a verdict is of no use.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> found = ps.cases(ps.demo(users=20, seed=7).history())
    >>> found["severity"].value_counts().to_dict()
    {'high': 5, 'low': 3}
    >>> print(found.loc[3, "users"], found.loc[3, "summary"])
    ('ariel.friedman',) ariel.friedman, 11 November 2025 at 13:49 UTC: One session was used in ...
    """
    judged = read_verdicts(verdicts)
    whole = history_of(history)
    limits = thresholds_for(whole, thresholds)
    coded = code_history(whole, limits.known_networks)
    found = without_habits(unjudged(coded, limits), coded)
    theirs = whole.for_users(found["user_id"].unique().tolist())
    wanted = networks_of(code_history(theirs, limits.known_networks))
    traffic = Traffic.of(coded, wanted)
    return cases_of(found, reader_of(theirs), limits, traffic, RiskModel.of(whole), judged)


def reader_of(history: History) -> Callable[[list[str]], History]:
    """Return what reads some users of a history by their ids."""
    return lambda ids: history.for_users(pd.DataFrame({"user_id": ids}, dtype="str"))


def cases_of(
    found: pd.DataFrame,
    read: Callable[[list[str]], History],
    limits: Thresholds,
    traffic: Traffic,
    model: RiskModel,
    judged: dict[str, str],
    near: Callable[[str], int] | None = None,
) -> pd.DataFrame:
    """Put findings, as `detectors.unjudged` makes them, without habits, into cases; see `cases`.

    Parameters
    ----------
    read : callable
        Returns all that is known of the users with some ids.
    traffic, model
        Of everybody.
    judged : dict of str to str
        Verdicts, by case or session.
    near : callable, optional
        Users of whom it returns the same are best read together.
    """
    found = found[found["session_id"].notna()]
    if found.empty:
        return _frame([])
    order = ["severity", "at", "user_id", "session_id", "kind"]
    ascending = [False, True, True, True, True]
    found = found.sort_values(order, ascending=ascending, ignore_index=True)
    rows = _findings(found)
    groups: dict[int, list[Finding]] = {}
    for number, row in zip(_groups(found).tolist(), rows, strict=True):
        groups.setdefault(number, []).append(row)
    named = [(_case_id(of), of) for of in groups.values()]
    benign = {name for name, verdict in judged.items() if verdict == "benign"}
    benign |= {each.session_id for name, of in named if name in benign for each in of}

    def around(history: History) -> Surroundings:
        return Surroundings(code_history(history, limits.known_networks), traffic)

    known = benign_of(rows, benign, lambda users: around(read(sorted(users))))
    told = []
    for some in _batches(named, near):
        theirs = read(sorted({each.user_id for _, of in some for each in of}))
        surroundings = around(theirs)
        scored = risk(theirs, fit=model, baseline_sessions=1)
        scores = dict(zip(scored["session_id"], scored["score"], strict=True))
        for name, of in some:
            like = likes(of, known, surroundings)
            judgement = judge(of, surroundings, scores, like)
            told.append(_row(name, of, theirs, judgement, judged))
    return _frame(told)


def _groups(found: pd.DataFrame) -> NDArray[np.int64]:
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


def _batches(
    cases: list[tuple[str, list[Finding]]], near: Callable[[str], int] | None
) -> Iterator[list[tuple[str, list[Finding]]]]:
    """Cut cases into lists of few users, those near each other in one."""
    if near is not None:
        cases = sorted(cases, key=lambda case: near(case[1][0].user_id))
    some: list[tuple[str, list[Finding]]] = []
    users: set[str] = set()
    for case in cases:
        theirs = {each.user_id for each in case[1]}
        if some and len(users | theirs) > _AT_ONCE:
            yield some
            some, users = [], set()
        some.append(case)
        users |= theirs
    if some:
        yield some


def _findings(found: pd.DataFrame) -> list[Finding]:
    columns = (
        found["kind"].tolist(),
        found["kind"].map(FACTS).tolist(),
        found["severity"].tolist(),
        found["user_id"].tolist(),
        found["session_id"].tolist(),
        found["at"].dt.to_pydatetime().tolist(),
        found["summary"].tolist(),
        [None if pd.isna(place) else place for place in found["to_place"].tolist()],
        found["evidence"].tolist(),
    )
    return [Finding(*row) for row in zip(*columns, strict=True)]


def _case_id(of: Sequence[Finding]) -> str:
    first = min(of, key=lambda each: (each.at, each.user_id, each.session_id))
    told = f"{first.user_id} {first.session_id}"
    return f"case-{hashlib.sha256(told.encode(errors='replace')).hexdigest()[:10]}"


def _row(
    name: str, of: Sequence[Finding], history: History, told: Judgement, judged: dict[str, str]
) -> dict[str, Any]:
    user_ids = tuple(dict.fromkeys(each.user_id for each in of))
    users = tuple(history.label(each) for each in user_ids)
    in_time = sorted(of, key=lambda each: (each.at, each.user_id, each.session_id))
    sessions = tuple(dict.fromkeys(each.session_id for each in in_time))
    verdict = judged.get(name) or next((judged[each] for each in sessions if each in judged), None)
    return {
        "case_id": name,
        "level": told.severity,
        "severity": LEVELS[told.severity],
        "users": users,
        "user_ids": user_ids,
        "session_ids": sessions,
        "kinds": tuple(dict.fromkeys(each.kind for each in of)),
        "started_at": in_time[0].at,
        "last_at": in_time[-1].at,
        "score": told.score,
        "summary": tell(of, users, told),
        "next_steps": next_steps(of, told),
        "evidence": {
            "score_parts": told.parts,
            "facts": {fact: LEVELS[level] for fact, level in told.facts.items()},
            "against": told.against,
            "verdict": verdict,
            "findings": [
                {
                    "kind": each.kind,
                    "user_id": each.user_id,
                    "session_id": each.session_id,
                    "severity": LEVELS[each.level],
                    "summary": each.summary,
                }
                for each in of
            ],
        },
    }


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rank cases, and give the columns their dtypes."""
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "level"])
    for name in ("started_at", "last_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    by, ascending = ["level", "score", "last_at", "case_id"], [False, False, False, True]
    frame = frame.sort_values(by, ascending=ascending, ignore_index=True)
    frame["rank"] = range(1, len(frame) + 1)
    types: dict[str, Any] = dict.fromkeys(_TEXT, "str") | dict.fromkeys(_LISTS, "object")
    return frame[list(COLUMNS)].astype({**types, "rank": "int64", "score": "float64"})
