"""Given and family names from many parts of the world, and the usernames made of them."""

from __future__ import annotations

import functools
import importlib.resources
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name."""

    given: str  # as the person writes it
    family: str
    username: str  # given.family in ASCII, with a number where somebody else has it already
    pool: int  # which of `POOLS` it is from

    @property
    def formatted(self) -> str:
        """Both names."""
        return f"{self.given} {self.family}"


class Pool(NamedTuple):
    """Names that go together, and the countries where they are most at home."""

    locale: str
    countries: tuple[str, ...]
    given: tuple[str, ...]
    family: tuple[str, ...]


def _read_pools() -> Iterator[Pool]:
    files = importlib.resources.files("pingsessions_nb.sandbox")
    lines = (files / "data" / "names.tsv").read_text(encoding="utf-8").splitlines()[2:]
    for locale, countries, given, family in (line.split("\t") for line in lines):
        at_home = tuple(countries.split(", "))
        yield Pool(locale, at_home, tuple(given.split()), tuple(family.split()))


POOLS = tuple(_read_pools())
_SIZE = 24
COMBINATIONS = len(POOLS) * _SIZE * _SIZE


@functools.cache
def combination(number: int) -> Name:
    """Return the name of one of ``COMBINATIONS`` combinations of given and family name."""
    rest, pool = divmod(number, len(POOLS))
    first, last = divmod(rest, _SIZE)
    given, given_slug = _forms(POOLS[pool].given[first])
    family, family_slug = _forms(POOLS[pool].family[last])
    return Name(given, family, f"{given_slug}.{family_slug}", pool)


@functools.cache
def combinations_by_slug() -> dict[str, int]:
    """Return the number of each combination by its username."""
    return {combination(number).username: number for number in range(COMBINATIONS)}


def _forms(entry: str) -> tuple[str, str]:
    native, _, ascii_form = entry.partition("/")
    plain = unicodedata.normalize("NFKD", native).encode("ascii", "ignore").decode().lower()
    return native, ascii_form or "".join(c for c in plain if c.isalpha() or c == "-")
