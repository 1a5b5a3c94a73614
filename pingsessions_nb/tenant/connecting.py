"""`connect`: from settings to a tenant."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.request import getproxies

import httpx

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.places import Aliases
from pingsessions_nb.tenant import settings as settings_module
from pingsessions_nb.tenant.access_token import AccessToken, signing_key
from pingsessions_nb.tenant.api import Api
from pingsessions_nb.tenant.http_client import http_client
from pingsessions_nb.tenant.pacing import DEFAULT_MAX_RATE, Pacer
from pingsessions_nb.tenant.retrying import DEADLINE_SECONDS
from pingsessions_nb.tenant.scim_filters import is_id
from pingsessions_nb.tenant.secret import Hiding, Secret, password_of
from pingsessions_nb.tenant.settings import Settings
from pingsessions_nb.tenant.tenant import Tenant
from pingsessions_nb.tenant.wire import Wire

_MOST_WORKERS = 64
_LEAST_PASTED = 20  # characters; PingOne's secrets have more


def connect(
    environment_id: str | None = None,
    client_id: str | None = None,
    client_secret: str | Secret | None = None,
    region: str | None = None,
    auth_environment_id: str | None = None,
    api_url: str | None = None,
    auth_url: str | None = None,
    *,
    token_endpoint_auth_method: str | None = None,
    private_key: str | Path | Secret | None = None,
    key_id: str | None = None,
    verify: bool | str | Path = True,
    proxy: str | None = None,
    max_rate: float = DEFAULT_MAX_RATE,
    deadline: float = DEADLINE_SECONDS,
    allow_end_session: bool = False,
    known_networks: Mapping[str, Any] | None = None,
    place_aliases: Aliases | None = None,
) -> Tenant:
    """Connect to a PingOne environment with a worker application's credentials.

    What is not passed is taken from the environment variables PINGONE_ENVIRONMENT_ID,
    PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET, and PINGONE_REGION_CODE or PINGONE_ROOT_DOMAIN.
    Nothing is sent before the first question.

    Parameters
    ----------
    environment_id : str
        The environment to read.
    client_id, client_secret : str
        The worker application's. It needs the role Identity Data Admin for the environment or a
        population; for reading, Identity Data Read Only may be enough.
    region : str
        Code (``NA, EU, CA, AP, AU, SG``) or root domain (``pingone.eu``), in any case; NA if
        nothing says otherwise.
    auth_environment_id : str, optional
        The environment that the worker application lives in, if it is another one.
    api_url, auth_url : str, optional
        Other addresses than the region's: a gateway, a custom domain
        (``auth_url="https://auth.example.com"``), the sandbox. ``https``, or this machine.
    token_endpoint_auth_method : str, optional
        ``client_secret_basic``, ``client_secret_post`` or ``private_key_jwt``, as the application
        is set; without it, basic is tried, then post.
    private_key : str or path, optional
        RSA or elliptic-curve private key, as PEM text or a file's path, for private_key_jwt.
    key_id : str, optional
        The key's ``kid`` in the application's JWKS.
    verify : True or path
        True: the system's trust store. A path: a certificate authority of your own as well.
    proxy : str, optional
        ``http://user:password@host:port``; without it, HTTPS_PROXY and NO_PROXY count.
    max_rate : float
        Requests a second at most. 30 is safe where one address may send 35 of 100; ask your
        administrator for your licence's limit before raising it.
    deadline : float
        Seconds that one request may be tried again when PingOne is busy or the network fails.
    allow_end_session : bool
        Whether `Tenant.end_session` works.
    known_networks : mapping, optional
        The company's own networks, which every history of this tenant carries. Each name maps to a
        range, or to a mapping with ``range``, ``kind`` (``vpn``, ``office``) and an office's
        ``city, state, country``. A bare range is a VPN's, which says nothing of where a user is.
    place_aliases : mapping, DataFrame or path, optional
        Names of places in your own words, as `locate` takes them; a path is read again for each
        history. Every history of this tenant is located by them.

    Returns
    -------
    Tenant

    Raises
    ------
    ConfigurationError
        Something is missing or wrong; the sentence says what.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> from pingsessions_nb.sandbox import SyntheticTenant, create_app, running
    >>> with running(create_app(SyntheticTenant(users=20, seed=7))) as address:
    ...     tenant = ps.connect(
    ...         environment_id="abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6",
    ...         client_id="sandbox-client",
    ...         client_secret="sandbox-secret",
    ...         api_url=address,
    ...         auth_url=address,
    ...     )
    ...     len(tenant.users())
    20
    """
    # First of all, so that no traceback from here on shows the texts.
    client_secret = None if client_secret is None else Secret(client_secret)
    private_key = None if private_key is None else _secret(private_key)
    hidden_proxy = None if proxy is None else Secret(proxy)
    del proxy
    settings = settings_module.load(
        environment_id=environment_id,
        client_id=client_id,
        client_secret=client_secret,
        region=region,
        auth_environment_id=auth_environment_id,
        api_url=api_url,
        auth_url=auth_url,
        token_endpoint_auth_method=token_endpoint_auth_method,
        private_key=private_key,
        key_id=key_id,
    )
    if settings.auth_method == "private_key_jwt":
        signing_key(settings.credential)
    for name, number in (("max_rate", max_rate), ("deadline", deadline)):
        if not isinstance(number, int | float) or not 0 < number < math.inf:
            given = number if isinstance(number, int | float) else f"a {type(number).__name__}"
            raise ConfigurationError(f"{name} is {given}, but should be a number above 0.")
    # Enough that answers which take a second do not slow us down.
    workers = min(max(math.ceil(max_rate), 8), _MOST_WORKERS)
    api = api_of(
        settings,
        http_client(settings.api_url, verify=verify, proxy=hidden_proxy, connections=workers),
        http_client(settings.token_url, verify=verify, proxy=hidden_proxy, connections=2),
        Pacer(max_rate, patience=deadline),
        deadline,
        hide=[] if hidden_proxy is None else [password_of(hidden_proxy)],
    )
    return Tenant(
        api,
        name=settings.environment_id,
        environment_id=settings.environment_id,
        workers=workers,
        allow_end_session=allow_end_session,
        known_networks=known_networks,
        place_aliases=place_aliases,
    )


def api_of(
    settings: Settings,
    api_client: httpx.AsyncClient,
    auth_client: httpx.AsyncClient,
    pacer: Pacer,
    deadline: float = DEADLINE_SECONDS,
    hide: Iterable[Secret] = (),
) -> Api:
    """Join the parts that a tenant talks through; `hide` is hidden as the credentials are."""
    base = f"{settings.api_url}/v1/environments/{settings.environment_id}"
    proxies = [password_of(Secret(address)) for address in getproxies().values()]
    secrets = [settings.credential, *hide, *proxies]
    if len(settings.client_id) >= _LEAST_PASTED and not is_id(settings.client_id):
        secrets.append(Secret(settings.client_id))  # PingOne's are UUIDs: a secret may stand there
    hiding = Hiding(settings.client_id, secrets)
    token = AccessToken(settings, Wire(auth_client, hiding), hiding, deadline)
    return Api(base, Wire(api_client, hiding), token, pacer, hiding, deadline)


def _secret(key: str | Path | Secret) -> Secret:
    return key if isinstance(key, Secret) else Secret(str(key))
