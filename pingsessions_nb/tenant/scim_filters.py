"""What an analyst types, as PingOne's SCIM filters; no value can break out of its quotes.

Attributes and operators that PingOne can filter by: ``username`` eq sw, ``email`` eq sw ew,
``name.given`` and ``name.family`` eq sw ew co, ``population.id`` eq. They are joined by ``and``
and ``or``; values are JSON strings.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import msgspec

from pingsessions_nb.history.finding_users import typed_words

_SEARCHED = ("username", "email", "name.given", "name.family")
_MOST_WORDS = 6


def quoted(value: str) -> str:
    r"""Write a value as a JSON string: ``O"Hara`` becomes ``"O\"Hara"``."""
    # Half a surrogate pair cannot be sent as UTF-8; nobody's name holds one.
    return msgspec.json.encode(value.encode("utf-8", "replace").decode()).decode()


def search(text: str) -> str | None:
    """Find users of whom every word of `text` begins a username, e-mail, given or family name.

    >>> search("ada")
    '(username sw "ada" or email sw "ada" or name.given sw "ada" or name.family sw "ada")'
    """
    return (
        " and ".join(
            "(" + " or ".join(f"{name} sw {quoted(word)}" for name in _SEARCHED) + ")"
            for word in typed_words(text)[:_MOST_WORDS]
        )
        or None
    )


def named(names: Iterable[str]) -> str:
    """Find users by exact username or e-mail."""
    return " or ".join(f"username eq {quoted(n)} or email eq {quoted(n)}" for n in names)


def in_population(population_id: str) -> str:
    """Find the users of one population."""
    return f"population.id eq {quoted(population_id)}"


def every(*parts: str | None) -> str | None:
    """Join filters of which all must hold; None is no filter."""
    given = [part for part in parts if part]
    return given[0] if len(given) == 1 else " and ".join(f"({p})" for p in given) or None


def is_id(text: str) -> bool:
    """Tell whether a text is a PingOne id: a UUID as PingOne writes it."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
