"""What a response is made of: lines, elements of a list, values one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from pingsessions_nb.frames.pages import NotAPage, Raw, lines_in, values_in
from pingsessions_nb.frames.recordings import Recording

_LIST = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a response, or a response as a whole.

    Attributes
    ----------
    content : object
        Raw, decoded, or what is wrong with it.
    where : tuple of str
        What it is called in that of which it is a part, and this in turn, outermost first.
    line : int
        The number of its first line in the response.
    in_page : int or None
        Its position in a page of sessions, where that is known to be what it is.
    decoded : bool
        Whether it was decoded: text is a value then, and not to be read.
    """

    content: object
    where: tuple[str, ...] = ()
    line: int = 1
    in_page: int | None = None
    decoded: bool = False

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
