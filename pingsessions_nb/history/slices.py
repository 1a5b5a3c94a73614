"""The frames of a `History`, whose and of when they are, and cutting slices out of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import pandas as pd

from pingsessions_nb.arguments import Time, given_frame, given_names, given_time
from pingsessions_nb.errors import NotFound
from pingsessions_nb.frames import Gathering, problem_frame, with_status
from pingsessions_nb.history.failures import failure_frame, nobody
from pingsessions_nb.history.finding_users import are_named, known_users, unknown_names
from pingsessions_nb.history.merging import stacked, with_location_counts
from pingsessions_nb.history.redaction_note import Redaction
from pingsessions_nb.known_networks import Described, described
from pingsessions_nb.places import locate
from pingsessions_nb.wording import shortened

WORDS = ["city", "state", "country"]
_ID_LENGTH = 8  # of a short id: the first group of a UUID


class Slices:
    """What `History` holds; a slice of it has the rest of it, too."""

    def __init__(
        self,
        users: pd.DataFrame,
        sessions: pd.DataFrame,
        locations: pd.DataFrame,
        failures: pd.DataFrame | None = None,
        problems: pd.DataFrame | None = None,
    ) -> None:
        self.users = given_frame("users", users)
        self.sessions = given_frame("sessions", sessions)
        self.locations = given_frame("locations", locations)
        self.failures = failure_frame([]) if failures is None else failures
        self.problems = problem_frame(Gathering()) if problems is None else problems
        self._read_at: pd.Timestamp | None = None
        self.redaction: Redaction | None = None
        self._known_networks: Described = {}
        self._labels: dict[str, str] | None = None

    @property
    def known_networks(self) -> Described:
        """The company's own networks, as its source names them."""
        return self._known_networks

    @known_networks.setter
    def known_networks(self, networks: Mapping[str, Any] | None) -> None:
        self._known_networks = described(networks)

    @property
    def read_at(self) -> pd.Timestamp | None:
        """When it was read from PingOne; None where nobody knows."""
        return self._read_at

    @read_at.setter
    def read_at(self, time: Time | None) -> None:
        self._read_at = None if time is None else given_time("read_at", time)
        if self._read_at is not None:
            self.sessions = with_status(self.sessions, self._read_at)

    @property
    def user_ids(self) -> tuple[str, ...]:
        """Ids of all users known here: those who have sessions first, in the frames' order."""
        known = pd.concat([self.sessions["user_id"], self.users["user_id"]]).dropna()
        return tuple(known.unique())

    @property
    def since(self) -> pd.Timestamp | None:
        """The earliest time that a session or a location has; None where there is none."""
        return self._extreme("min")

    @property
    def until(self) -> pd.Timestamp | None:
        """The latest time that a session or a location has; None where there is none."""
        return self._extreme("max")

    def _extreme(self, which: str) -> pd.Timestamp | None:
        columns = [self.sessions["created_at"], self.sessions["active_at"], self.locations["at"]]
        found = pd.Series([getattr(column, which)() for column in columns]).dropna()
        return None if found.empty else getattr(found, which)()

    def label(self, user_id: str) -> str:
        """Name a user for people: the username, if long its beginning, or the id's first group."""
        if self._labels is None:
            named = self.users.dropna(subset=["user_id", "username"])
            self._labels = dict(zip(named["user_id"], named["username"], strict=True))
        return shortened(self._labels.get(user_id) or str(user_id)[:_ID_LENGTH])

    def unread_places(self) -> pd.DataFrame:
        """List the places of which words could not be read, for `with_place_aliases` to place.

        Returns
        -------
        DataFrame
            ``city, state, country, words_unread, place, place_precision`` (str) and how many
            ``users, sessions, locations`` (int) say them, most locations first.
        """
        vague = self.locations[self.locations["place_precision"].ne("city").fillna(True)]
        counts = vague.groupby(WORDS, dropna=False, sort=False).agg(
            users=("user_id", "nunique"),
            sessions=("session_id", "nunique"),
            locations=("session_id", "size"),
        )
        read = locate(counts.reset_index().astype(dict.fromkeys(WORDS, "str")), explain=True)
        read = read[read["words_unread"].notna()]
        columns = [*WORDS, "words_unread", "place", "place_precision", *counts.columns]
        most = read.sort_values("locations", ascending=False, kind="stable", ignore_index=True)
        return most[columns]

    def for_users(self, users: str | Iterable[str] | pd.DataFrame) -> Self:
        """Keep some users.

        Parameters
        ----------
        users : str, iterable of str, or DataFrame
            Ids; usernames and e-mail addresses, in any case, of users in ``users``; or a frame
            with a ``user_id`` column.

        Returns
        -------
        History
            Names in a list that no user has are rows of ``failures``.

        Raises
        ------
        NotFound
            Where one user is asked for and is not here.
        """
        if isinstance(users, pd.DataFrame):
            return self._of_users(set(given_frame("users", users, ["user_id"])["user_id"].dropna()))
        asked = given_names("users", users)
        found = self.users.loc[are_named(self.users, asked), "user_id"].dropna()
        part = self._of_users({*asked, *found})
        failed = self.failures["user_id"]
        known = known_users(part.users, pd.concat([part.sessions["user_id"], failed]))
        missing = [nobody(name, "this history") for name in unknown_names(known, asked)]
        if missing and isinstance(users, str):
            raise NotFound(missing[0][1], status=404, code="NOT_FOUND")
        if missing:
            part.failures = stacked([part.failures, failure_frame(missing)])
        return part

    def in_population(self, population: str) -> Self:
        """Keep the users of a population, by its id or its name (in any case)."""
        name = population.casefold()
        inside = (self.users["population_id"] == population) | (
            self.users["population_name"].str.casefold() == name
        )
        return self._of_users(set(self.users.loc[inside.fillna(False), "user_id"].dropna()))

    def for_sessions(self, sessions: str | Iterable[str] | pd.DataFrame) -> Self:
        """Keep some sessions, by their ids or a frame with a ``session_id`` column; and all users.

        The users stay so that selecting no session of a user does not forget the user.
        """
        if isinstance(sessions, pd.DataFrame):
            sessions = given_frame("sessions", sessions, ["session_id"])["session_id"].dropna()
        ids = set(given_names("sessions", sessions))
        return self._kept(
            self.users,
            self.sessions["session_id"].isin(ids),
            self.locations["session_id"].isin(ids),
        )

    def between(self, since: Time | None = None, until: Time | None = None) -> Self:
        """Keep what happened from ``since`` until before ``until``.

        Parameters
        ----------
        since, until : datetime, date, str or None
            What `pandas.Timestamp` reads; UTC where it has no zone. None sets no limit.

        Returns
        -------
        History
            Sessions that were alive at some time in between (``created_at`` to ``active_at``;
            one of unknown time is left out if there is a limit), their locations of that time,
            ``location_count`` counting these, and all users.

        Raises
        ------
        ConfigurationError
            Where a limit is not a time.
        """
        start = None if since is None else given_time("since", since)
        end = None if until is None else given_time("until", until)
        sessions, locations = self.sessions, self.locations
        begun = sessions["created_at"].fillna(sessions["active_at"])
        ended = sessions["active_at"].fillna(sessions["created_at"])
        alive = pd.Series(data=True, index=sessions.index)
        inside = pd.Series(data=True, index=locations.index)
        if start is not None:
            alive &= ended >= start
            inside &= locations["at"] >= start
        if end is not None:
            alive &= begun < end
            inside &= locations["at"] < end
        inside &= locations["session_id"].isin(sessions.loc[alive, "session_id"])
        kept = self._kept(self.users, alive, inside)
        kept.sessions = with_location_counts(kept.sessions, kept.locations)
        return kept

    def _of_users(self, ids: set[str]) -> Self:
        part = self._kept(
            self.users[self.users["user_id"].isin(ids)].reset_index(drop=True),
            self.sessions["user_id"].isin(ids),
            self.locations["user_id"].isin(ids),
        )
        failed = self.failures["user_id"]  # NA where it was a file, which may have been of anybody
        part.failures = self.failures[failed.isna() | failed.isin(ids)].reset_index(drop=True)
        return part

    def _kept(
        self, users: pd.DataFrame, sessions: pd.Series[bool], locations: pd.Series[bool]
    ) -> Self:
        kept = self.sessions[sessions].reset_index(drop=True)
        problems = self.problems
        concerned = problems["session_id"].isin(kept["session_id"])
        concerned |= problems["session_id"].isna() & problems["user_id"].isin(users["user_id"])
        part = type(self)(
            users,
            kept,
            self.locations[locations].reset_index(drop=True),
            self.failures,
            problems[concerned].reset_index(drop=True),
        )
        part._read_at = self._read_at
        part.redaction = self.redaction
        part._known_networks = self._known_networks
        return part
