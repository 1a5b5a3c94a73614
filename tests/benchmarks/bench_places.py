"""Locating a million rows against a pandas merge of the same rows; loading the gazetteer.

::

    python tests/benchmarks/bench_places.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from pingsessions_nb.places import locate
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
        (names[row], names[known.parent[row]], names[known.country_of(row)])
        for row in cities
        if known.parent[row] >= len(known.codes)
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


if __name__ == "__main__":
    figures = measure()
    for name, value in figures.items():
        print(f"{name:>10} {value:10.3f}")
    print(f"{'more':>10} {figures['locate_s'] - figures['merge_s']:10.3f} s than the merge")
