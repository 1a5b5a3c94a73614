"""One key for the many ways of writing a place: accents, case, punctuation, short forms.

The build of the gazetteer and every look-up share these functions, so that both sides agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Letters that Unicode does not decompose into a Latin letter and an accent.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ŋ": "n",
        "ə": "a",
        "&": " and ",
        # Apostrophes and letters that stand for one.
        **dict.fromkeys("'`\u2018\u2019\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8"),
    }
)
_SHORT = {
    "st": "saint",
    "ste": "sainte",
    "ft": "fort",
    "mt": "mount",
    "hts": "heights",
    "spgs": "springs",
    "twp": "township",
}
_WORD = re.compile(r"[^\W_]+")
_ASIDE = re.compile(r"\s*[,(/].*")
_NOT_SAID = {"n/a", "none", "null", "nan", "undefined", "unknown", "not available"}
LONGEST = 200
"""No place's name has more letters; of a hostile one no more is looked at, or remembered."""

_BEFORE_CITY = (["the"], ["greater"], ["city", "of"], ["town", "of"], ["municipality", "of"])
_AFTER_CITY = {"city", "town", "township", "village", "borough", "municipality", "district"}
# fmt: off
_OF_STATE = {
    "the", "of", "and", "autonomous", "capital", "federal", "metropolitan", "special",
    "canton", "city", "county", "department", "district", "division", "emirate", "governorate",
    "municipality", "parish", "prefecture", "province", "provincia", "region", "republic", "state",
    "territory", "voivodeship", "wilayat", "krai", "kray", "kraj", "oblast", "okrug", "raion",
    "rajon", "rayon", "do", "fu", "ken", "sheng", "shi", "si", "to",
}
# fmt: on


@lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """Plain lower-case words of a name, short forms written out; none for "unknown" and its like.

    >>> words("St. John's"), words("Frankfurt am Main"), words("MÜNCHEN")
    (('saint', 'johns'), ('frankfurt', 'am', 'main'), ('munchen',))
    """
    text = text[:LONGEST].strip().casefold()
    if text in _NOT_SAID:
        return ()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join([c for c in text if not unicodedata.combining(c)])
    text = text.translate(_LETTERS)
    return tuple([_SHORT.get(word, word) for word in _WORD.findall(text)])


def key(text: str) -> str:
    """Join the words without the spaces between them, so that ``U.S.A.`` and ``usa`` are one.

    >>> key("Washington, D.C."), key("São Paulo"), key("Fort-de-France")
    ('washingtondc', 'saopaulo', 'fortdefrance')
    """
    return "".join(words(text))


@lru_cache(maxsize=65_536)
def city_keys(text: str) -> tuple[str, ...]:
    """Keys under which a city may be known: as written first, then looser ones.

    >>> city_keys("City of Reno (NV)")
    ('cityofrenonv', 'cityofreno', 'reno', 'renocity')
    """
    short = words(_ASIDE.sub("", text[:LONGEST]))
    bare = list(short)
    for start in _BEFORE_CITY:
        if len(bare) > len(start) and bare[: len(start)] == start:
            bare = bare[len(start) :]
    while len(bare) > 1 and bare[-1] in _AFTER_CITY:
        bare.pop()
    city = [*bare, "city"] if bare else []
    return _distinct(key(text), short, bare, city)


@lru_cache(maxsize=65_536)
def state_keys(text: str) -> tuple[str, ...]:
    """Keys under which a state may be known: as written, then without words such as "province".

    >>> state_keys("Moscow Oblast"), state_keys("State of Berlin")
    (('moscowoblast', 'moscow'), ('stateofberlin', 'berlin'))
    """
    short = words(_ASIDE.sub("", text[:LONGEST]))
    bare = [word for word in short if word not in _OF_STATE]
    return _distinct(key(text), short, bare)


@lru_cache(maxsize=65_536)
def country_keys(text: str) -> tuple[str, ...]:
    """Keys under which a country may be known: as written, then without "the".

    >>> country_keys("The Gambia")
    ('thegambia', 'gambia')
    """
    return _distinct(key(text), [word for word in words(text) if word != "the"])


def _distinct(*keys: str | Iterable[str]) -> tuple[str, ...]:
    joined = ("".join(parts) for parts in keys)
    return tuple(dict.fromkeys(key for key in joined if key))
