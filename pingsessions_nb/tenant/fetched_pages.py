"""What reading one user gave: pages, or why there are none."""

from __future__ import annotations

import msgspec

from pingsessions_nb.errors import ApiError
from pingsessions_nb.tenant import not_pingone


class Failure(msgspec.Struct, array_like=True, frozen=True):
    """A user that could not be read: a row of ``history.failures``."""

    user_id: str
    error: str
    status: int | None = None
    code: str | None = None

    @classmethod
    def of(cls, user_id: str, error: ApiError) -> Failure:
        """Keep what the error says."""
        return cls(user_id, str(error), error.status, error.code)

    @property
    def is_gone(self) -> bool:
        """Whether PingOne, and nobody in its place, says that there is no such user."""
        return self.status == 404 and self.code != not_pingone.CODE


class FetchedUser(msgspec.Struct, array_like=True, tag="user", frozen=True):
    """One user and the sessions, as they were sent.

    Attributes
    ----------
    user_id : str
    user : bytes or None
        The user's own JSON, where it was asked for.
    pages : list of bytes
        Pages of sessions.
    failure : Failure or None
        Why there are no pages.
    """

    user_id: str
    user: bytes | None = None
    pages: list[bytes] = msgspec.field(default_factory=list)
    failure: Failure | None = None


class FetchedUserList(msgspec.Struct, array_like=True, tag="users", frozen=True):
    """One page of the list of users, where the next one lies, and how many users it holds."""

    raw: bytes
    next: str | None
    users: int
