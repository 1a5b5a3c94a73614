"""The known networks that an archive keeps: of its source, for every history read from it."""

from __future__ import annotations

import json
import time
from typing import Final

from pingsessions_nb.archive.tables import BusyError, ConflictError, Tables
from pingsessions_nb.known_networks import Described

_TABLE: Final = "users"  # the versions of that of snapshots number these
_NAME: Final = "pingsessions.known_networks"  # a property of it: JSON
_ATTEMPTS: Final = 20


def kept_networks(tables: Tables) -> Described:
    """Return the networks that are kept with an archive that exists."""
    kept = tables.open(_TABLE).metadata().configuration.get(_NAME, "{}")
    networks: Described = json.loads(kept)
    return networks


def keep_networks(tables: Tables, networks: Described) -> None:
    """Keep networks with an archive that exists, in place of those before; nothing if the same."""
    for attempt in range(_ATTEMPTS):
        if kept_networks(tables) == networks:
            return
        try:
            tables.describe(tables.open(_TABLE), {_NAME: json.dumps(networks)})
        except ConflictError:
            time.sleep(0.1 * attempt)
    msg = f"The archive {tables.address} is being written to all the time; try again later."
    raise BusyError(msg)
