"""Browsers, systems and devices by one name each, whoever named them.

Whoever reads a user agent names the same thing in several ways: ``Mac OS X`` and ``macOS``,
``Windows`` and ``Windows 10``, ``Edge`` and ``Microsoft Edge``; a better parser calls yesterday's
``Other`` a ``Desktop``. None of that is a new device. Names that are not here are their own family,
so that ``HeadlessChrome`` stays news.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_BROWSERS = {
    "chrome": "google chrome, chrome mobile, chrome mobile ios, chrome mobile webview, "
    "chrome webview, chrome browser, android webview, chrome ios",
    "edge": "microsoft edge, edge mobile, edge chromium, edg, msedge, microsoft edge mobile, "
    "edge ios, edge android",
    "safari": "mobile safari, apple safari, safari mobile, safari ios",
    "firefox": "mozilla firefox, firefox mobile, firefox ios, firefox for ios, mobile firefox, "
    "firefox esr",
    "opera": "opera mobile, opera touch, opera gx, opr, opera browser",
    "samsung internet": "samsung browser, samsung internet browser, samsungbrowser",
    "internet explorer": "ie, ie mobile, msie, microsoft internet explorer",
}
# A page shown inside an application: on the same phone, it may be any browser's.
_IN_APP = (
    "mobile safari ui/wkwebview, mobile safari/wkwebview, safari (in-app), mobile safari (in-app), "
    "wkwebview, webview, in-app browser, facebook, facebook messenger, instagram, linkedin, "
    "linkedin app, whatsapp, snapchat, tiktok, pinterest, twitter, line, wechat, slack, "
    "microsoft teams, teams, outlook, outlook mobile, gmail, google, google search app, gsa, "
    "apple mail, mail, applewebkit"
)
_SYSTEMS = {
    "macos": "mac os x, mac os, os x, mac osx, macosx, macintosh, darwin, mac",
    "windows": "microsoft windows, windows nt, win, win32, win64",
    "ios": "iphone os, ipados, ipad os",
    "chrome os": "chromeos, cros, chromium os",
    "linux": "gnu/linux, linux x86_64",
}
_DEVICES = {"desktop": "other, computer, pc, laptop, generic desktop, mac, macintosh, windows pc"}
# Words for any phone or tablet, from whoever does not know the model; K is Chrome's own.
_ANY_DEVICE = (
    "unknown, generic, mobile, phone, smartphone, generic smartphone, generic_android, tablet, "
    "generic tablet, generic_android_tablet, k"
)
_UNKNOWN = ""
MOBILE_SYSTEMS = frozenset(("ios", "android", "windows phone", "harmonyos"))
"""Families of the systems of phones and tablets."""


def _table(families: dict[str, str], unknown: str) -> dict[str, str]:
    named = {name: family for family, names in families.items() for name in names.split(", ")}
    return named | dict.fromkeys(unknown.split(", "), _UNKNOWN)


_TABLES = {
    "browser_name": _table(_BROWSERS, _IN_APP),
    "os_name": _table(_SYSTEMS, "unknown, other"),
    "device_type": _table(_DEVICES, _ANY_DEVICE),
}
PRODUCT_NAMES = frozenset(
    name
    for column in ("browser_name", "os_name")
    for names in _TABLES[column].items()
    for name in names
    if name
)
"""Names of browsers and systems that are told apart here, in lower case."""
# "Windows 10", "iOS 18.1", "Mac OS X 10.15": the version is a column of its own.
_VERSION = re.compile(r"(.*\D)[ _-]+v?\d+(?:[._]\d+)*(?: (?:pro|home|enterprise|lts))?")
# Makers who put their name before a model, and models whose generation is told apart only by some.
_MAKER = re.compile(r"(?:samsung|google|xiaomi|huawei|oneplus|motorola|apple) +(?=\S)")
_MODEL = re.compile(r"(iphone|ipad|ipod)\b.*|(iphone|ipad|ipod)\d+,\d+")


def family(column: str, name: str) -> str | None:
    """Return the family of a browser, system or device; None where its name says nothing.

    The column is ``browser_name``, ``os_name`` or ``device_type``.
    """
    table = _TABLES[column]
    plain = " ".join(name.split()).casefold()
    if plain not in table and column == "os_name":
        versioned = _VERSION.fullmatch(plain)
        plain = versioned[1] if versioned else plain
    if plain not in table and column == "device_type":
        plain = _MAKER.sub("", plain)
        model = _MODEL.fullmatch(plain)
        plain = next(filter(None, model.groups())) if model else plain
    return table.get(plain, plain) or None


def families(
    column: str, codes: NDArray[np.int32], names: pa.Array
) -> tuple[NDArray[np.int32], list[str]]:
    """Return the codes of families in place of those of names, and the families.

    The column is as for `family`. A code is -1 where the name is missing; also where its family is.
    """
    told = pa.array([family(column, name) for name in names.to_pylist()], pa.large_string())
    encoded = told.dictionary_encode()
    of = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    return np.append(of, np.int32(-1))[codes], encoded.dictionary.to_pylist()
