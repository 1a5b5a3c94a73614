"""HTTP: token, paging, pacing, retries, errors -> History.

`connect` for a PingOne environment, `demo` for invented people; both give a `Tenant`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pingsessions_nb.tenant.connecting import connect
from pingsessions_nb.tenant.tenant import Tenant

if TYPE_CHECKING:
    from pingsessions_nb.tenant.demo_tenant import DemoTenant, demo

__all__ = ["DemoTenant", "Tenant", "connect", "demo"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type is that of the name asked for
    # Whoever connects to PingOne has no need of the sandbox.
    if name in ("DemoTenant", "demo"):
        from pingsessions_nb.tenant import demo_tenant

        return getattr(demo_tenant, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
