"""Exit codes of scheduled jobs: those of ``sysexits.h``, so that a scheduler knows what to do."""

from __future__ import annotations

from typing import Final

from pingsessions_nb.archive.tables import BusyError
from pingsessions_nb.errors import (
    ApiError,
    ArchiveError,
    AuthenticationError,
    ConfigurationError,
    MalformedResponse,
    NotFound,
    PermissionDenied,
    PingSessionsError,
)

COMPLETE: Final = 0
INCOMPLETE: Final = 75  # some users could not be read, the others are recorded
INTERRUPTED: Final = 130
EXIT_CODES: Final[dict[type[PingSessionsError], int]] = {  # the first that fits
    MalformedResponse: 76,  # EX_PROTOCOL
    AuthenticationError: 77,  # EX_NOPERM
    PermissionDenied: 77,
    NotFound: 67,  # EX_NOUSER
    ConfigurationError: 78,  # EX_CONFIG
    BusyError: 75,  # EX_TEMPFAIL: other recorders, or the archive's store does not answer
    ArchiveError: 74,  # EX_IOERR
    ApiError: 75,  # EX_TEMPFAIL: rate limits, outages
}
UNEXPECTED: Final = 70  # EX_SOFTWARE: a fault of ours


def exit_code(error: PingSessionsError) -> int:
    """Return the exit code that says whether to try again or what to mend."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), UNEXPECTED)
