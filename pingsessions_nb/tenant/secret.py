"""Secrets: held so that nothing shows them, and hidden in what others say.

A server, a proxy or a firewall may repeat what it was sent, and its words become part of our
sentences: short, plain, and through `Hiding` first.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from typing import NoReturn
from urllib.parse import quote, quote_plus, urlsplit

_LEAST_CHARACTERS = 6  # less would be found in ordinary words
_MOST_TOKENS = 8  # that are remembered: a server repeats what it was just sent
_SHOWN = "***"

WORD = r"([A-Za-z][A-Za-z ._-]{0,23})?"
ID = WORD + r"|[0-9A-Fa-f{}-]{1,40}"
PEM_PATH = r"([\w./\\:~ -]{0,200}\.(pem|crt|cer|ca-bundle))?"
_HOST = re.compile(r"localhost|(?=.*[.:])[a-z0-9.:\[\]-]{1,100}", re.I)
_DOMAIN = re.compile(r"([a-z0-9-]{1,60}\.){1,6}[a-z]{2,12}", re.I)
_LONGEST = 500  # characters of a server's text that a sentence repeats
_READ = 20_000  # characters that are looked through for secrets; what is cut off is not shown


class Secret:
    """A text that is shown to nobody: neither its repr, its pickle nor a copy of it holds it.

    A debugger, a log or a traceback that prints local variables prints ``Secret(***)``.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str | Secret) -> None:
        self._text = text.reveal() if isinstance(text, Secret) else text

    def reveal(self) -> str:
        """Return the text; call it only where the text is sent."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        msg = "A secret is not pickled or copied. Give the credentials again where you need them."
        raise TypeError(msg)


class Hiding:
    """Hides secrets in texts of others: the application's, sent along with its id, and tokens."""

    def __init__(self, client_id: str, secrets: Iterable[Secret]) -> None:
        self._client_id = client_id
        self._lasting = [secret for secret in secrets if _long_enough(secret)]
        self._tokens: list[Secret] = []

    def add_token(self, token: Secret) -> None:
        """Hide an access token from now on."""
        if _long_enough(token):
            self._tokens = [*self._tokens[1 - _MOST_TOKENS :], token]

    def __call__(self, text: str) -> str:
        """Return a text with every secret in it replaced by ``***``, however it was encoded."""
        for secret in (*self._lasting, *self._tokens):
            for written in _spellings(secret, self._client_id):
                text = text.replace(written, _SHOWN)
        return text


def _long_enough(secret: Secret) -> bool:
    return len(secret.reveal()) >= _LEAST_CHARACTERS


def _spellings(secret: Secret, client_id: str) -> list[str]:
    """Return a secret as it is, in an address, and in the header of Basic authentication."""
    text = secret.reveal()
    escaped = {quote(text, safe=""), quote_plus(text)}
    pairs = {f"{quote_plus(client_id)}:{one}" for one in escaped | {text}}
    basic = {base64.b64encode(pair.encode()).decode() for pair in pairs}
    return sorted({text} | escaped | basic, key=len, reverse=True)


def password_of(address: Secret) -> Secret:
    """Return the password in an address, or nothing."""
    try:
        return Secret(urlsplit(address.reveal()).password or "")
    except ValueError:
        return Secret("")


def shown(value: object, hide: Callable[[str], str], longest: int = _LONGEST) -> str | None:
    """Return a server's text as text: what would steer a terminal is shown as a mark.

    Anything but a text that is not empty is None. Secrets are hidden before the text is cut, so
    that no half of one is left.
    """
    if not isinstance(value, str) or not value:
        return None
    hidden = hide(value[:_READ])[:longest]
    plain = (c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in hidden)
    return "".join(plain)


def repeated(given: object, fitting: str, secrets: Iterable[Secret] = ()) -> str:
    """Return what was given for a setting, quoted; or its length, where it may be a secret.

    Credentials are pasted, and sometimes in the wrong place. So only what is `fitting`, a regular
    expression that no secret of PingOne's is like, is repeated, and never one of `secrets`.
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
