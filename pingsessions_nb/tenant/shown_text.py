"""Texts of others as they stand in our sentences: short, plain, and without a secret."""

from __future__ import annotations

from collections.abc import Callable

_LONGEST = 500  # characters of a server's text that a sentence repeats
_READ = 20_000  # characters that are looked through for secrets; what is cut off is not shown


def shown(value: object, hide: Callable[[str], str], longest: int = _LONGEST) -> str | None:
    """Return a server's text as text: what would steer a terminal is shown as a mark.

    Parameters
    ----------
    value : object
        Anything but a text that is not empty is None.
    hide : callable
        Hides secrets; before the text is cut, so that no half of one is left.
    longest : int
        Characters.
    """
    if not isinstance(value, str) or not value:
        return None
    hidden = hide(value[:_READ])[:longest]
    plain = (c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in hidden)
    return "".join(plain)
