"""How many planted incidents `signals` finds in demo tenants, and how much else it reports.

``python tests/benchmarks/evaluate_signals.py`` looks at ten tenants of 2,000 users, seeds 1001 to
1010, none of which was looked at while thresholds were chosen (those were 1 to 5), with the
defaults and the tenants' known networks. A finding is right if the truth has its user, session and
kind. It prints, per kind, a confusion table over all sessions with recall and precision, the kinds
that findings and truth confuse, and ends with status 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

import pandas as pd

import pingsessions_nb as ps
from pingsessions_nb.detectors import KINDS

LEAST_RECALL = 0.97
LEAST_PRECISION = 0.93
NOTHING = "(nothing)"


def evaluate(seeds: list[int], users: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the counts by kind, and how often which kind was found where which was planted."""
    counts = Counter()
    confused = Counter()
    for seed in seeds:
        tenant = ps.demo(users=users, seed=seed)
        history = tenant.history(None)
        found = ps.signals(history, known_networks=tenant.known_networks)
        names = ["user_id", "session_id", "kind"]
        planted, reported = (
            set(frame[names].itertuples(index=False, name=None)) for frame in (tenant.truth, found)
        )
        for kind in KINDS:
            true, said = ({row for row in rows if row[2] == kind} for rows in (planted, reported))
            counts[kind, "found"] += len(true & said)
            counts[kind, "missed"] += len(true - said)
            counts[kind, "false alarms"] += len(said - true)
            counts[kind, "rightly silent"] += len(history) - len(true | said)
        true_kinds, said_kinds = kinds_of(planted), kinds_of(reported)
        for session in true_kinds.keys() | said_kinds.keys():
            pair = true_kinds.get(session, NOTHING), said_kinds.get(session, NOTHING)
            confused[pair] += 1
        print(f"seed {seed}: {len(history):,} sessions, {len(planted)} planted, {len(found)} found")
    table = pd.Series(counts).unstack().loc[list(KINDS)]
    table["recall"] = table["found"] / (table["found"] + table["missed"])
    table["precision"] = table["found"] / (table["found"] + table["false alarms"])
    matrix = pd.Series(confused).rename_axis(["planted", "found"]).reset_index(name="sessions")
    return table, matrix.sort_values("sessions", ascending=False, ignore_index=True)


def kinds_of(rows: set[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Return the kinds of each session, joined."""
    kinds: dict[tuple[str, str], str] = {}
    for user, session, kind in sorted(rows):
        before = kinds.get((user, session))
        kinds[user, session] = f"{before} + {kind}" if before else kind
    return kinds


def main() -> int:
    """Print the tables; 1 where a target is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, nargs="+", default=list(range(1001, 1011)))
    options.add_argument("--users", type=int, default=2_000)
    chosen = options.parse_args()
    table, confused = evaluate(chosen.seeds, chosen.users)
    columns = ["found", "missed", "false alarms", "rightly silent", "recall", "precision"]
    print(table[columns].to_string(float_format="{:.4f}".format))
    print(confused.to_string(index=False))
    missed = table["recall"].min() < LEAST_RECALL or table["precision"].min() < LEAST_PRECISION
    print("A target is missed." if missed else "All targets are met.")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
