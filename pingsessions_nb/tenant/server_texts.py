"""Texts of others as they stand in our sentences: short, plain, and without a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from pingsessions_nb.tenant.secret import Secret

WORD = r"([A-Za-z][A-Za-z ._-]{0,23})?"
ID = WORD + r"|[0-9A-Fa-f{}-]{1,40}"
PEM_PATH = r"([\w./\\:~ -]{0,200}\.(pem|crt|cer|ca-bundle))?"
_HOST = re.compile(r"localhost|(?=.*[.:])[a-z0-9.:\[\]-]{1,100}", re.I)
_DOMAIN = re.compile(r"([a-z0-9-]{1,60}\.){1,6}[a-z]{2,12}", re.I)
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


def repeated(given: object, fitting: str, secrets: Iterable[Secret] = ()) -> str:
    """Return what was given for a setting, quoted; or its length, where it may be a secret.

    Credentials are pasted, and sometimes in the wrong place.

    Parameters
    ----------
    given : object
        The setting's value.
    fitting : str
        Regular expression of what may be repeated; no secret of PingOne's looks like that.
    secrets : iterable of Secret
        Never repeated, whatever they look like.
    """
    text = str(given).strip()
    if re.fullmatch(fitting, text) and not _holds(text, secrets):
        return repr(text)
    return f"a text of {len(text)} characters"


def repeated_address(given: object, secrets: Iterable[Secret] = ()) -> str:
    """Return the host in an address that was given, quoted as in `repeated`, and no more of it."""
    text = str(given).strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return f"a text of {len(text)} characters"
    found = ""
    if _HOST.fullmatch(host) and parts.scheme in ("http", "https", "ftp"):
        found = f"{parts.scheme}://{host}"
    elif domain := _DOMAIN.match(text):
        found = domain[0]
    if not found or _holds(found, secrets):
        return f"a text of {len(text)} characters"
    return repr(found if len(found) == len(text) else f"{found}…")


def _holds(text: str, secrets: Iterable[Secret]) -> bool:
    return any(str(one.reveal()).casefold() in text.casefold() for one in secrets if one.reveal())
