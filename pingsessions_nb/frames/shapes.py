"""The declared fields as structs that decode them, and as tables that cut other records down.

Pages of exactly the known fields are decoded into the strict structs. What has further fields is
decoded into dicts, converted to the other structs, and its further fields put aside; what does not
fit these either is cut down by `pruning`, value by value, from the ``SHAPE`` tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import GenericAlias
from typing import Any, Final

import msgspec

from pingsessions_nb.frames.columns import (
    FLAG,
    JSON,
    LOCATION_FIELDS,
    NUMBER,
    SESSION_FIELDS,
    SKIP,
    TEXT,
    TIME,
    USER_FIELDS,
    Field,
)

LIST_OF_LOCATIONS: Final = "locations"
_TYPES: Final[dict[str, Any]] = {
    TEXT: str | None,
    TIME: str | None,
    FLAG: bool | None,
    NUMBER: int | float | str | None,
    JSON: Any,
}


def _shape(fields: Iterable[Field]) -> dict[str, Any]:
    """Return a table of field -> kind, an object's own table, or [the table of a list's elements].

    `msgspec` is quickest where a struct has its fields in the order in which they come.
    """
    shape: dict[str, Any] = {}
    for field in fields:
        if field.path is not None:
            *objects, key = field.path.split(".")
            inner = shape
            for name in objects:
                inner = inner.setdefault(name, {})
            inner[key] = field.kind
    return shape


def _struct(name: str, shape: Mapping[str, Any], *, strict: bool) -> type[msgspec.Struct]:
    """Make the struct of a shape; a strict one takes no other fields, and leaves links unread."""
    fields: list[tuple[str, Any, Any]] = []
    for key, kind in shape.items():
        inner = f"{name}_{key}"
        if isinstance(kind, dict):
            fields.append((key, _struct(inner, kind, strict=strict) | None, None))
        elif isinstance(kind, list):
            element = _struct(inner, kind[0], strict=strict)
            fields.append((key, GenericAlias(list, element) | None, None))
        elif kind != SKIP:
            fields.append((key, _TYPES[kind], None))
        elif strict:
            fields.append((key, msgspec.Raw, msgspec.Raw(b"null")))
    return msgspec.defstruct(name, fields, gc=False, forbid_unknown_fields=strict)


def _page(session: type) -> type[msgspec.Struct]:
    """Make the struct of a page of sessions."""
    embedded = msgspec.defstruct(
        "Embedded",
        [("sessions", GenericAlias(list, session))],
        gc=False,
        forbid_unknown_fields=True,
    )
    return msgspec.defstruct("Page", [("_embedded", embedded)], gc=False)


LOCATION_SHAPE: Final = _shape(LOCATION_FIELDS)
USER_SHAPE: Final = _shape(USER_FIELDS)
SESSION_SHAPE: Final = {**_shape(SESSION_FIELDS), LIST_OF_LOCATIONS: [LOCATION_SHAPE]}

Session: Final = _struct("Session", SESSION_SHAPE, strict=False)
Location: Final = _struct("Location", LOCATION_SHAPE, strict=False)
StrictSession: Final = _struct("StrictSession", SESSION_SHAPE, strict=True)
Page: Final = _page(StrictSession)
UnreadPage: Final = _page(msgspec.Raw)  # one too large to hold decoded as a whole
