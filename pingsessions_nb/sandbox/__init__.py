"""A server that speaks PingOne's API, and the synthetic tenant behind it.

>>> from pingsessions_nb.sandbox import SyntheticTenant, create_app, running
>>> with running(create_app(SyntheticTenant(users=50))) as address:
...     address.startswith("http://127.0.0.1:")  # it is both api_url and auth_url
True

`serve` does the same in the foreground. Nothing here knows the client.
"""

from pingsessions_nb.sandbox.app import create_app
from pingsessions_nb.sandbox.compact import CompactTenant
from pingsessions_nb.sandbox.faults import parse_faults
from pingsessions_nb.sandbox.server import running, serve
from pingsessions_nb.sandbox.synthetic import DEFAULT_NOW, SyntheticTenant

__all__ = [
    "DEFAULT_NOW",
    "CompactTenant",
    "SyntheticTenant",
    "create_app",
    "parse_faults",
    "running",
    "serve",
]
