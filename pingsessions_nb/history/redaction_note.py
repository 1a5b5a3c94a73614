"""`Redaction`: what was done to a redacted history, for whoever reads what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pingsessions_nb.wording import counted

Cities = Literal["keep", "state", "country"]


@dataclass(frozen=True)
class Redaction:
    """What `redact` has done to a history.

    Attributes
    ----------
    key_given : bool
        Whether the caller gave the key; otherwise it was random and nobody has it.
    cities : {"keep", "state", "country"}
    dropped : int
        Further columns of PingOne's that were left out.
    """

    key_given: bool
    cities: Cities
    dropped: int = 0

    def sentences(self) -> list[str]:
        """Say what was done, for whoever reads what is left."""
        key = (
            "Who has the key can check whether a pseudonym stands for a certain original."
            if self.key_given
            else "The key was random and was not kept: nobody can make these pseudonyms again."
        )
        places = {
            "keep": "Cities, states and countries stay.",
            "state": "Cities are left out: places are known to the state.",
            "country": "Cities and states are left out: places are known to the country.",
        }[self.cities]
        dropped = counted(self.dropped, "further field")
        return [
            "Ids of users, sessions, populations and the environment, usernames, e-mail "
            "addresses, names and models of devices are pseudonyms made with a key "
            "(HMAC-SHA256): the same original has the same one throughout.",
            key,
            "Addresses are cut to their network (/24 of IPv4, /48 of IPv6); masked ones stay "
            f"masked. {places}",
            "Times stay, and browsers, operating systems and their versions that are known ones.",
            f"{dropped} of PingOne's and the words of errors are left out.",
        ]

    def __str__(self) -> str:
        return " ".join(self.sentences())
