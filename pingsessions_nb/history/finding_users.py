"""Users found in what was read already, by the words by which PingOne finds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

_SEARCHED = ("user_id", "username", "email", "given_name", "family_name")
_NAMES = ("username", "email")
_AROUND_NAMES = ',;<>()[]"'


def typed_words(text: str) -> list[str]:
    """Split a name as it is pasted: "Larkin, June", "June Larkin <june@example.com>"."""
    return [word.strip(_AROUND_NAMES) or word for word in text.split()]


def known_users(users: pd.DataFrame, user_ids: pd.Series[str]) -> pd.DataFrame:
    """Return all users, each once: those with a record, then those known by their id alone."""
    recorded = users.dropna(subset=["user_id"]).drop_duplicates("user_id")
    others = user_ids.dropna().drop_duplicates()
    others = others[~others.isin(recorded["user_id"])]
    bare = pd.DataFrame({"user_id": others}).reindex(columns=users.columns)
    joined = pd.concat([recorded, bare.astype(users.dtypes.to_dict())], ignore_index=True)
    return joined.astype(users.dtypes.to_dict())


def matching_users(
    users: pd.DataFrame, text: str, population: str | None, limit: int
) -> pd.DataFrame:
    """Keep users of whom every word of `text` begins a username, e-mail, name or id.

    No words keep all. The population is told by its id or name; at most `limit` users are kept.
    """
    found = pd.Series(data=True, index=users.index)
    for wanted in typed_words(text.casefold()):
        begins = pd.Series(data=False, index=users.index)
        for column in _SEARCHED:
            folded = users.loc[found, column].str.casefold()
            begins |= folded.str.startswith(wanted).reindex(users.index).fillna(False).astype(bool)
        found &= begins
    if population is not None:
        inside = users["population_id"] == population
        inside |= users["population_name"].str.casefold() == population.casefold()
        found &= inside.fillna(False).astype(bool)
    return users[found].head(limit).reset_index(drop=True)


def are_named(users: pd.DataFrame, names: Iterable[str]) -> pd.Series[bool]:
    """Tell of each row whether it is meant by a username or an e-mail address, in any case."""
    folded = {str(name).casefold() for name in names}
    meant = pd.Series(data=False, index=users.index)
    for column in _NAMES:
        meant |= users[column].str.casefold().isin(folded)
    return meant


def named_users(users: pd.DataFrame, names: str | Iterable[str]) -> pd.DataFrame:
    """Keep users who are meant by an id, or by a username or e-mail address in any case."""
    asked = [names] if isinstance(names, str) else list(names)
    meant = users["user_id"].isin(asked) | are_named(users, asked)
    return users[meant].reset_index(drop=True)


def unknown_names(users: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """Return those of some names that are no user's id, username or e-mail address."""
    folded = {text for name in _NAMES for text in users[name].str.casefold().dropna()}
    ids = set(users["user_id"].dropna())
    texts = [name for name in names if isinstance(name, str)]
    return [name for name in texts if name not in ids and name.casefold() not in folded]


def rows_of_users(users: Sequence[str] | pd.DataFrame) -> pd.DataFrame:
    """Make a frame of users' ids; one who is asked for so, and is not there, adds nothing."""
    if isinstance(users, pd.DataFrame):
        return users
    return pd.DataFrame({"user_id": list(users)}, dtype="str")


def ids_of_names(users: pd.DataFrame, names: Iterable[str]) -> dict[str, list[str]]:
    """Tell, of each name as given, the ids of the users it means; none where nobody has it."""
    return {name: named_users(users, name)["user_id"].tolist() for name in names}


def populations_of(users: pd.DataFrame) -> pd.DataFrame:
    """List the populations of users: ``population_id, name`` (str), ``user_count`` (int64)."""
    inside = users.dropna(subset=["population_id"])
    counts = inside.groupby("population_id", sort=False)
    listed = counts.agg(name=("population_name", "first"), user_count=("user_id", "size"))
    return listed.reset_index()
