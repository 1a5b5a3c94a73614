"""Signals, scores and cases by buckets, here and on a cluster's workers, are those of the whole."""

import pandas as pd
import pytest

import pingsessions_nb as ps

distributed = pytest.importorskip("distributed", reason="the extra `cluster`")


@pytest.fixture(scope="module")
def tenant() -> ps.Tenant:
    return ps.demo(users=200, seed=7)


@pytest.fixture(scope="module")
def recorded(tenant, tmp_path_factory) -> ps.Archive:
    archive = ps.Archive(tmp_path_factory.mktemp("cluster") / "archive", buckets=5)
    archive.record(tenant.history(progress=False))
    return archive


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_local_results_are_those_of_one_history(tenant, recorded):
    history = tenant.history(progress=False)
    options = {"max_speed_kmh": 700, "known_networks": tenant.known_networks}
    expected = ps.signals(history, **options)
    assert {"user_velocity", "geovelocity_anomaly"} <= set(expected["kind"])
    pd.testing.assert_frame_equal(recorded.signals(**options), expected, check_exact=True)
    scores = ps.risk(history)
    pd.testing.assert_frame_equal(recorded.risk(), scores, check_exact=True)
    few = recorded.risk(limit=15, features=["place", "os"])
    pd.testing.assert_frame_equal(
        few, ps.risk(history, features=["place", "os"]).head(15), check_exact=True
    )


def test_results_on_workers_are_the_local_ones(tenant, recorded, client):
    same = {"check_exact": True}
    pd.testing.assert_frame_equal(recorded.signals(client=client), recorded.signals(), **same)
    pd.testing.assert_frame_equal(recorded.risk(client=client), recorded.risk(), **same)
    pd.testing.assert_frame_equal(recorded.cases(client=client), ps.cases(recorded), **same)
    options = {"known_networks": tenant.known_networks, "kinds": ["user_velocity"]}
    pd.testing.assert_frame_equal(
        recorded.signals(client=client, **options), recorded.signals(**options), **same
    )
