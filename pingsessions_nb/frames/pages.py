"""What a response is: a page of PingOne's, several of them, a bare record, or none of these.

Many resources of a user have an ``id``, a ``user`` and an ``environment``. So a bare record is
taken for a session, or for a user, where it has a field that no other resource has, or where it
has fields of sessions, or of users, alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec

from pingsessions_nb.frames.pruning import unicode
from pingsessions_nb.frames.shapes import LIST_OF_LOCATIONS, SESSION_SHAPE, USER_SHAPE

Raw = bytes | bytearray | memoryview | str | msgspec.Raw

_ONLY_SESSIONS: Final = frozenset(
    {"activeAt", LIST_OF_LOCATIONS, "browser", "operatingSystem", "idleTimeoutInMinutes"}
)
_ONLY_USERS: Final = frozenset({"username", "lifecycle", "mfaEnabled", "account"})
_ALSO_SESSIONS: Final = frozenset(SESSION_SHAPE) | {"_embedded"}
_ALSO_USERS: Final = frozenset(USER_SHAPE) | {"_embedded", "environment"}
# Others that saved answers hold, by fields that they have all of.
_OTHERS: Final = (
    ({"recordedAt"}, "an audit activity"),
    ({"agreement"}, "a consent to an agreement"),
    ({"role", "scope"}, "an assignment of a role"),
    ({"identityProvider", "externalId"}, "a linked account"),
    ({"type", "status", "user"}, "an MFA device"),
    ({"population", "name"}, "a group"),
    ({"userCount"}, "a population"),
)


class NotAPage(ValueError):
    """A response, or a part of one, that holds no records.

    The predicate says what is wrong, to be read after the response's name: ``is not JSON: …``. The
    code is that of PingOne's error body, if it is one.
    """

    def __init__(self, predicate: str, code: str | None = None) -> None:
        # A name or a message of the sender's may hold half a surrogate pair.
        super().__init__(unicode(predicate))
        self.code = code and unicode(code)


class Records(NamedTuple):
    """What was found in a page: each element of either list should be an object.

    None where the page is not one of sessions, or of users; an empty page has an empty list.
    """

    sessions: list[Any] | None
    users: list[Any] | None


def _integer(digits: str) -> int | str:
    # Python refuses to read integers of more than 4300 digits; such a one stays text.
    return int(digits) if len(digits) < 4000 else digits


def _not_json(constant: str) -> float:
    msg = f"{constant} is not a JSON value"
    raise ValueError(msg)


_LENIENT = json.JSONDecoder(parse_int=_integer, parse_constant=_not_json)
_DECODER = msgspec.json.Decoder()


def text_of(raw: Raw) -> str:
    """Decode raw bytes, with or without a byte order mark; `NotAPage` where they are not text."""
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    data = bytes(raw)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        msg = f"is not text in {error.encoding.upper()}: {error.reason} at byte {error.start}"
        raise NotAPage(msg) from None


def values_in(raw: Raw, line: int = 1) -> Iterator[tuple[int, Any]]:
    """Decode the JSON values of a text, each with the line at which it begins.

    Usually it is one, but files are also made by appending. `line` is the number of the text's
    first line in the file that it is from. Where the text, or what follows the last value yielded,
    is not JSON, `NotAPage` is raised.
    """
    try:
        value = _DECODER.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        # Several values, half a surrogate pair, a number past a double's range, or not JSON.
        yield from _one_after_another(text_of(raw), line)
    else:
        yield line, value


def _one_after_another(text: str, line: int) -> Iterator[tuple[int, Any]]:
    position = _after_space(text, 0)
    if position == len(text):
        msg = "is empty; it should be a page as PingOne sent it, in JSON"
        raise NotAPage(msg)
    while position < len(text):
        start = line + text.count("\n", 0, position)
        try:
            value, position = _LENIENT.raw_decode(text, position)
        except json.JSONDecodeError as error:
            at = f"line {line + error.lineno - 1}, column {error.colno}"
            why = error.msg[0].lower() + error.msg[1:].removesuffix(" at")
            msg = f"is not JSON: {why} at {at}"
            raise NotAPage(msg) from None
        except RecursionError:
            msg = f"is nested too deeply to be a page (from line {start} on)"
            raise NotAPage(msg) from None
        except ValueError as error:
            msg = f"is not JSON: {error} (in what begins at line {start})"
            raise NotAPage(msg) from None
        yield start, value
        position = _after_space(text, position)


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def lines_in(raw: Raw, tried: int = 1) -> Iterator[tuple[int, memoryview]] | None:
    """Cut newline-delimited JSON into its lines, copying nothing; None where it is not that.

    It is that if the first line is JSON by itself, or another one if that is to be `tried`.
    """
    if isinstance(raw, bytes) and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        data = raw.removeprefix(b"\xef\xbb\xbf")
    else:
        data = text_of(raw).encode("utf-8", "surrogatepass")
    if data.find(b"\n", 0, len(data.rstrip())) < 0:
        return None
    tested = [piece for _, piece in islice(_lines(data), tried)][-1]
    try:
        list(values_in(tested))
    except NotAPage:
        return None
    return _lines(data)


def _lines(data: bytes) -> Iterator[tuple[int, memoryview]]:
    view = memoryview(data)
    start, number = 0, 1
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if data[start:end].strip():
            yield number, view[start:end]
        start, number = end + 1, number + 1


def records_in(value: object) -> Records:
    """Find the records of a decoded page, or take a bare record for what it is.

    A page that says that it counts nothing may leave its list out, as the client has it, too. Where
    there is no place for records (an error body, no ``_embedded``, another resource), `NotAPage` is
    raised.
    """
    if not isinstance(value, dict):
        msg = f"is {_named(value)}; it should be a page, an object with _embedded"
        raise NotAPage(msg)
    embedded = value.get("_embedded")
    if isinstance(embedded, dict) and ("sessions" in embedded or "users" in embedded):
        empty = counts_nothing(value.get("size"), value.get("count"))
        return Records(_list_of(embedded, "sessions", empty), _list_of(embedded, "users", empty))
    resource = _resource_of(value)
    if resource is not None:
        return Records([value], None) if resource == "session" else Records(None, [value])
    if "code" in value and "message" in value:
        raise _error_body(value)
    if embedded:
        kinds = ", ".join(map(str, embedded)) if isinstance(embedded, dict) else _named(embedded)
        msg = f"is a page of {kinds}, not of sessions or users"
        raise NotAPage(msg)
    if counts_nothing(value.get("size"), value.get("count")):
        return Records(None, None)
    raise _no_page(value)


def _resource_of(record: Mapping[str, Any]) -> str | None:
    """Tell whether a record is a ``session`` or a ``user``; None where it is neither."""
    names = record.keys()
    if "id" not in names:
        return None
    if not _ONLY_SESSIONS.isdisjoint(names):
        return "session"
    if "user" in names:
        return "session" if names <= _ALSO_SESSIONS else None
    if not _ONLY_USERS.isdisjoint(names):
        return "user"
    known = names <= _ALSO_USERS and not isinstance(record.get("name"), str)
    return "user" if known and not names.isdisjoint({"email", "population"}) else None


def _other_resource(record: Mapping[str, Any]) -> str | None:
    """Name a resource that is neither a session nor a user; None where nothing tells."""
    if "id" not in record:
        return None
    for names, name in _OTHERS:
        if names <= record.keys():
            return name
    return None


def _no_page(value: dict[str, Any]) -> NotAPage:
    other = _other_resource(value)
    if other is not None:
        return NotAPage(f"is {other}, not a session or a user")
    if "_embedded" not in value:
        return NotAPage(
            "has no _embedded; it should be a page of sessions or of users as PingOne sends it"
        )
    if value["_embedded"] == {}:
        return NotAPage("has an empty _embedded, but does not say that its size is 0")
    return NotAPage(f"has {_named(value['_embedded'])} as its _embedded, where an object belongs")


def counts_nothing(size: object, count: object) -> bool:
    """Tell whether a page says that it is empty: a size of 0, or a count where it has no size."""
    return str(count if size is None else size).strip() in ("0", "0.0")


def _list_of(embedded: dict[str, Any], key: str, empty: bool) -> list[Any] | None:
    if key not in embedded:
        return None
    value = embedded[key]
    if value is None and empty:
        return []
    if not isinstance(value, list):
        msg = f"has {_named(value)} as its _embedded.{key}, where a list belongs"
        raise NotAPage(msg)
    return value


def _error_body(body: dict[str, Any]) -> NotAPage:
    parts = [f"{body['code']}: {body['message']}"]
    details = body.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and detail.get("message"):
            parts.append(str(detail["message"]))
    msg = f"is an error of PingOne's and not a page: {' '.join(parts)}"
    return NotAPage(msg, str(body["code"]))


def _named(value: object) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "text"}
    names |= {list: "a list", dict: "an object"}
    return "null" if value is None else names.get(type(value), f"a {type(value).__name__}")
