"""UserPicker: type part of a name, choose users; a tenant's search runs on PingOne's server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import pandas as pd
import traitlets
from traitlets import Bunch

from pingsessions_nb.history import Source, source_of
from pingsessions_nb.history.finding_users import ids_of_names
from pingsessions_nb.tenant.scim_filters import is_id
from pingsessions_nb.widgets.arrivals import Newest, in_background
from pingsessions_nb.widgets.assets import STATIC
from pingsessions_nb.widgets.ids_trait import UserIds

SHOWN = 50


class UserPicker(anywidget.AnyWidget):
    """Searches users while you type, and keeps the ones that you choose.

    A tenant is never read whole: each pause in typing asks the server for the first 50 matches.
    Arrows move, Enter chooses, Escape closes, Backspace takes the last one back.

    Parameters
    ----------
    tenant : Tenant, Archive or History
        Users are found there.
    multiple : bool
        Whether several users can be chosen.

    Attributes
    ----------
    value : tuple of str
        The ids of the chosen users; both sides set it. Usernames, e-mail addresses and a frame of
        users may be set, too: they are looked up.
    source : Tenant, Archive or History
    population : str or None
        Id of the population searched; None searches all.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> picker = ps.UserPicker(ps.demo(users=20, seed=7))
    >>> picker.value = ("710d6278-ccce-4a91-bdb9-ac7a4a0e60d5",)
    >>> picker
    UserPicker(1 chosen)
    """

    _esm = STATIC / "picker.js"
    _css = STATIC / "picker.css"

    value = UserIds().tag(sync=True)
    multiple = traitlets.Bool(True).tag(sync=True)
    population = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    _populations: traitlets.List[list[str]] = traitlets.List().tag(sync=True)
    _cards: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)

    def __init__(self, tenant: Source, multiple: bool = True, **traits: Any) -> None:
        self.source = source_of(tenant)
        self._found: pd.DataFrame | None = None
        self._search = Newest()
        self._naming = Newest()
        self._listing = Newest()
        super().__init__(multiple=multiple, **traits)
        self.on_msg(self._on_message)
        self._listing.ask(
            in_background(self.source.populations), self._list_populations, lambda _: None
        )

    @traitlets.validate("value")
    def _check_value(self, proposal: Bunch) -> tuple[str, ...]:
        chosen = self.ids_of(proposal["value"])
        return chosen if self.multiple else chosen[-1:]

    def ids_of(self, users: Sequence[Any]) -> tuple[str, ...]:
        """Return ids of users who are given by id, username or e-mail address.

        Raises
        ------
        TraitError
            If one of them is not a text, or no user has the name.
        """
        if not all(isinstance(one, str) for one in users):
            msg = f"value is ids, usernames or e-mail addresses of users, not {users!r}."
            raise traitlets.TraitError(msg)
        known = set() if self._found is None else set(self._found["user_id"])
        names = [one for one in users if one not in known and not is_id(one)]
        if not names:
            return tuple(dict.fromkeys(users))
        found = self.source.find_users(names)
        meant = ids_of_names(found, names)
        nobody = [name for name, ids in meant.items() if not ids]
        if nobody:
            msg = f"No user here has the id, username or e-mail address {nobody[0]!r}."
            raise traitlets.TraitError(msg)
        self.learn(found)
        return tuple(dict.fromkeys(i for one in users for i in meant.get(one, [one])))

    def learn(self, users: pd.DataFrame) -> None:
        """Take up users' names from elsewhere, such as from a history that was read."""
        both = users if self._found is None else pd.concat([self._found, users], ignore_index=True)
        self._found = both.drop_duplicates("user_id", keep="last")
        self._name_chosen()

    def rows(self, user_ids: Sequence[str]) -> pd.DataFrame | None:
        """Return what was found of some users, as `users_frame` has it; None if one is missing."""
        if self._found is None or not set(user_ids) <= set(self._found["user_id"]):
            return None
        return self._found.set_index("user_id").loc[list(user_ids)].reset_index()

    def _name_chosen(self) -> None:
        if self._found is None:
            return
        chosen = self._found[self._found["user_id"].isin(self.value)]
        self._cards = user_cards(chosen)

    @traitlets.observe("value")
    def _look_up_chosen(self, _: object) -> None:
        """Send the chips their names; users chosen by id in Python are looked up first."""
        self._name_chosen()
        known = set() if self._found is None else set(self._found["user_id"])
        unknown = [user_id for user_id in self.value if user_id not in known]
        if unknown:
            self._naming.ask(
                in_background(self.source.find_users, unknown),
                self.learn,
                _leave_id,
            )

    def _on_message(self, _: object, message: dict[str, Any], __: object) -> None:
        if message.get("type") != "search":
            return
        question = message["question"]

        def found(users: pd.DataFrame) -> None:
            self.learn(users)
            cards = user_cards(users)
            more = len(cards) > SHOWN
            self.send({"type": "found", "question": question, "users": cards[:SHOWN], "more": more})

        def failed(words: str) -> None:
            self.send({"type": "failed", "question": question, "sentence": words})

        future = self.source.search_users(message["text"], message["population"], SHOWN + 1)
        self._search.ask(future, found, failed)

    def _list_populations(self, populations: pd.DataFrame) -> None:
        ids, names = populations["population_id"], populations["name"]
        named = zip(ids, names.fillna(ids), strict=True)
        self._populations = sorted(([*pair] for pair in named), key=lambda pair: pair[1].casefold())

    def __repr__(self) -> str:
        return f"UserPicker({len(self.value)} chosen)"


def _leave_id(_: str) -> None:
    """Let the chip show the id; reading its sessions will say what is wrong."""


def user_cards(users: pd.DataFrame) -> list[dict[str, Any]]:
    """Gather what a row of the picker shows of each user.

    Returns
    -------
    list of dict
        ``id``; ``name`` (given and family name, or else username, or else id); ``username``;
        ``population``; ``last_sign_on_at`` (ms since 1970, UTC); ``enabled``. Missing is None.
    """
    return [
        _card(row) for row in users.astype(object).where(users.notna(), None).to_dict("records")
    ]


def _card(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = [name for name in (row["given_name"], row["family_name"]) if name]
    seen = row["last_sign_on_at"]
    return {
        "id": row["user_id"],
        "name": " ".join(names) or row["username"] or row["user_id"],
        "username": row["username"],
        "population": row["population_name"],
        "last_sign_on_at": seen and seen.timestamp() * 1000,
        "enabled": row["enabled"],
    }
