"""Responses -> columns, chunk by chunk, so that no more than a chunk is held as objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from pingsessions_nb.frames.chunks import Chunks
from pingsessions_nb.frames.pages import NotAPage, Raw, lines_in, records_in, values_in
from pingsessions_nb.frames.pruning import Pruned, as_text
from pingsessions_nb.frames.shapes import (
    SESSION_SHAPE,
    USER_SHAPE,
    Page,
    Session,
    StrictSession,
    UnreadPage,
)

# Raw responses above this many bytes are cut into pieces before they are decoded.
_LARGE = 1 << 18

_PAGE = msgspec.json.Decoder(Page)
_UNREAD_PAGE = msgspec.json.Decoder(UnreadPage)
_UNREAD_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_SESSION = msgspec.json.Decoder(StrictSession)
_FAULTS = (msgspec.MsgspecError, ValueError, RecursionError)


class Gathering:
    """What the responses added so far hold.

    A page of exactly the documented shape is decoded straight into typed structs. Any other is
    decoded into dicts and pruned, record by record, to the same structs, with what the shape
    does not know put aside.

    Attributes
    ----------
    chunks : Chunks
        Columns of sessions and locations.
    users : list of (dict, extras)
        Each user's known fields, and the unknown ones by dotted path.
    problems : list of (str or None, str, str)
        User id, field and short text of each value of a user that could not be used, and of
        each element of a page that is not an object.
    session_pages, user_pages : int
        How many responses held sessions, and users.
    """

    def __init__(self) -> None:
        self.chunks = Chunks()
        self.users: list[tuple[dict[str, Any], list[tuple[str, Any]]]] = []
        self.problems: list[tuple[str | None, str, str]] = []
        self.session_pages = 0
        self.user_pages = 0

    def add(self, response: object) -> list[NotAPage]:
        """Add a response: a page, a bare record or several of them, raw or decoded.

        Returns
        -------
        list of NotAPage
            The parts that hold no records. Everything else was added.
        """
        if isinstance(response, Raw):
            return self._add_raw(response, 1)
        return self._add_decoded(response)

    def _add_raw(self, raw: Raw, line: int) -> list[NotAPage]:
        try:
            if len(raw if isinstance(raw, bytes | str) else memoryview(raw)) > _LARGE:
                return self._add_pieces(raw, line)
            self.chunks.extend(_PAGE.decode(raw).embedded.sessions)
            self.session_pages += 1
        except _FAULTS:
            return self._add_unusual(raw, line)
        return []

    def _add_pieces(self, raw: Raw, line: int) -> list[NotAPage]:
        """Add what is too large to be decoded at once: one page of many sessions."""
        faults: list[NotAPage] = []
        pieces = _UNREAD_PAGE.decode(raw).embedded.sessions
        self.session_pages += 1
        for position, piece in enumerate(pieces):
            try:
                self.chunks.append(_SESSION.decode(piece))
            except _FAULTS:
                try:
                    for _, value in values_in(piece, line):
                        self._add_session(value, position)
                except NotAPage as error:
                    faults.append(_part(f"a session {position}", error))
        return faults

    def _add_unusual(self, raw: Raw, line: int) -> list[NotAPage]:
        try:
            session = _SESSION.decode(raw)
        except _FAULTS:
            pass
        else:
            if session.id is not None and session.user is not None:
                self.chunks.append(session)
                self.session_pages += 1
                return []
        try:
            return self._add_several(raw, line)
        except NotAPage as error:
            return [error]

    def _add_several(self, raw: Raw, line: int) -> list[NotAPage]:
        faults: list[NotAPage] = []
        lines = lines_in(raw)
        if lines is not None:
            return self._add_lines(lines, line)
        try:
            pieces = _UNREAD_LIST.decode(raw)
        except _FAULTS:
            pass
        else:
            for position, element in enumerate(pieces):
                for error in self._add_raw(element, line):
                    faults.append(_part(f"an element {position}", error))
            return faults
        read = False
        try:
            for start, value in values_in(raw, line):
                read = True
                for error in self._add_decoded(value):
                    faults.append(error if start == line else _part(f"a line {start}", error))
        except NotAPage as error:
            # Lines of which the first is cut off at its beginning, as in a log that was rotated.
            lines = None if read else lines_in(raw, tried=2)
            if lines is not None:
                return self._add_lines(lines, line)
            faults.append(error)
        return faults

    def _add_lines(self, lines: Iterable[tuple[int, Raw]], line: int) -> list[NotAPage]:
        return [
            error if line > 1 else _part(f"a line {number}", error)
            for number, piece in lines
            for error in self._add_raw(piece, number)
        ]

    def _add_decoded(self, value: object) -> list[NotAPage]:
        if isinstance(value, list):
            return [
                _part(f"an element {position}", error)
                for position, element in enumerate(value)
                for error in self._add_decoded(element)
            ]
        try:
            records = records_in(value)
        except NotAPage as error:
            return [error]
        self.session_pages += records.sessions is not None
        self.user_pages += records.users is not None
        for position, session in enumerate(records.sessions or []):
            self._add_session(session, position)
        for position, user in enumerate(records.users or []):
            self._add_user(user, position)
        return []

    def _add_session(self, record: object, position: int) -> None:
        if not isinstance(record, Mapping):
            self.problems.append((None, f"_embedded.sessions[{position}]", as_text(record)))
            return
        record = dict(record)
        try:
            session = msgspec.convert(record, Session)
            msgspec.json.encode(session)  # finds text that is not Unicode
        except (msgspec.ValidationError, UnicodeEncodeError):
            pruned = Pruned(record, SESSION_SHAPE)
            # Known fields are of the documented types by now, so that this cannot fail.
            session = msgspec.convert(pruned.known, Session)
        else:
            pruned = Pruned(record, SESSION_SHAPE, fits=True)
        self.chunks.append(session, pruned)

    def _add_user(self, record: object, position: int) -> None:
        if not isinstance(record, Mapping):
            self.problems.append((None, f"_embedded.users[{position}]", as_text(record)))
            return
        pruned = Pruned(_with_population(dict(record)), USER_SHAPE)
        user_id = pruned.known.get("id")
        self.users.append((pruned.known, pruned.extras))
        self.problems += [(user_id, f"users.{field}", value) for field, value in pruned.problems]


def _with_population(record: dict[str, Any]) -> dict[str, Any]:
    """Move the population that ``expand=population`` embeds to where its id already is."""
    embedded = record.get("_embedded")
    if not isinstance(embedded, dict) or not isinstance(embedded.get("population"), dict):
        return record
    own = record.get("population")
    rest = {key: value for key, value in embedded.items() if key != "population"}
    population = {**embedded["population"], **(own if isinstance(own, dict) else {})}
    return {**record, "_embedded": rest or None, "population": population}


def _part(name: str, error: NotAPage) -> NotAPage:
    return NotAPage(f"has {name} which {error}", error.code)
