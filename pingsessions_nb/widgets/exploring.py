"""`explore`: an explorer in one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from pingsessions_nb.history import Source
from pingsessions_nb.widgets.explorer import SessionExplorer

if TYPE_CHECKING:
    from pingsessions_nb.archive import Archive


def explore(
    source: Source,
    archive: Archive | None = None,
    *,
    value: str | Sequence[str] | pd.DataFrame = (),
) -> SessionExplorer:
    """Make a `SessionExplorer`; as a cell's last expression it shows itself.

    Parameters
    ----------
    source : Tenant, Archive or History
    archive : Archive, optional
        What was recorded of the tenant.
    value : str, sequence of str, or DataFrame
        Users to show at first: ids, usernames or e-mail addresses, or a frame of users.

    Returns
    -------
    SessionExplorer

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> ps.explore(ps.demo(users=20, seed=7))
    SessionExplorer(0 users, 0 sessions)
    """
    return SessionExplorer(source, value, archive)
