"""Secrets: held so that nothing shows them, and hidden in what others say.

A server, a proxy or a firewall may repeat what it was sent, and its words become part of our
sentences. So every text of theirs goes through `Hiding` first.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import NoReturn
from urllib.parse import quote, quote_plus, urlsplit

_LEAST_CHARACTERS = 6  # less would be found in ordinary words
_MOST_TOKENS = 8  # that are remembered: a server repeats what it was just sent
_SHOWN = "***"


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
    """Hides secrets in texts of others.

    Parameters
    ----------
    client_id : str
        The worker application's, which is sent along with its secret.
    secrets : iterable of Secret
        Known from the beginning.
    """

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
