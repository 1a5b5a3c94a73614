"""Words that are said in more than one place."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Say a number of things: ``1 user``, ``2,000 users``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
