"""Reading a record of any shape: known fields as they should be, the rest put aside."""

from __future__ import annotations

import json
import math
from typing import Any

from pingsessions_nb.frames.columns import FLAG, JSON, NUMBER, SKIP

_SHORT = 120


def as_text(value: object) -> str:
    """Say a value that could not be used in at most 120 characters of JSON."""
    try:
        text = unicode(json.dumps(value, ensure_ascii=False, default=repr))
    except RecursionError:  # writing it takes a little more of the stack than reading it did
        text = f"a {type(value).__name__} nested too deeply to be written out"
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _encodable(text: str) -> bool:
    """Tell whether text is Unicode: JSON can write half a surrogate pair, which is not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _writable(value: object) -> bool:
    try:
        return _encodable(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return False


def unicode(text: str) -> str:
    """Write half a surrogate pair, which no column and no file can hold, as an escape."""
    return text.encode("utf-8", "backslashreplace").decode()


class Pruned:
    """A record, as it was decoded, cut down to its shape.

    If it `fits`, all documented fields are known to be of the documented types: ``known`` and
    ``problems`` of types are left out then, which is much faster.
    """

    def __init__(
        self, record: dict[str, Any], shape: dict[str, Any], *, fits: bool = False
    ) -> None:
        # Fields that the shape does not know, by dotted path; objects are flattened, lists kept.
        self.extras: list[tuple[str, Any]] = []
        # Values of another type than documented, by dotted path, as short text.
        self.problems: list[tuple[str, str]] = []
        # The elements of the record's list (a session's locations), with paths of their own, and
        # where in that list each of them was.
        self.elements: list[Pruned] = []
        self.positions: list[int] = []
        self._seen: set[str] = set()
        # The known fields only, each of its documented type and none of them null.
        self.known: dict[str, Any] = {}
        if fits:
            self._rest(record, shape, "")
        else:
            self.known = self._object(record, shape, "")

    def _rest(self, record: dict[str, Any], shape: dict[str, Any], prefix: str) -> None:
        for key, value in record.items():
            kind = shape.get(key)
            if kind is None:
                self._unknown(f"{prefix}{key}", value)
            elif isinstance(kind, str) or not value:
                continue
            elif isinstance(kind, dict):
                if len(value) > len(kind) or not value.keys() <= kind.keys():
                    self._rest(value, kind, f"{prefix}{key}.")
            elif not all(element.keys() <= kind[0].keys() for element in value):
                self.elements = [Pruned(element, kind[0], fits=True) for element in value]
                self.positions = list(range(len(value)))

    def _object(self, record: dict[str, Any], shape: dict[str, Any], prefix: str) -> dict[str, Any]:
        known: dict[str, Any] = {}
        for key, value in record.items():
            if value is None:
                continue
            path = f"{prefix}{key}"
            kind = shape.get(key)
            if kind is None:
                self._unknown(path, value)
            elif isinstance(kind, dict) and isinstance(value, dict):
                known[key] = self._object(value, kind, f"{path}.")
            elif isinstance(kind, list) and isinstance(value, list):
                known[key] = self._list(value, kind[0], path)
            elif kind == SKIP:
                continue
            elif isinstance(kind, str) and fits(value, kind):
                known[key] = value
            else:
                self.problems.append((unicode(path), as_text(value)))
        return known

    def _list(self, values: list[Any], shape: dict[str, Any], path: str) -> list[dict[str, Any]]:
        for position, value in enumerate(values):
            if isinstance(value, dict):
                self.elements.append(Pruned(value, shape))
                self.positions.append(position)
            else:
                self.problems.append((f"{path}[{position}]", as_text(value)))
        return [element.known for element in self.elements]

    def _unknown(self, path: str, value: object) -> None:
        # A stack, not recursion: how deep an object goes is the sender's choice.
        stack = [(path, value)]
        while stack:
            at, item = stack.pop()
            at = unicode(at)
            if isinstance(item, dict) and item:
                stack.extend((f"{at}.{key}", inner) for key, inner in reversed(item.items()))
            elif item is None or (isinstance(item, float) and math.isnan(item)) or item == "":
                continue
            # {"a.b": 1, "a": {"b": 2}} has two fields of one dotted path: the first has it.
            elif at in self._seen or (isinstance(item, str) and not _encodable(item)):
                self.problems.append((at, as_text(item)))
            else:
                self._seen.add(at)
                self.extras.append((at, item))


def fits(value: object, kind: str) -> bool:
    """Tell whether a value is of the type that a kind of field has."""
    if kind == JSON:
        return _writable(value)
    if isinstance(value, bool):
        return kind == FLAG
    if kind == NUMBER and isinstance(value, int | float):
        return True
    return isinstance(value, str) and kind != FLAG and _encodable(value)
