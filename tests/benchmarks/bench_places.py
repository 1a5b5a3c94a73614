"""Locating a million rows against a pandas merge of the same rows; loading the gazetteer.

::

    python tests/benchmarks/bench_places.py
    python tests/benchmarks/bench_places.py --places FILE

The second measures how right `locate` is instead, by a vendor's words: FILE is a CSV with the
columns city, state, country, lat, lon.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from pingsessions_nb.places import distance_km, locate
from pingsessions_nb.places.gazetteer import DATA, gazetteer

ROWS, PLACES, ROUNDS = 1_000_000, 5_000, 5
WORDS = ["city", "state", "country"]


def distinct_places(n: int) -> pd.DataFrame:
    """Return `n` distinct triples in lower-case words, spread over the gazetteer's cities."""
    known = gazetteer()
    rng = np.random.default_rng(7)
    names = known.names.to_pylist()
    cities = rng.permutation(np.arange(known.states_end, len(names)))[: n * 2]
    rows = [
        (names[row], names[known.state_of(row)], names[known.country_of(row)])
        for row in cities
        if known.parent[row] >= len(known.codes) and names[row]
    ]
    frame = pd.DataFrame(rows, columns=WORDS).apply(lambda column: column.str.lower())
    return frame.drop_duplicates(ignore_index=True).head(n)


def median_seconds(run: Callable[[], object]) -> float:
    """Return the median of `ROUNDS` runs."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def fresh_load_ms() -> float:
    """Return how long the first use takes in a new interpreter that has imported the package."""
    code = (
        "import time, pandas, pingsessions_nb.places\n"
        "from pingsessions_nb.places.gazetteer import gazetteer\n"
        "start = time.perf_counter(); gazetteer(); print(1e3 * (time.perf_counter() - start))"
    )
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, capture_output=True, check=True) for _ in range(ROUNDS)]
    return statistics.median(float(run.stdout) for run in runs)


def measure() -> dict[str, float]:
    """Return the figures by name."""
    places = distinct_places(PLACES)
    rows = np.random.default_rng(7).integers(0, len(places), ROWS)
    frame = places.iloc[rows].reset_index(drop=True)
    coordinates = locate(places)
    merged = median_seconds(lambda: frame.merge(coordinates, on=WORDS, how="left"))

    def cold() -> None:
        from pingsessions_nb.places import spelling

        for cached in (spelling.words, spelling.city_keys, spelling.state_keys):
            cached.cache_clear()
        locate(frame)

    return {
        "load_ms": fresh_load_ms(),
        "size_mb": sum((DATA / f"{n}.arrow").stat().st_size for n in ("places", "names")) / 1e6,
        "distinct": len(places),
        "merge_s": merged,
        "locate_s": median_seconds(cold),
    }


def rightness(file: Path) -> pd.DataFrame:
    """Return how right `locate` is by distinct place: in all, two halves, countries of 30 and more.

    The columns: places, percent within 25 km, percent claimed to be a city but over 100 km off,
    percent whose truth lies over 25 km outside of the claimed radius.
    """
    said = pd.read_csv(file, keep_default_na=False, dtype=dict.fromkeys(WORDS, str))
    said = said.drop_duplicates(WORDS, ignore_index=True)
    found = locate(said[WORDS].replace("", None))
    off = distance_km(said["lat"], said["lon"], found["latitude"], found["longitude"])
    right = pd.DataFrame(
        {
            "near": off <= 25,
            "wrong_city": found["place_precision"].eq("city") & (off > 100),
            "outside": ~(off <= found["place_radius_km"] + 25),
        }
    )
    half = pd.util.hash_pandas_object(said[WORDS], index=False) % 2
    groups = {
        "all": right,
        "one half": right[half == 0],
        "other half": right[half == 1],
        **{name: rows for name, rows in right.groupby(said["country"]) if len(rows) >= 30},
    }
    shares = pd.DataFrame({name: 100 * rows.mean() for name, rows in groups.items()}).T.round(2)
    shares.insert(0, "places", [len(rows) for rows in groups.values()])
    return shares


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--places", type=Path, help="a CSV of a vendor's places")
    arguments = parser.parse_args()
    if arguments.places:
        print(rightness(arguments.places).to_string())
    else:
        figures = measure()
        for name, value in figures.items():
            print(f"{name:>10} {value:10.3f}")
        print(f"{'more':>10} {figures['locate_s'] - figures['merge_s']:10.3f} s than the merge")
