"""Responses -> columns, chunk by chunk, so that no more than a chunk is held as objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pingsessions_nb.frames.chunks import Chunks, Problem
from pingsessions_nb.frames.pages import NotAPage, Raw, Records, records_in
from pingsessions_nb.frames.parts import Part, recording_of
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

_PAGE: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Page)
_UNREAD_PAGE: msgspec.json.Decoder[Any] = msgspec.json.Decoder(UnreadPage)
_SESSION: msgspec.json.Decoder[Any] = msgspec.json.Decoder(StrictSession)
_FAULTS = (msgspec.MsgspecError, ValueError, RecursionError)
# Of another type; text that is not Unicode; a number past 64 bits; nested too deeply.
_UNFIT = (msgspec.ValidationError, UnicodeEncodeError, OverflowError, RecursionError)


class Gathering:
    """What the responses added so far hold.

    A page of exactly the documented shape is decoded straight into typed structs. Any other is
    decoded into dicts and pruned, record by record, to the same structs, with what the shape
    does not know put aside.
    """

    def __init__(self) -> None:
        self.chunks = Chunks()
        # Each user's known fields, and the unknown ones by dotted path.
        self.users: list[tuple[dict[str, Any], list[tuple[str, Any]]]] = []
        # Values of users that could not be used, and elements of pages that are no objects.
        self.problems: list[Problem] = []
        # How many responses held sessions, users, or nothing without telling of what.
        self.session_pages = self.user_pages = self.empty_pages = 0

    def add(self, response: object) -> list[NotAPage]:
        """Add a response: a page, a bare record or several of them, raw or decoded.

        Returned are the parts that hold no records. Everything else was added.
        """
        faults: list[NotAPage] = []
        waiting: list[Iterator[Part]] = [iter((Part(response),))]
        while waiting:
            part = next(waiting[-1], None)
            if part is None:
                waiting.pop()
                continue
            try:
                waiting.append(self._take(part))
            except NotAPage as error:
                faults.append(part.named(error))
        return faults

    def _take(self, part: Part) -> Iterator[Part]:
        """Add what a part holds, or return the parts that it is cut into."""
        content = part.content
        if isinstance(content, NotAPage):
            raise content
        if isinstance(content, Raw) and not part.decoded:
            if part.in_page is not None:
                return part.values(content)
            return self._take_raw(part, content) or part.cut(content)
        if part.in_page is not None:
            self._add_session(content, part.in_page)
        elif isinstance(content, list):
            return part.elements(content, decoded=True)
        elif recording := recording_of(content):
            return part.answers(recording)
        else:
            self._add_records(records_in(content))
        return iter(())

    def _take_raw(self, part: Part, raw: Raw) -> Iterator[Part] | None:
        """Add a page or a session of known fields alone; None where it is neither."""
        try:
            if len(raw if isinstance(raw, bytes | str) else memoryview(raw)) > _LARGE:
                sessions = _UNREAD_PAGE.decode(raw)._embedded.sessions
                self.session_pages += 1
                return self._take_large(part, sessions)
            self.chunks.extend(_PAGE.decode(raw)._embedded.sessions)
        except _FAULTS:
            return self._take_bare(raw)
        self.session_pages += 1
        return iter(())

    def _take_large(self, part: Part, sessions: list[msgspec.Raw]) -> Iterator[Part]:
        """Add a page that is too large to be decoded at once; yield what is unusual in it."""
        for position, session in enumerate(sessions):
            try:
                self.chunks.append(_SESSION.decode(session))
            except _FAULTS:
                where = (*part.where, f"a session {position}")
                yield Part(session, where, part.line, in_page=position)

    def _take_bare(self, raw: Raw) -> Iterator[Part] | None:
        try:
            session = _SESSION.decode(raw)
        except _FAULTS:
            return None
        if session.id is None or session.user is None:
            return None
        self.chunks.append(session)
        self.session_pages += 1
        return iter(())

    def _add_records(self, records: Records) -> None:
        self.session_pages += records.sessions is not None
        self.user_pages += records.users is not None
        self.empty_pages += records == (None, None)
        for position, session in enumerate(records.sessions or []):
            self._add_session(session, position)
        for position, user in enumerate(records.users or []):
            self._add_user(user, position)

    def _add_session(self, record: object, position: int) -> None:
        if not isinstance(record, Mapping):
            self.problems.append((None, f"_embedded.sessions[{position}]", as_text(record), None))
            return
        record = dict(record)
        try:
            session = msgspec.convert(record, Session)
            msgspec.json.encode(session)  # finds text that is not Unicode
        except _UNFIT:
            pruned = Pruned(record, SESSION_SHAPE)
            # Known fields are of the documented types by now, so that this cannot fail.
            session = msgspec.convert(pruned.known, Session)
        else:
            pruned = Pruned(record, SESSION_SHAPE, fits=True)
        self.chunks.append(session, pruned)

    def _add_user(self, record: object, position: int) -> None:
        if not isinstance(record, Mapping):
            self.problems.append((None, f"_embedded.users[{position}]", as_text(record), None))
            return
        pruned = Pruned(_with_population(dict(record)), USER_SHAPE)
        user_id = pruned.known.get("id")
        self.users.append((pruned.known, pruned.extras))
        for field, value in pruned.problems:
            self.problems.append((None, f"users.{field}", value, user_id))


def _with_population(record: dict[str, Any]) -> dict[str, Any]:
    """Move the population that ``expand=population`` embeds to where its id already is."""
    embedded = record.get("_embedded")
    if not isinstance(embedded, dict) or not isinstance(embedded.get("population"), dict):
        return record
    own = record.get("population")
    rest = {key: value for key, value in embedded.items() if key != "population"}
    population = {**embedded["population"], **(own if isinstance(own, dict) else {})}
    return {**record, "_embedded": rest or None, "population": population}
