"""Signals, scores and cases over an archive, bucket by bucket: in little memory, or on a cluster.

All of a user lies in one bucket, so whatever concerns single users is found in each bucket alone.
What concerns several, an address with many newcomers or how common a value is, takes a first pass
over the buckets.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from pingsessions_nb.archive.engines import on_each
from pingsessions_nb.archive.reading import Reader
from pingsessions_nb.archive.snapshots import Versions
from pingsessions_nb.archive.table_layout import bucket_of
from pingsessions_nb.archive.tables import Tables
from pingsessions_nb.coded import code_history
from pingsessions_nb.detectors import crowded_addresses, join_signals, newcomers, unjudged
from pingsessions_nb.detectors import signals as signals_in
from pingsessions_nb.detectors.habits import without_habits
from pingsessions_nb.detectors.thresholds import read_thresholds
from pingsessions_nb.history import History
from pingsessions_nb.scoring import RiskModel
from pingsessions_nb.scoring import risk as risk_in
from pingsessions_nb.triage.making_cases import cases_of, reader_of
from pingsessions_nb.triage.surroundings import networks_of
from pingsessions_nb.triage.traffic import Traffic, Wanted

if TYPE_CHECKING:
    from pingsessions_nb.archive.engines import Engine


# What is learned of everybody rests on: reading the rest would take most of the time.
_IN_COMMON: Final = {
    "users": ["user_id"],
    "sessions": [
        *("session_id", "user_id", "created_at", "active_at", "last_sign_on_at"),
        *("browser_name", "browser_version", "os_name", "os_version", "device_type"),
    ],
    "locations": [
        *("session_id", "user_id", "at", "remote_ip", "city", "state", "country"),
        *("latitude", "longitude"),
    ],
}


@dataclass(frozen=True)
class Bucket:
    """One bucket of an archive as of one snapshot: small, and readable from another machine."""

    address: str
    options: Mapping[str, str] = field(repr=False)
    versions: Versions
    buckets: int
    bucket: int

    def history(self, columns: Mapping[str, Sequence[str]] | None = None) -> History:
        """Read all of the bucket, or of each table some columns, the others being missing."""
        tables = Tables(self.address, self.options)
        reader = Reader(tables, self.versions, self.buckets)
        return reader.history(buckets=[self.bucket], columns=columns)


def signals(
    parts: list[Bucket], client: Engine | None, thresholds: Mapping[str, object]
) -> pd.DataFrame:
    """Find the signals of all parts, as `pingsessions_nb.signals` would of them together."""
    crowded = crowds(parts, client, thresholds)
    return join_signals(on_each(parts, client, _signals, thresholds, crowded))


def crowds(
    parts: list[Bucket], client: Engine | None, thresholds: Mapping[str, object]
) -> pd.DataFrame:
    """Find the addresses to which many users came, from whichever part."""
    came = on_each(parts, client, _newcomers, thresholds)
    return crowded_addresses(pd.concat(came, ignore_index=True), **thresholds)


def risk(
    parts: list[Bucket],
    client: Engine | None,
    options: Mapping[str, object],
    limit: int | None,
) -> pd.DataFrame:
    """Score the sessions of all parts, as `pingsessions_nb.risk` would them together."""
    model = RiskModel.joined(on_each(parts, client, _model))
    scored = pd.concat(on_each(parts, client, _risk, options, model, limit), ignore_index=True)
    order = ["score", "at", "user_id", "session_id"]
    scored = scored.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    return scored if limit is None else scored.head(limit)


def cases(
    parts: list[Bucket],
    client: Engine | None,
    read: Callable[[list[str]], History],
    judged: dict[str, str],
    thresholds: Mapping[str, object],
) -> pd.DataFrame:
    """Put what is found in all parts into cases, as `pingsessions_nb.cases` would of them together.

    Parameters
    ----------
    read : callable
        Returns the history of the users with some ids.
    judged : dict of str to str
        Verdicts, by case or session.
    """
    limits = read_thresholds(thresholds)
    models, came = zip(*on_each(parts, client, _common, thresholds), strict=True)
    model = RiskModel.joined(models)
    crowded = crowded_addresses(pd.concat(came, ignore_index=True), **thresholds)
    some, asked = zip(*on_each(parts, client, _unjudged, thresholds, crowded), strict=True)
    wanted = Wanted(*(set().union(*each) for each in zip(*asked, strict=True)))
    traffic = Traffic.joined(on_each(parts, client, _traffic, thresholds, wanted))
    found, buckets = pd.concat(some, ignore_index=True), parts[0].buckets
    near = functools.partial(bucket_of, buckets=buckets)
    return cases_of(found, read, limits, traffic, model, judged, near)


def cases_of_some(
    parts: list[Bucket],
    client: Engine | None,
    theirs: History,
    judged: dict[str, str],
    thresholds: Mapping[str, object],
    learn_from: int,
) -> pd.DataFrame:
    """Put what is found of some users into cases, as `cases` would.

    Who else comes to an address at the same time has to be among them.

    Parameters
    ----------
    theirs : History
        All that is known of them.
    judged : dict of str to str
        Verdicts, by case or session.
    learn_from : int
        Scores are learned from so many parts.
    """
    limits = read_thresholds(thresholds)
    coded = code_history(theirs, limits.known_networks)
    crowded = crowded_addresses(newcomers(theirs, **thresholds), **thresholds)
    found = without_habits(unjudged(coded, limits, crowded), coded)
    theirs = theirs.for_users(found["user_id"].unique().tolist())
    wanted = networks_of(code_history(theirs, limits.known_networks))
    traffics, models = zip(
        *on_each(parts, client, _around, thresholds, wanted, learn_from), strict=True
    )
    model = RiskModel.joined([each for each in models if each is not None])
    return cases_of(found, reader_of(theirs), limits, Traffic.joined(traffics), model, judged)


def _around(
    part: Bucket, thresholds: Mapping[str, object], wanted: Wanted, learn_from: int
) -> tuple[Traffic, RiskModel | None]:
    history = part.history(_IN_COMMON)
    coded = code_history(history, read_thresholds(thresholds).known_networks)
    model = RiskModel.of(history) if part.bucket < learn_from else None
    return Traffic.of(coded, wanted), model


def _unjudged(
    part: Bucket, thresholds: Mapping[str, object], crowded: pd.DataFrame
) -> tuple[pd.DataFrame, Wanted]:
    limits = read_thresholds(thresholds)
    history = part.history()
    coded = code_history(history, limits.known_networks)
    found = without_habits(unjudged(coded, limits, crowded), coded)
    theirs = history.for_users(found[["user_id"]])
    return found, networks_of(code_history(theirs, limits.known_networks))


def _traffic(part: Bucket, thresholds: Mapping[str, object], wanted: Wanted) -> Traffic:
    networks = read_thresholds(thresholds).known_networks
    return Traffic.of(code_history(part.history(_IN_COMMON), networks), wanted)


def _common(part: Bucket, thresholds: Mapping[str, object]) -> tuple[RiskModel, pd.DataFrame]:
    history = part.history(_IN_COMMON)
    return RiskModel.of(history), newcomers(history, **thresholds)


def _model(part: Bucket) -> RiskModel:
    return RiskModel.of(part.history(_IN_COMMON))


def _risk(
    part: Bucket, options: Mapping[str, Any], model: RiskModel, limit: int | None
) -> pd.DataFrame:
    scored = risk_in(part.history(), fit=model, **options)
    return scored if limit is None else scored.head(limit)


def _newcomers(part: Bucket, thresholds: Mapping[str, object]) -> pd.DataFrame:
    return newcomers(part.history(_IN_COMMON), **thresholds)


def _signals(part: Bucket, thresholds: Mapping[str, Any], crowded: pd.DataFrame) -> pd.DataFrame:
    return signals_in(part.history(), crowded=crowded, **thresholds)
