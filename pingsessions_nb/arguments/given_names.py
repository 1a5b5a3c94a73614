"""The one reader of ids and names that users give."""

from __future__ import annotations

from collections.abc import Iterable

from pingsessions_nb.errors import ConfigurationError


def given_names(name: str, texts: str | Iterable[str]) -> list[str]:
    """Return one text, or several, as a list of different ones.

    Raises
    ------
    ConfigurationError
        Where they are none; `name` says of what.
    """
    if isinstance(texts, str):
        return [texts]
    if not isinstance(texts, Iterable):
        msg = f"{name} is a text or a list of them, not a value of type {type(texts).__name__}."
        raise ConfigurationError(msg)
    return list(dict.fromkeys(texts))


def given_text(name: str, text: str) -> str:
    """Return one text.

    Raises
    ------
    ConfigurationError
        Where it is none; `name` says of what.
    """
    if not isinstance(text, str):
        msg = f"{name} is a text, not a value of type {type(text).__name__}."
        raise ConfigurationError(msg)
    return text
