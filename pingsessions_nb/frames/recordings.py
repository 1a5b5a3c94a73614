"""Answers that other tools have kept: HAR files of browsers, and Postman's collections."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

_MAY_BE_A_PAGE: Final = '"_embedded"'
_ASKS_FOR_PAGES: Final = re.compile(r"/environments/[^/]+/users(/[^/]+/sessions)?/?(\?|$)")


class Recording(NamedTuple):
    """What another tool has kept.

    Attributes
    ----------
    kind : str
        What it is called.
    answers : list of (int, str or bytes or None)
        The bodies that may be pages of sessions or users, each with its number among all; None
        where such a page was asked for, and its body was not kept.
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
