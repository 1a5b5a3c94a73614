"""A million sessions in an archive: signals, cases and risk here, on Dask, and by Spark Connect.

``python tests/benchmarks/bench_engines.py [--sessions N] [--archive PATH]`` records sessions as
`bench_archive` makes them, or takes an archive that is there, and times each engine on two cores:
here in one process; Dask with two workers; `pysail`, which speaks Spark Connect, in one process and
as a local cluster. All must find the same to the last digit. The table is printed as Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from bench_archive import BATCH, record_months

import pingsessions_nb as ps

TASKS: dict[str, Callable[[ps.Archive, Any], pd.DataFrame]] = {
    "signals": lambda archive, client: archive.signals(client=client),
    "cases": lambda archive, client: archive.cases(client=client),
    "risk, the first 1,000": lambda archive, client: archive.risk(client=client, limit=1_000),
}


@contextlib.contextmanager
def here() -> Iterator[None]:
    """No cluster."""
    yield None


@contextlib.contextmanager
def dask() -> Iterator[Any]:
    """Two workers of Dask on this machine."""
    import distributed

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@contextlib.contextmanager
def spark(mode: str) -> Iterator[Any]:
    """A Spark Connect server of pysail's in a process of its own."""
    from pyspark.sql.connect.session import SparkSession

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [str(Path(sys.executable).with_name("sail")), "spark", "server", "--port", str(port)]
    environment = {**os.environ, "SAIL_MODE": mode}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(400):
                with socket.socket() as trial:
                    if trial.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield SparkSession.builder.remote(f"sc://127.0.0.1:{port}").create()
        finally:
            server.kill()


ENGINES = {
    "here": here,
    "Dask, two workers": dask,
    "pysail": lambda: spark("local"),
    "pysail, local cluster": lambda: spark("local-cluster"),
}


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--archive", help="one that is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.archive or f"{folder}/archive"
        if options.archive is None:
            record_months(path, 0, options.sessions // BATCH)
        archive = ps.Archive(path)
        number = archive.sql("SELECT count(*) AS n FROM sessions")["n"].iloc[0]
        print(f"{number:,} sessions, {os.cpu_count()} cores", flush=True)
        print(f"| seconds | {' | '.join(TASKS)} |\n|---|{'--:|' * len(TASKS)}", flush=True)
        first: dict[str, pd.DataFrame] = {}
        for name, engine in ENGINES.items():
            took = []
            with engine() as client:
                for task, work in TASKS.items():
                    begun = time.perf_counter()
                    found = work(archive, client)
                    took.append(time.perf_counter() - begun)
                    expected = first.setdefault(task, found)
                    pd.testing.assert_frame_equal(found, expected, check_exact=True)
            print(f"| {name} | {' | '.join(f'{each:.1f}' for each in took)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
