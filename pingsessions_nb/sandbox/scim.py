"""SCIM filters as PingOne accepts them on users: which operators work depends on the attribute.

``username eq "ada" or (name.given sw "ad" and enabled eq true)``, and of groups
``memberOfGroups[id eq "…"]``. Values are JSON strings, or ``true`` and ``false``; attributes and
operators are case-insensitive, and so are comparisons of text (RFC 7644, section 3.4.2.2, for
attributes that are not case-exact).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

_NAME = frozenset({"eq", "sw", "ew", "co"})
_PREFIXED = (
    "username, name.formatted, externalId, nickname, title, type, population.id, primaryPhone, "
    "mobilePhone, locale, timezone, accountId, address.countryCode, address.locality, "
    "address.postalCode, address.region, address.streetAddress"
)
OPERATORS: dict[str, frozenset[str]] = {
    **dict.fromkeys(_PREFIXED.split(", "), frozenset({"eq", "sw"})),
    **dict.fromkeys(("enabled", "startDate", "endDate"), frozenset({"eq"})),
    "email": frozenset({"eq", "sw", "ew"}),
    "name.given": _NAME,
    "name.family": _NAME,
}
_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "eq": str.__eq__,
    "sw": str.startswith,
    "ew": str.endswith,
    "co": str.__contains__,
}
GROUPS = "memberOfGroups"
_SPELLING = {name.casefold(): name for name in OPERATORS}
_TOKEN = re.compile(
    r'\s*(?:(?P<bracket>[()\[\]])|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[\w.]+))', re.S
)

Value = str | bool
Card = Mapping[str, Value | frozenset[str] | None]


class FilterError(ValueError):
    """The filter is not one that PingOne understands."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One ``attribute operator value``."""

    attribute: str
    operator: str
    value: Value

    def matches(self, card: Card) -> bool:
        """Tell whether a user's attributes satisfy the comparison."""
        found = card.get(self.attribute)
        if isinstance(found, bool) or isinstance(self.value, bool):
            return found is self.value
        if found is None:
            return False
        if isinstance(found, frozenset):
            return self.value.casefold() in found
        return compare(self.operator, found.casefold(), self.value.casefold())


@dataclass(frozen=True, slots=True)
class Junction:
    """Comparisons joined by ``and`` or by ``or``."""

    word: Literal["and", "or"]
    parts: tuple[Node, ...]

    def matches(self, card: Card) -> bool:
        """Tell whether a user's attributes satisfy all, or any, of the parts."""
        results = (part.matches(card) for part in self.parts)
        return all(results) if self.word == "and" else any(results)


Node = Comparison | Junction


def compare(operator: str, found: str, wanted: str) -> bool:
    """Apply a text operator to two strings of the same case."""
    return _COMPARED[operator](found, wanted)


def parse(text: str) -> Node:
    """Parse a filter.

    Raises
    ------
    FilterError
        Where the syntax is wrong, or PingOne cannot filter by that attribute and operator.
    """
    tokens = _tokens(text)[::-1]
    try:
        node = _junction(tokens, "or")
    except RecursionError:
        raise FilterError("the filter is nested too deeply") from None
    if tokens:
        raise FilterError(f"unexpected {tokens[-1]} after the end of the filter")
    return node


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise FilterError(f"unexpected character {text[at:].lstrip()[0]!r}")
        tokens.append(found.group().strip())
        at = found.end()
    return tokens


def _next(tokens: list[str], expected: str) -> str:
    if not tokens:
        raise FilterError(f"the filter ends where {expected} should stand")
    return tokens.pop()


def _junction(tokens: list[str], word: Literal["and", "or"]) -> Node:
    parts: list[Node] = []
    while not parts or (tokens and tokens[-1].casefold() == word):
        if parts:
            tokens.pop()
        parts.append(_junction(tokens, "and") if word == "or" else _primary(tokens))
    return parts[0] if len(parts) == 1 else Junction(word, tuple(parts))


def _primary(tokens: list[str]) -> Node:
    word = _next(tokens, "an attribute")
    if word == "(":
        node = _junction(tokens, "or")
        if _next(tokens, "a closing parenthesis") != ")":
            raise FilterError("a closing parenthesis is missing")
        return node
    if word.casefold() == GROUPS.casefold():
        return _in_group(tokens)
    attribute = _SPELLING.get(word.casefold())
    if attribute is None:
        raise FilterError(f"the attribute {word} is not filterable")
    operator = _next(tokens, "an operator").casefold()
    if operator not in OPERATORS[attribute]:
        allowed = ", ".join(sorted(OPERATORS[attribute]))
        raise FilterError(f"the operator {operator} does not apply to {attribute} (only {allowed})")
    return Comparison(attribute, operator, _value(attribute, _next(tokens, "a value")))


def _in_group(tokens: list[str]) -> Comparison:
    for expected in ("[", "id", "eq"):
        if _next(tokens, expected).casefold() != expected:
            raise FilterError(f'groups are compared as {GROUPS}[id eq "..."]')
    value = _value(GROUPS, _next(tokens, "a group's id"))
    if _next(tokens, "a closing bracket") != "]":
        raise FilterError("a closing bracket is missing")
    return Comparison(GROUPS, "eq", value)


def _value(attribute: str, token: str) -> Value:
    if attribute == "enabled":
        if token.casefold() not in {"true", "false"}:
            raise FilterError("enabled is compared with true or false")
        return token.casefold() == "true"
    if not token.startswith('"'):
        raise FilterError(f"the value of {attribute} must be a quoted string, not {token}")
    try:
        value = json.loads(token, strict=False)
    except json.JSONDecodeError as error:
        raise FilterError(f"the value of {attribute} is not a JSON string") from error
    return str(value)
