"""What a response is made of: lines, elements of a list, values one after another.

And the answers that other tools have kept: HAR files of browsers, and Postman's collections.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec

from pingsessions_nb.frames.pages import NotAPage, Raw, lines_in, values_in

_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_MAY_BE_A_PAGE: Final = '"_embedded"'
_ASKS_FOR_PAGES: Final = re.compile(r"/environments/[^/]+/users(/[^/]+/sessions)?/?(\?|$)")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a response, or a response as a whole."""

    content: object  # raw, decoded, or what is wrong with it
    # What it is called in that of which it is a part, and this in turn, outermost first.
    where: tuple[str, ...] = ()
    line: int = 1  # the number of its first line in the response
    in_page: int | None = None  # its position in a page of sessions, if that is what it is
    decoded: bool = False  # text is a value then, and not to be read

    def named(self, error: NotAPage) -> NotAPage:
        """Say of an error of this part where in the response that is."""
        for name in reversed(self.where):
            error = NotAPage(f"has {name} which {error}", error.code)
        return error

    def elements(self, contents: Iterable[object], *, decoded: bool) -> Iterator[Part]:
        """Cut a list into its elements."""
        for position, content in enumerate(contents):
            where = (*self.where, f"an element {position}")
            yield Part(content, where, self.line, decoded=decoded)

    def answers(self, recording: Recording) -> Iterator[Part]:
        """Cut what another tool has kept into the answers that it holds."""
        if not recording.answers:
            msg = f"is {recording.kind} in which no answer is a page of sessions or of users"
            yield Part(NotAPage(msg), self.where)
        for number, body in recording.answers:
            where = (*self.where, f"an answer {number}")
            missing = NotAPage(f"{recording.kind} holds without its body: keep bodies, too")
            yield Part(missing if body is None else body, where)

    def cut(self, raw: Raw) -> Iterator[Part]:
        """Cut raw text into lines, or a list into its elements, or else decode what it holds."""
        lines = lines_in(raw)
        if lines is not None:
            return self.lines(lines)
        try:
            return self.elements(_LIST.decode(raw), decoded=False)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return self.values(raw)

    def values(self, raw: Raw) -> Iterator[Part]:
        """Decode what raw text holds: one value, or several after another."""
        read = False
        try:
            for line, value in values_in(raw, self.line):
                read = True
                where = self.where if line == self.line else (*self.where, f"a line {line}")
                yield Part(value, where, line, self.in_page, decoded=True)
        except NotAPage as error:
            # Lines of which the first is cut off at its beginning, as in a log that was rotated.
            lines = None if read else lines_in(raw, tried=2)
            yield from [Part(error, self.where)] if lines is None else self.lines(lines)

    def lines(self, lines: Iterable[tuple[int, Raw]]) -> Iterator[Part]:
        """Give each line its number; a line of a line has that one's."""
        for number, piece in lines:
            where = self.where if self.line > 1 else (*self.where, f"a line {number}")
            yield Part(piece, where, number)


class Recording(NamedTuple):
    """What another tool has kept: what that is called, and its answers with their numbers.

    These are the bodies that may be pages of sessions or users; None where such a page was asked
    for, and its body was not kept.
    """

    kind: str
    answers: list[tuple[int, str | bytes | None]]


def recording_of(value: object) -> Recording | None:
    """Find the answers in a decoded HAR file or Postman collection; None where it is neither."""
    if not isinstance(value, dict):
        return None
    log, info = value.get("log"), value.get("info")
    if isinstance(log, dict) and isinstance(log.get("entries"), list):
        return Recording("a HAR file", list(_wanted(map(_har_answer, log["entries"]))))
    if isinstance(info, dict) and "getpostman.com" in str(info.get("schema")):
        return Recording("a Postman collection", list(_wanted(_postman_answers(value))))
    return None


def _wanted(
    answers: Iterator[tuple[str, str | bytes | None]],
) -> Iterator[tuple[int, str | bytes | None]]:
    for number, (url, body) in enumerate(answers):
        text = body if isinstance(body, str) else (body or b"").decode(errors="replace")
        if _MAY_BE_A_PAGE in text or (not text and _ASKS_FOR_PAGES.search(url)):
            yield number, body or None


def _har_answer(entry: object) -> tuple[str, str | bytes | None]:
    """Return what was asked for, and what came."""
    content = _at(entry, "response", "content")
    body = _text(content, "text")
    if _text(content, "encoding") == "base64":
        try:
            return _text(entry, "request", "url"), base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            body = ""
    return _text(entry, "request", "url"), body


def _postman_answers(collection: dict[str, Any]) -> Iterator[tuple[str, str | bytes | None]]:
    waiting: list[object] = [collection]
    while waiting:
        item = waiting.pop()
        for answer in _list(item, "response"):
            url = _at(answer, "originalRequest", "url")
            yield str(url if isinstance(url, str) else _text(url, "raw")), _text(answer, "body")
        waiting += reversed(_list(item, "item"))


def _at(value: object, *keys: str) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(value: object, *keys: str) -> str:
    found = _at(value, *keys)
    return found if isinstance(found, str) else ""


def _list(value: object, key: str) -> list[object]:
    found = _at(value, key)
    return found if isinstance(found, list) else []
