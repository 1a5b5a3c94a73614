import pytest

import pingsessions_nb as ps

SEED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"


@pytest.fixture(scope="session")
def demo_tenant():
    return ps.demo(users=30, seed=7)


@pytest.fixture(scope="session")
def everybody(demo_tenant):
    return demo_tenant.history(None)


@pytest.fixture(scope="session")
def one_user(demo_tenant):
    """Two sessions and five locations, as on the API's page of examples."""
    return demo_tenant.history(SEED_USER)


@pytest.fixture(scope="session")
def nobody():
    return ps.History.from_responses([])
