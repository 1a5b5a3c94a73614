"""The key facts of a history: who, when, where, on what."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pingsessions_nb.history import History
from pingsessions_nb.history.session_facts import place_words
from pingsessions_nb.reporting.verdict import present
from pingsessions_nb.wording import counted, shortened


def person(history: History) -> dict[str, Any]:
    """Name whom a history is about.

    Returns
    -------
    dict
        ``title``; ``tags``: short texts, the username, e-mail and so on; ``warnings``: texts that
        mean that something is off, such as an account that is disabled.
    """
    ids = history.user_ids
    if len(ids) != 1:
        return {"title": counted(len(ids), "user"), "tags": [], "warnings": []}
    rows = history.users[history.users["user_id"] == ids[0]].to_dict("records")
    row: dict[Any, Any] = {name: present(value) for name, value in rows[0].items()} if rows else {}
    names = [row.get("given_name"), row.get("family_name")]
    full = " ".join(name for name in names if name)
    tags = [row.get("username") or f"User {ids[0]}", row.get("email"), row.get("population_name")]
    title = shortened(full) if full else history.label(ids[0])
    warnings = []
    if row.get("enabled") is False:
        warnings.append("Account disabled")
    if row.get("mfa_enabled") is False:
        warnings.append("No MFA")
    return {
        "title": title,
        "tags": [tag for tag in dict.fromkeys(tags) if tag and tag != title],
        "warnings": warnings,
    }


def key_facts(history: History) -> list[dict[str, Any]]:
    """When, where, on what and from where: what is commonest, and how much there is.

    Returns
    -------
    list of dict
        ``label``; ``value``, a text, or ``from`` and ``to``, instants; ``detail``, a text.
    """
    sessions, locations = history.sessions, history.locations
    places = place_words(locations).dropna()
    countries = locations["country"].dropna().str.casefold().nunique()
    where = counted(places.nunique(), "place")
    if countries:
        where += f" in {counted(countries, 'country', 'countries')}"
    devices = sessions["browser_name"].str.cat(sessions["os_name"], " on ").dropna()
    kinds = sessions[["browser_name", "os_name", "device_type"]].drop_duplicates()
    addresses = pd.concat([locations["remote_ip"], sessions["last_sign_on_ip"]]).dropna()
    return [
        _when(history),
        _commonest("Where", places, where),
        _commonest("On what", devices, counted(len(kinds), "kind of device", "kinds of device")),
        _commonest("From", addresses, counted(addresses.nunique(), "address", "addresses")),
    ]


def _when(history: History) -> dict[str, Any]:
    since, until = history.since, history.until
    number = counted(len(history.sessions), "session")
    if since is None or until is None:
        return {"label": "When", "value": "Unknown", "detail": number}
    days = counted((until - since).days + 1, "day")
    return {"label": "When", "from": since, "to": until, "detail": f"{number} over {days}"}


def _commonest(label: str, values: pd.Series, detail: str) -> dict[str, Any]:
    if values.empty:
        return {"label": label, "value": "Unknown", "detail": ""}
    counts = values.value_counts()
    mostly = ", mostly" if len(counts) > 1 else ""
    return {"label": f"{label}{mostly}", "value": str(counts.index[0]), "detail": detail}
