"""Signals, scores and cases through Spark Connect are the local ones, to the last digit.

`pysail` speaks Spark Connect without Java, in one process or as a cluster of workers.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pingsessions_nb as ps

pytest.importorskip("pysail", reason="a Spark Connect engine")
pytest.importorskip("pyspark", reason="the extra `spark`")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module", params=["local", "local-cluster"])
def spark(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A session of a server in a process of its own."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("sail")), "spark", "server", "--port", str(port)]
    environment = {**os.environ, "SAIL_MODE": request.param}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            session = _connected(port, server)
            yield session
            session.stop()  # or it asks a server that is gone, for minutes, as the process ends
        finally:
            server.kill()


def _connected(port: int, server: subprocess.Popen[bytes]) -> Any:
    for _ in range(200):
        assert server.poll() is None
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    main = sys.modules["__main__"]
    if not hasattr(main, "__file__"):  # pyspark would take a worker of xdist for its own doctests
        main.__file__ = __file__
    from pyspark.sql.connect.session import SparkSession

    return SparkSession.builder.remote(f"sc://127.0.0.1:{port}").create()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> ps.Archive:
    tenant = ps.demo(users=100, seed=7)
    archive = ps.Archive(tmp_path_factory.mktemp("spark") / "archive", buckets=2)
    archive.record(tenant.history(progress=False))
    return archive


def test_results_through_spark_are_the_local_ones(recorded, spark):
    same = {"check_exact": True}
    found = recorded.signals()
    assert {"user_velocity", "geovelocity_anomaly"} <= set(found["kind"])
    pd.testing.assert_frame_equal(recorded.signals(client=spark), found, **same)
    pd.testing.assert_frame_equal(recorded.risk(client=spark), recorded.risk(), **same)
    pd.testing.assert_frame_equal(recorded.cases(client=spark), recorded.cases(), **same)
    options = {"kinds": ["user_velocity"], "user_velocity_users": 3}
    pd.testing.assert_frame_equal(
        recorded.signals(client=spark, **options), recorded.signals(**options), **same
    )


def test_what_a_worker_cannot_read_is_an_error_in_a_sentence(recorded, spark, monkeypatch):
    """It has gone since it was asked."""
    parts = recorded._parts(None)
    gone = [replace(part, address=f"{part.address}-gone") for part in parts]
    monkeypatch.setattr(recorded, "_parts", lambda _as_of: gone)
    with pytest.raises(ps.ArchiveError, match="Spark could not work through the archive"):
        recorded.signals(spark)


def test_a_client_that_is_none_is_told(recorded):
    with pytest.raises(ps.ConfigurationError, match="client is a str"):
        recorded.signals(client="spark://here")
