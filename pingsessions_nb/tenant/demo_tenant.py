"""`demo`: a tenant of invented people, inside this process; the one place that knows the sandbox.

Every request and answer takes the same way as with PingOne, except for the network.
"""

from __future__ import annotations

import functools

import httpx
import pandas as pd

from pingsessions_nb.arguments import given_number
from pingsessions_nb.sandbox import SyntheticTenant, create_app
from pingsessions_nb.tenant import settings as settings_module
from pingsessions_nb.tenant.api import Api
from pingsessions_nb.tenant.connecting import api_of
from pingsessions_nb.tenant.http_client import http_client
from pingsessions_nb.tenant.pacing import Pacer
from pingsessions_nb.tenant.secret import Secret
from pingsessions_nb.tenant.tenant import Tenant

_ADDRESS = "http://localhost"  # nobody listens there: the server is called, not connected to
_WORKERS = 8
_MOST = 10_000_000  # users; a million take minutes to invent
_REQUESTS_A_SECOND = 100_000.0  # nobody else is held up


class DemoTenant(Tenant):
    """A tenant of invented people.

    Attributes
    ----------
    truth : DataFrame
        The planted incidents: ``user_id, session_id, kind`` (str).
    known_networks : dict
        The invented company's offices and VPN gateways.
    """

    def __init__(self, synthetic: SyntheticTenant, api: Api, allow_end_session: bool) -> None:
        super().__init__(
            api,
            name="demo",
            environment_id=synthetic.environment_id,
            workers=_WORKERS,
            allow_end_session=allow_end_session,
            progress=False,
            known_networks=synthetic.known_networks,
            now=lambda: synthetic.now,
        )
        self._synthetic = synthetic

    @functools.cached_property
    def truth(self) -> pd.DataFrame:
        """The planted incidents."""
        return self._synthetic.truth


def demo(
    users: int = 200, seed: int = 7, *, noise: int = 1, allow_end_session: bool = False
) -> DemoTenant:
    """Make a demo tenant: no network, no credentials, the same for the same seed.

    Parameters
    ----------
    users : int
        How many people.
    seed : int
        Each seed gives other people.
    noise : int
        A multiple of the ordinary life that is hard to tell from an incident.
    allow_end_session : bool
        Whether `Tenant.end_session` works, on these invented people.

    Returns
    -------
    DemoTenant
        A `Tenant` that also has ``truth``, the planted incidents.

    Raises
    ------
    ConfigurationError
        Where ``users`` or ``noise`` is less than 1.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> tenant = ps.demo(users=20, seed=7)
    >>> len(tenant.users())
    20
    >>> tenant.truth["kind"].nunique()
    6
    """
    for name, number in (("users", users), ("noise", noise)):
        given_number(name, number, 1, _MOST, whole=True)
    synthetic = SyntheticTenant(users=users, seed=seed, noise=noise)
    transport = httpx.ASGITransport(create_app(synthetic))
    settings = settings_module.load(
        environment_id=synthetic.environment_id,
        client_id="sandbox-client",
        client_secret=Secret("sandbox-secret"),
        api_url=_ADDRESS,
        auth_url=_ADDRESS,
        environ={},
    )
    client = functools.partial(http_client, _ADDRESS, transport=transport)
    return DemoTenant(
        synthetic,
        api_of(settings, client(), client(), Pacer(_REQUESTS_A_SECOND, begin=_REQUESTS_A_SECOND)),
        allow_end_session,
    )
