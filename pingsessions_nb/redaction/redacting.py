"""`redact`: a history to show to others, in which nobody is named."""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Callable, Iterator, Mapping

import pandas as pd
import pyarrow as pa

from pingsessions_nb.addresses import LINK, canonical, links
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.frames.assembly import PROBLEM_COLUMNS
from pingsessions_nb.frames.columns import LOCATION_COLUMNS, SESSION_COLUMNS, USER_COLUMNS
from pingsessions_nb.history import History, HistoryLike, history_of
from pingsessions_nb.history.failures import FAILURE_COLUMNS
from pingsessions_nb.history.redaction_note import Cities, Redaction
from pingsessions_nb.known_networks import KnownNetworks
from pingsessions_nb.redaction.pseudonyms import (
    UNREADABLE,
    Pseudonyms,
    coarser_places,
    mapped,
    networks_of,
)
from pingsessions_nb.wording import counted

# Frames keep the known columns; whatever else PingOne sent could hold anything, and is left out.
_KEPT = {
    name: (*columns, "first_seen_at", "last_seen_at", "gone_at")  # the last three are an archive's
    for name, columns in (
        ("users", USER_COLUMNS),
        ("sessions", SESSION_COLUMNS),
        ("locations", LOCATION_COLUMNS),
        ("failures", FAILURE_COLUMNS),
        ("problems", PROBLEM_COLUMNS),
    )
}
_IDS = {
    "user_id": "user",
    "session_id": "session",
    "environment_id": "environment",
    "population_id": "population",
}
_SPOKEN_OF = {
    "users": ("user_id", "username", "email", "last_sign_on_ip"),
    "sessions": (
        *("session_id", "user_id", "environment_id", "last_sign_on_ip", "device_type"),
        *("browser_name", "browser_version", "os_name", "os_version"),
    ),
    "locations": ("session_id", "user_id", "remote_ip", "place", "city", "state", "country"),
}
_ADDRESSES = ("remote_ip", "last_sign_on_ip")
_WORD = re.compile(r"[\w@.:+-]+")
_SHORTEST_KEY = 16
_FEWEST_CHARACTERS = 6
_CODE = re.compile(r"[A-Z][A-Z_]{0,39}")
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,59}")


def redact(
    history: HistoryLike, key: str | bytes | None = None, *, cities: Cities = "keep"
) -> History:
    """Replace what identifies people, devices or machines, in every frame of a history.

    Parameters
    ----------
    history : History or Archive
        It is not changed.
    key : str or bytes, optional
        Two histories redacted with one key have the same pseudonyms, with two keys others. Keep
        it secret: whoever has it can test guesses. At least 16 characters, random, as
        ``secrets.token_hex(32)`` makes them. Without one, a random key is used and forgotten.
    cities : {"keep", "state", "country"}
        How precisely places are told; coordinates are those of what is told.

    Returns
    -------
    History
        Rows as in ``history``. Ids are UUIDs of version 8; a username is ``user-`` and the
        beginning of the user's new id; addresses are networks (``203.0.113.0/24``); browsers and
        systems that no parser of user agents knows are pseudonyms, too. Columns that are not of
        the documented ones are dropped. ``redaction`` says what was done.

    Raises
    ------
    ConfigurationError
        If ``key`` is short enough to be guessed, ``cities`` is none of the three, or ``history``
        is not a history.

    Notes
    -----
    Signals that compare whole addresses (``ip_velocity``, ``user_velocity``, ``known_networks``)
    find nothing in networks. Find signals first, and `redact_words` takes the originals out of
    them; `ps.report` does so.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.redact(ps.demo(users=20, seed=7).history(), key="7c1f4e0b9a52d386e1b7")
    >>> bool(history.users["username"].str.match("user-[0-9a-f]{10}$").all())
    True
    """
    if cities not in ("keep", "state", "country"):
        msg = f"cities is 'keep', 'state' or 'country', not {cities!r}."
        raise ConfigurationError(msg)
    history = history_of(history)
    names = Pseudonyms(_key(key))
    frames = {
        "users": _users(history.users, names),
        "sessions": _sessions(history.sessions, names),
        "locations": _locations(history.locations, names, cities),
        "failures": _failures(history.failures, names),
        "problems": _problems(history.problems, names),
    }
    redacted = History(**frames)
    unknown = [
        f"{table}.{column}"
        for table in ("users", "sessions", "locations")
        for column in getattr(history, table).columns
        if column not in frames[table].columns
    ]
    redacted.read_at = history.read_at
    redacted.redaction = Redaction(key is not None, cities, len(unknown))
    return redacted


def _key(key: str | bytes | None) -> bytes:
    if key is None:
        return secrets.token_bytes(32)
    raw = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key
    if not isinstance(raw, bytes) or not raw:
        msg = "key is a text or bytes, and not empty; leave it out for a random one."
        raise ConfigurationError(msg)
    if len(raw) < _SHORTEST_KEY or len(set(raw)) < _FEWEST_CHARACTERS:
        why = f"has {counted(len(raw), 'character')}"
        if len(raw) >= _SHORTEST_KEY:
            why += f" of which {counted(len(set(raw)), 'is', 'are')} different"
        msg = (
            f"key {why}, so that the people behind the pseudonyms can be found by guessing it. "
            'Take a random one, and keep it secret: python -c "import secrets; '
            'print(secrets.token_hex(32))" makes one.'
        )
        raise ConfigurationError(msg)
    return raw


def _users(frame: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    who = frame["user_id"].fillna(frame["username"]).fillna(frame["email"])
    short = names.short("user", who)
    where = frame["population_id"].fillna(frame["population_name"])
    changed = {
        "username": _told("user-" + short, frame["username"]),
        "email": _told("user-" + short + "@redacted.invalid", frame["email"]),
        "given_name": _told(pd.Series("User", frame.index, dtype="str"), frame["given_name"]),
        "family_name": _told(short, frame["family_name"]),
        "population_name": _told(
            "population-" + names.short("population", where), frame["population_name"]
        ),
        "lifecycle_status": mapped(
            frame["lifecycle_status"], lambda text: text if _CODE.fullmatch(text) else UNREADABLE
        ),
    }
    return _kept(frame, "users", names).assign(**changed)


def _sessions(frame: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    changed = {"device_type": names.devices(frame["device_type"])}
    if "user_agent" in frame:
        changed["user_agent"] = names.agents(frame["user_agent"])
    if "authenticators" in frame:
        changed["authenticators"] = names.authenticators(frame["authenticators"])
    for what in ("browser", "os"):
        changed[f"{what}_name"] = names.products(frame[f"{what}_name"])
        changed[f"{what}_version"] = names.products(frame[f"{what}_version"], versions=True)
    return _kept(frame, "sessions", names).assign(**changed)


def _locations(frame: pd.DataFrame, names: Pseudonyms, cities: Cities) -> pd.DataFrame:
    kept = _kept(frame, "locations", names)
    if "region" in kept:
        # No gazetteer tells whether it names a place.
        kept["region"] = pd.Series(None, kept.index, dtype="str")
    return coarser_places(kept, cities)


def _failures(frame: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    code = frame["code"].where(frame["code"].str.fullmatch(_CODE.pattern))
    because = [
        ", ".join([f"HTTP {status}"] * pd.notna(status) + [each] * pd.notna(each))
        for status, each in zip(frame["status"], code, strict=True)
    ]
    words = [f"Could not be read{f' ({why})' if why else ''}." for why in because]
    return _kept(frame, "failures", names).assign(
        error=_told(pd.Series(words, frame.index, dtype="str"), frame["error"]),
        code=code,
    )


def _problems(frame: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    known = frame["field"].str.fullmatch(_FIELD.pattern)
    return _kept(frame, "problems", names).assign(
        field=frame["field"].where(known, UNREADABLE),
        value=_told(pd.Series(UNREADABLE, frame.index, dtype="str"), frame["value"]),
    )


def _kept(frame: pd.DataFrame, table: str, names: Pseudonyms) -> pd.DataFrame:
    """Return the columns that stay, with other ids and with networks for addresses."""
    kept = frame[[name for name in _KEPT[table] if name in frame.columns]]
    ids = {name: names.ids(kind, kept[name]) for name, kind in _IDS.items() if name in kept}
    near = {name: networks_of(kept[name]) for name in _ADDRESSES if name in kept}
    return kept.assign(**ids, **near)


def _told(replacement: pd.Series, original: pd.Series) -> pd.Series:
    """Use a replacement where there was something to replace."""
    return replacement.where(original.notna()).astype("str")


def redact_words(frame: pd.DataFrame, original: History, redacted: History) -> pd.DataFrame:
    """Take the originals out of what was found in a history, such as its signals.

    Parameters
    ----------
    frame : DataFrame
        What `ps.signals` or `ps.risk` made of ``original``.
    original, redacted : History
        Before and after `redact`.

    Returns
    -------
    DataFrame
        The same findings, with ids, addresses, devices and places as ``redacted`` tells them, in
        all texts: whole cells, within sentences, and in dicts and lists.
    """
    replace = _replacer(dict(_replacements(original, redacted)))
    # Findings repeat little but their ids, so that each cell is looked at by itself.
    return frame.assign(
        **{
            name: frame[name].map(lambda cell: _in_depth(cell, replace)).astype(frame[name].dtype)
            for name in frame.columns
            if frame[name].dtype == object or isinstance(frame[name].dtype, pd.StringDtype)
        }
    )


def _replacements(original: History, redacted: History) -> Iterator[tuple[str, str]]:
    """Pair each original text that findings may speak of with what has taken its place."""
    for table, names in _SPOKEN_OF.items():
        before, after = getattr(original, table), getattr(redacted, table)
        for name in names:
            pairs = pd.DataFrame({"old": before[name].array, "new": after[name].array})
            pairs = pairs.dropna(subset=["old"]).drop_duplicates("old")
            pairs["new"] = pairs["new"].fillna("somewhere" if name == "place" else UNREADABLE)
            # Places that stay are listed too: no part of their labels is to be replaced.
            told = pairs if name == "place" else pairs[pairs["old"] != pairs["new"]]
            yield from zip(told["old"], told["new"], strict=True)
            if name in _ADDRESSES:
                yield from _other_spellings(told)
    yield from _offices(original, redacted)


def _other_spellings(told: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Pair addresses as findings write them, in canonical form and cut to a /64, with the new."""
    plain = canonical(pa.array(told["old"], pa.large_string()))
    for texts in (plain, links(plain)):
        for old, new in zip(texts.to_pylist(), told["new"], strict=True):
            word = old.removesuffix(LINK)
            yield word, new if word == old else new.partition("/")[0]


def _offices(original: History, redacted: History) -> Iterator[tuple[str, str]]:
    """Pair the places of the company's offices with nowhere, where cities are not to be told."""
    told = redacted.redaction is not None and redacted.redaction.cities == "keep"
    known = set(original.locations["place"].dropna())
    for each in KnownNetworks(original.known_networks).all:
        if not told and each.place and each.place["place"] not in known:
            yield each.place["place"], "somewhere"


def _replacer(replacements: Mapping[str, str]) -> Callable[[str], str]:
    """Return what replaces whole words: 192.0.2.1 is not to be found in 192.0.2.10."""
    new = {old.casefold(): text for old, text in replacements.items()}
    # Words are looked up, however many there are; only what has spaces and the like is searched.
    phrases = sorted((old for old in new if not _WORD.fullmatch(old)), key=len, reverse=True)
    searched = "".join(rf"(?<!\w){re.escape(phrase)}(?!\w)|" for phrase in phrases)
    pattern = re.compile(searched + _WORD.pattern, re.IGNORECASE)

    def replaced(match: re.Match[str]) -> str:
        word = match.group()
        bare = word.rstrip(".:+-")
        if word.casefold() in new:
            return new[word.casefold()]
        return new.get(bare.casefold(), bare) + word[len(bare) :]

    @functools.cache
    def replace(text: str) -> str:
        whole = new.get(text.casefold())
        return pattern.sub(replaced, text) if whole is None else whole

    return replace


def _in_depth(cell: object, replace: Callable[[str], str]) -> object:
    if isinstance(cell, str):
        return replace(cell)
    if isinstance(cell, dict):
        return {_in_depth(k, replace): _in_depth(v, replace) for k, v in cell.items()}
    if isinstance(cell, (list, tuple)):
        return [_in_depth(each, replace) for each in cell]
    return cell
