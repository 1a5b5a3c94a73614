"""The hierarchy of errors: one root, so that ``except ps.PingSessionsError`` catches all of ours.

::

    PingSessionsError
    ├── ConfigurationError      a setting is missing or wrong; nothing was sent
    ├── ApiError                PingOne answered, or did not
    │   ├── AuthenticationError     no token could be had, or it was refused (401)
    │   ├── PermissionDenied        the worker application may not do this (403)
    │   ├── NotFound                no such environment, user or session (404)
    │   ├── RateLimited             too many requests, even after slowing down (429)
    │   ├── ServiceUnavailable      unreachable, timed out, or a server error (5xx)
    │   └── MalformedResponse       an answer that is not what the API documents
    └── ArchiveError            an archive that is damaged, or is not one

Examples
--------
>>> import pingsessions_nb as ps
>>> try:
...     ps.demo(users=20, seed=7).history("nobody.at.all")
... except ps.NotFound as error:
...     print(error)
No user has the ...
>>> try:
...     ps.connect(environment_id="BX Retail", client_id="…", client_secret="…")
... except ps.PingSessionsError as error:
...     print(type(error).__name__, error)
ConfigurationError environment_id is 'BX Retail', but should be a UUID such as ...
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class PingSessionsError(Exception):
    """Root of every error that this package raises on purpose."""


class ConfigurationError(PingSessionsError, ValueError):
    """A setting is missing or wrong; the sentence says which one and what it should be."""


class ApiError(PingSessionsError):
    """PingOne refused a request, or could not be reached.

    Attributes
    ----------
    status : int or None
        HTTP status; None where no answer came.
    code : str or None
        PingOne's (``ACCESS_FAILED``) or OAuth's (``invalid_client``) error code.
    correlation_id : str or None
        The ``id`` of PingOne's error body. Ping's support asks for it.
    details : tuple of dict
        PingOne's ``details``, each with ``code``, ``target`` and ``message`` where present.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        correlation_id: str | None = None,
        details: Sequence[dict[str, Any]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.correlation_id = correlation_id
        self.details = tuple(details)


class AuthenticationError(ApiError):
    """No access token could be obtained, or PingOne no longer accepts it."""


class PermissionDenied(ApiError):
    """The worker application's roles do not allow this."""


class NotFound(ApiError):
    """There is no such environment, user or session."""


class RateLimited(ApiError):
    """PingOne kept answering 429 after we slowed down."""


class ServiceUnavailable(ApiError):
    """PingOne could not be reached, timed out, or answered with a server error."""


class MalformedResponse(ApiError):
    """An answer, or a saved page, is not JSON or not of the documented shape."""


class ArchiveError(PingSessionsError):
    """An archive is damaged, is not an archive, or cannot be written."""
