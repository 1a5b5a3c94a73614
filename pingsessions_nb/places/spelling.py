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
_INSIDE = re.compile(r"\(([^)]*)")
_NOT_SAID = {"n/a", "none", "null", "nan", "undefined", "unknown", "not available"}
LONGEST = 200
"""No place's name has more letters; of a hostile one no more is looked at, or remembered."""

_BEFORE_CITY = (["the"], ["greater"], ["city", "of"], ["town", "of"], ["municipality", "of"])
_AFTER_CITY = {"city", "town", "township", "village", "borough", "municipality", "district"}
# fmt: off
_OF_STATE = {
    # English
    "the", "of", "and", "autonomous", "capital", "federal", "metropolitan", "special", "canton",
    "city", "county", "department", "district", "division", "emirate", "governorate",
    "municipality", "parish", "prefecture", "province", "region", "republic", "state", "territory",
    "voivodeship", "borough", "council", "unitary", "authority", "administrative", "area", "zone",
    # Romance languages
    "de", "du", "des", "del", "della", "di", "da", "dos", "das", "la", "el", "provincia",
    "departamento", "departement", "estado", "distrito", "regione", "comunidad", "autonoma",
    "judetul", "judet", "ciudad", "distretto", "raionul", "comarca",
    # Germanic, Nordic and Baltic languages
    "land", "freistaat", "kanton", "bezirk", "regierungsbezirk", "reg", "bez", "landkreis", "kreis",
    "kreisfreie", "stadt", "politischer", "provincie", "provinz", "gewest", "lan", "fylke", "amt",
    "maakond", "apskritis", "rajonas", "novads", "maakunta",
    # Slavic languages
    "krai", "kray", "kraj", "oblast", "obl", "okrug", "raion", "rajon", "rayon", "okres", "powiat",
    "wojewodztwo", "zupanija", "respublika", "avtonomnyy", "avtonomnyj", "autonomnyy", "opcina",
    "область", "обл", "краи", "край", "республика", "автономныи", "автономный", "округ", "раион",
    "район", "автономна", "република", "облысы", "воблась",
    # Turkic, Iranian and Arabic ones
    "ili", "oblysy", "oblysi", "viloyati", "velayat", "velayaty", "welayaty", "viloyat", "rayonu",
    "ostan", "ostane", "wilayat", "wilaya", "wilayah", "muhafazat", "mohafazat", "muhafazah",
    "محافظة", "منطقة", "استان", "ولاية", "امارة",
    # East and South-East Asia
    "do", "fu", "ken", "sheng", "shi", "si", "to", "zizhiqu", "tebie", "xingzhengqu", "zhixiashi",
    "gwangyeoksi", "teukbyeolsi", "teukbyeoljachisi", "teukbyeoljachido", "gun", "gu", "tinh",
    "thanh", "pho", "changwat", "provinsi", "propinsi", "daerah", "istimewa", "khoueng", "khet",
    "aimag", "aymag", "negeri", "lalawigan", "จังหวัด", "νομος", "περιφερεια",
}
_OF_COUNTRY = {
    "the", "of", "republic", "kingdom", "state", "states", "federal", "federation",
    "democratic", "socialist", "islamic", "arab", "peoples", "united", "union", "commonwealth",
    "principality", "grand", "duchy", "sultanate", "plurinational", "bolivarian", "oriental",
    "independent", "cooperative", "co", "operative", "hashemite", "sar", "hksar",
}
# fmt: on
_GLUED = re.compile(
    "(?<=.)(?:特別行政区|特别行政区|維吾爾自治區|维吾尔自治区|壮族自治区|回族自治区|自治区|自治區|"
    "都|府|県|縣|县|省|市|区|區|町|村|특별자치도|특별자치시|특별시|광역시|도|시|군|구)$"
)
"""Chinese, Japanese and Korean words such as "prefecture", which are written without a space."""
_ADJECTIVE = re.compile("(?<=[sczkp]k)(?:aya|aia|aja|oye|oe|oj|oy|yy|yi|yj|iy|ij|ii|a|e|i|y)$")
"""What Slavic languages end adjectives with, as in "Tulskaya oblast" or "Zaporizka oblast"."""
_SOUNDS = (
    *(("ue", "u"), ("oe", "o"), ("ae", "a"), ("ou", "u"), ("kh", "h"), ("zh", "z"), ("dj", "j")),
    *(("ph", "f"), ("q", "k"), ("ck", "k"), ("w", "v"), ("j", "y"), ("y", "i"), ("x", "ks")),
)
"""Ways of writing the same sound with Latin letters."""
_TWICE = re.compile(r"(.)\1+")


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
    return _distinct(key(text), short, bare, city, _unglued(bare))


@lru_cache(maxsize=65_536)
def state_keys(text: str) -> tuple[str, ...]:
    """Keys under which a state may be known: as written, then looser ones.

    The next leaves out words such as "province", the last writes each sound in one way and leaves
    out the ending of a Slavic adjective.

    >>> state_keys("Moscow Oblast"), state_keys("State of Berlin")
    (('moscowoblast', 'moscow', 'moscov'), ('stateofberlin', 'berlin'))
    >>> state_keys("Tul'skaya oblast'")[-1], state_keys("Tulskaja oblast")[-1]
    ('tulsk', 'tulsk')
    """
    short = words(_ASIDE.sub("", text[:LONGEST]))
    bare = [word for word in short if word not in _OF_STATE]
    return _distinct(key(text), short, bare, _unglued(bare), _sounds("".join(bare)))


@lru_cache(maxsize=65_536)
def country_keys(text: str) -> tuple[str, ...]:
    """Keys under which a country may be known: as written, then without "the", then the short name.

    >>> country_keys("The Gambia")
    ('thegambia', 'gambia')
    >>> country_keys("Korea (the Republic of)")
    ('koreatherepublicof', 'korearepublicof', 'therepublicofkorea', 'korea', 'therepublicof')
    """
    whole = words(text)
    outside, inside = words(_ASIDE.sub("", text[:LONGEST])), words(" ".join(_INSIDE.findall(text)))
    turned = [*whole[len(outside) :], *outside]  # "Korea, Republic of" is "Republic of Korea"
    sar = whole[:-1] if whole[-2:] == ("sar", "china") else whole
    short = [word for word in sar if word not in _OF_COUNTRY]
    return _distinct(
        key(text), [word for word in whole if word != "the"], turned, outside, inside, short
    )


def _unglued(bare: Iterable[str]) -> str:
    return _GLUED.sub("", "".join(bare))


def _sounds(name: str) -> str:
    if not name.isascii():
        return ""
    name = _ADJECTIVE.sub("", name)
    for written, sound in _SOUNDS:
        name = name.replace(written, sound)
    return _TWICE.sub(r"\1", name)


def _distinct(*keys: str | Iterable[str]) -> tuple[str, ...]:
    joined = ("".join(parts) for parts in keys)
    return tuple(dict.fromkeys(key for key in joined if key))
