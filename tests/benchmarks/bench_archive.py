"""Scale of the archive: what a session costs at 0.5, 1, 2 and 5 million, and how much memory.

``python tests/benchmarks/bench_archive.py`` records half a million and a million sessions, each
with three locations, a month's worth at a time, as a tenant's life goes; ``--large`` goes on to 2
and 5 million. At each mark it measures a day that touches 1% of the users, each with the ten
sessions that PingOne keeps; one user's history; all signals; and the cases that are new after a
day. Each measure runs in a process of its own, with a peak of memory of its own. It ends with
status 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

import pingsessions_nb as ps

USERS = 100_000
BATCH = 250_000  # sessions of a month
LOCATIONS = 3
FIRST = np.datetime64("2024-01-01", "us")
MONTH_US = 30 * 86_400_000_000
HOUR_US = 3_600_000_000
SMALL = (500_000, 1_000_000)
LARGE = (2_000_000, 5_000_000)
RECORD_GB, SIGNALS_GB, ONE_USER_MS = 2.0, 3.0, 200
HUNTS, HUNT_SECONDS = 4, 60
DAY_GROWTH = 3.0  # a day on a ten times larger archive, at most

PLACES = ps.locate(
    pd.DataFrame(
        [
            ("tacoma", "washington", "united states"),
            ("denver", "colorado", "united states"),
            ("boston", "massachusetts", "united states"),
            ("london", "england", "united kingdom"),
            ("berlin", "berlin", "germany"),
            ("lyon", "auvergne-rhone-alpes", "france"),
            ("pune", "maharashtra", "india"),
            ("osaka", "osaka", "japan"),
        ],
        columns=["city", "state", "country"],
        dtype="str",
    )
)


def uuids(kind: int, numbers: np.ndarray) -> pd.Series:
    """Return ids that look like PingOne's, always the same for a number."""
    mixed = (numbers.astype(np.uint64) + np.uint64(kind << 40)) * np.uint64(0x9E3779B97F4A7C15)
    high = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    text = np.stack([high, mixed], axis=1).astype(">u8").tobytes().hex()
    cut = (text[at : at + 32] for at in range(0, len(text), 32))
    return pd.Series(
        [f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in cut], dtype="str"
    )


def taken(words: list[str], which: np.ndarray) -> pd.Series:
    """Return words by number, as a text column."""
    return pd.Series(pa.array(words).take(pa.array(which)).to_pandas(), dtype="str")


def times(instants: np.ndarray) -> pd.Series:
    """Return a column of times."""
    return pd.Series(instants.astype("datetime64[us]")).dt.tz_localize("UTC")


def a_month(number: int) -> ps.History:
    """Make the sessions that begin in a month, as recorded at its end."""
    rng = np.random.default_rng(number)
    user = rng.integers(0, USERS, BATCH)
    start = FIRST + number * MONTH_US + rng.integers(0, MONTH_US, BATCH)
    device = user % 7
    user_id = uuids(1, np.arange(USERS)).iloc[user].reset_index(drop=True)
    session_id = uuids(2, number * BATCH + np.arange(BATCH))
    sessions = pd.DataFrame(
        {
            "session_id": session_id,
            "user_id": user_id,
            "environment_id": taken(["abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"], device * 0),
            "created_at": times(start),
            "active_at": times(start + LOCATIONS * HOUR_US),
            "last_sign_on_at": times(start),
            "last_sign_on_ip": addresses(user, rng.integers(0, 4, BATCH)),
            "browser_name": taken(["Chrome", "Edge", "Firefox", "Safari"], device % 4),
            "browser_version": taken([f"{n}.0" for n in range(100, 130)], device * 0 + number),
            "os_name": taken(["Windows", "Mac OS X", "Linux"], device % 3),
            "os_version": taken(["10", "11", "13.6"], device % 3),
            "device_type": taken(["Other", "iPhone"], device % 2),
            "location_count": np.full(BATCH, LOCATIONS),
        }
    )
    owner = np.repeat(np.arange(BATCH), LOCATIONS)
    away = rng.random(len(owner)) < 0.002
    place = np.where(away, rng.integers(0, len(PLACES), len(owner)), user[owner] % len(PLACES))
    step = np.tile(np.arange(LOCATIONS), BATCH)
    locations = pd.DataFrame(
        {
            "session_id": session_id.iloc[owner].reset_index(drop=True),
            "user_id": user_id.iloc[owner].reset_index(drop=True),
            "at": times(start[owner] + (step + 1) * HOUR_US),
            "remote_ip": addresses(user[owner], rng.integers(0, 4, len(owner))),
        }
    ).join(PLACES.iloc[place].reset_index(drop=True))
    return ps.History(ps.users_frame([]), sessions, locations)


def addresses(user: np.ndarray, which: np.ndarray) -> pd.Series:
    """Return one of four addresses of each user's own."""
    n = user * 4 + which
    return pd.Series([f"73.{a >> 16 & 255}.{a >> 8 & 255}.{a & 255}" for a in n], dtype="str")


def record_months(path: str, first: int, last: int) -> dict[str, float]:
    """Record the months from one until before another."""
    archive = ps.Archive(path)
    took = np.zeros(2)
    for number in range(first, last):
        changes, spent = timed(archive.record, a_month(number))
        took += spent
        assert changes.sessions_added == BATCH, changes
        assert changes.locations_added == BATCH * LOCATIONS, changes
    return {"seconds": took[0], "cpu": took[1]}


def record_a_day(path: str, mark: int, now: pd.Timestamp | None = None) -> dict[str, float]:
    """Record a day on which 1% of the users came back: one session goes on, one is new."""
    archive = ps.Archive(path)
    rng = np.random.default_rng(mark)
    chosen = uuids(1, rng.choice(USERS, USERS // 100, replace=False))
    before = archive.history(chosen.tolist())
    kept = before.sessions.groupby("user_id", sort=False).head(9)
    last = kept.drop_duplicates("user_id").index
    now = now or before.until + pd.Timedelta(hours=1)
    kept.loc[last, "active_at"] = now
    new = kept.loc[last].assign(created_at=now, active_at=now, location_count=1)
    new["session_id"] = uuids(3 + mark % 1000, np.arange(len(new))).to_numpy()
    sessions = pd.concat([new, kept], ignore_index=True)
    known = before.locations[before.locations["session_id"].isin(kept["session_id"])]
    more = known.drop_duplicates("user_id", keep="last").set_index("user_id")
    both = [
        more.loc[frame["user_id"]]
        .reset_index()
        .assign(session_id=frame["session_id"].to_numpy(), at=now)
        for frame in (kept.loc[last], new)
    ]
    day = ps.History(before.users, sessions, pd.concat([known, *both], ignore_index=True))
    changes, took = timed(archive.record, day)
    expected = (len(new), len(new), 2 * len(new))
    got = (changes.sessions_added, changes.sessions_updated, changes.locations_added)
    assert got == expected, (got, expected)
    again, then = timed(archive.record, day)
    assert not again, again
    return {"seconds": took[0], "cpu": took[1], "again": then[1], "sessions": len(sessions)}


def hunt(path: str, mark: int) -> dict[str, float]:
    """Ask what is new after each of some days, all before being told."""
    archive = ps.Archive(path)
    first, begun = timed(archive.new_cases)
    archive.keep_told(first)
    took, new = [], 0
    for number in range(1, 1 + HUNTS):
        now = archive.snapshots()["seen_at"].max() + pd.Timedelta(days=1)
        record_a_day(path, mark + number, now)
        found, spent = timed(ps.Archive(path).new_cases)
        archive.keep_told(found)
        took.append(spent[0])
        new += len(found)
    return {"first": begun[0], "seconds": float(np.quantile(took, 0.95)), "new": new / HUNTS}


def read_one(path: str) -> dict[str, float]:
    """Read one user's history, some users in turn; the first reading opens the tables."""
    archive = ps.Archive(path)
    taken = []
    for user in uuids(1, np.arange(0, USERS, USERS // 8)):
        history, spent = timed(archive.history, user)
        assert len(history) > 0
        taken.append(1000 * spent)
    return {"milliseconds": np.median(taken, axis=0)[0], "cpu": np.median(taken, axis=0)[1]}


def find_signals(path: str) -> dict[str, float]:
    """Find all signals."""
    found, spent = timed(ps.Archive(path).signals)
    return {"seconds": spent[0], "cpu": spent[1], "signals": len(found)}


def compact(path: str) -> dict[str, float]:
    """Join small files."""
    _, spent = timed(ps.Archive(path).compact)
    return {"seconds": spent[0], "cpu": spent[1]}


def timed(act: Callable[..., Any], *args: object) -> tuple[Any, np.ndarray]:
    """Do it, and return seconds by the clock and of processors: others may be at work here."""
    begin = np.array([time.perf_counter(), time.process_time()])
    found = act(*args)
    return found, np.array([time.perf_counter(), time.process_time()]) - begin


def measured(task: Callable[..., dict[str, float]], *args: object) -> dict[str, float]:
    """Run a task in a new process and add its peak memory."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_with_peak, (task, args))


def _with_peak(task: Callable[..., dict[str, float]], args: tuple[object, ...]) -> dict[str, float]:
    found = task(*args)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {**found, "GB": peak / (2**30 if sys.platform == "darwin" else 2**20)}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--large", action="store_true", help="go on to 2 and 5 million")
    options.add_argument("--folder", help="where to make the archive (a temporary folder)")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        return run(f"{folder}/archive", SMALL + (LARGE if chosen.large else ()))


def run(path: str, marks: tuple[int, ...]) -> int:
    misses = []
    done, days = 0, []
    for mark in marks:
        record = measured(record_months, path, done // BATCH, mark // BATCH)
        day = measured(record_a_day, path, mark)
        days.append(day["cpu"])
        one = measured(read_one, path)
        signals = measured(find_signals, path)
        news = measured(hunt, path, mark)
        each = (mark - done) / 1e6
        print(
            f"{mark:>9,} sessions: recorded at {record['seconds'] / each:.1f} µs a session,"
            f" {record['cpu'] / each:.1f} of processors (peak {record['GB']:.2f} GB)\n"
            f"  a day of {day['sessions']:,.0f} sessions {day['seconds']:.2f} s,"
            f" {day['cpu']:.2f} of processors, again {day['again']:.2f} (peak {day['GB']:.2f} GB)\n"
            f"  one user {one['milliseconds']:.0f} ms, {one['cpu']:.0f} of processors\n"
            f"  {signals['signals']:,.0f} signals in {signals['seconds']:.1f} s,"
            f" {signals['cpu'] / mark * 1e6:.1f} µs of processors a session"
            f" (peak {signals['GB']:.2f} GB)\n"
            f"  all cases {news['first']:.1f} s; the {news['new']:.0f} new ones after a day"
            f" {news['seconds']:.1f} s in 95 of 100 times (peak {news['GB']:.2f} GB)",
            flush=True,
        )
        if max(record["GB"], day["GB"]) > RECORD_GB:
            misses.append(f"recording took more than {RECORD_GB} GB")
        if one["milliseconds"] > ONE_USER_MS:
            misses.append(f"one user's history took more than {ONE_USER_MS} ms")
        if news["seconds"] > HUNT_SECONDS:
            misses.append(f"what is new took more than {HUNT_SECONDS} s")
        if signals["GB"] > SIGNALS_GB:
            misses.append(f"signals took more than {SIGNALS_GB} GB")
        done = mark
    if max(days) > DAY_GROWTH * min(days):
        misses.append(
            f"a day grew with the archive: {min(days):.2f} to {max(days):.2f} s of processors"
        )
    joined = measured(compact, path)
    one = measured(read_one, path)
    print(f"compact: {joined['seconds']:.1f} s, {joined['cpu']:.1f} of processors")
    print(f"  then one user {one['milliseconds']:.0f} ms, {one['cpu']:.0f} of processors")
    for miss in misses:
        print(f"MISSED: {miss}")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
