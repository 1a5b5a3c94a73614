"""Ending a session from the explorer: asked for in the details, answered there."""

from __future__ import annotations

from collections.abc import Callable

from pingsessions_nb.history import History
from pingsessions_nb.tenant import Tenant
from pingsessions_nb.widgets.arrivals import Newest, in_background
from pingsessions_nb.widgets.details import SessionDetails

ENDED = "ended"


class SessionEnding:
    """Ends sessions as the details ask for it.

    Parameters
    ----------
    tenant : Tenant
    details : SessionDetails
    on_ended : callable
        Called with the session's id and a sentence once PingOne has ended it.
    """

    def __init__(
        self, tenant: Tenant, details: SessionDetails, on_ended: Callable[[str, str], None]
    ) -> None:
        self._tenant = tenant
        self._details = details
        self._on_ended = on_ended
        details.on_end(self._end)

    def _end(self, user_id: str, session_id: str) -> None:
        self._details.tell_end(session_id, "ending", "Ending the session …")

        def ended(words: str) -> None:
            self._details.tell_end(session_id, "ended", words)
            self._on_ended(session_id, words)

        def failed(words: str) -> None:
            self._details.tell_end(session_id, "failed", words)

        # Each end has an answer of its own: that of one is not dropped for another's.
        Newest().ask(in_background(self._tenant.end_session, user_id, session_id), ended, failed)


def with_ended(history: History, session_id: str) -> History:
    """Return the history with the ``status`` of a session as ``ended``."""
    shown = history.between()
    sessions = shown.sessions
    status = sessions["status"].mask(sessions["session_id"] == session_id, ENDED)
    shown.sessions = sessions.assign(status=status)
    return shown
