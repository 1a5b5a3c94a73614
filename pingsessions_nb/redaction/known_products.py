"""Names of browsers and systems that name nobody: those with a family, and rarer ones."""

from __future__ import annotations

import re
from typing import Final

from pingsessions_nb.coded.device_families import PRODUCT_NAMES

_BROWSERS: Final = """
aloha browser, amazon silk, android, arc, avast browser, avast secure browser, avg secure browser,
brave, brave browser, brave mobile, chromium, coc coc, curl, duckduckgo, duckduckgo browser,
duckduckgo mobile, ecosia, epiphany, epic, falkon, firefox focus, firefox klar, headlesschrome,
headless chrome, huawei browser, huaweibrowser, java, konqueror, librewolf, maxthon, miui browser,
miuibrowser, netscape, node fetch, okhttp, opera coast, opera mini, opera neon, pale moon,
phantomjs, postmanruntime, puffin, python requests, python-requests, qq browser, qqbrowser, qq
browser mobile, seamonkey, silk, sogou explorer, thunderbird, tor browser, uc browser, ucbrowser,
vivaldi, vivo browser, vivobrowser, waterfox, wget, whale, yandex browser, yandexbrowser
"""
_SYSTEMS: Final = """
aix, alpine linux, android, arch linux, blackberry, blackberry os, centos, chromecast, debian,
fedora, fire os, firefox os, freebsd, gentoo, harmonyos, hp-ux, kaios, kubuntu, linux mint, mageia,
mandriva, manjaro, meego, mint, netbsd, openbsd, opensuse, opensuse leap, oracle linux,
playstation, pop os, raspbian, red hat, red hat enterprise linux, rhel, rocky linux, sailfish os,
slackware, solaris, suse, suse linux, symbian, symbian os, tizen, tvos, ubuntu, unix, visionos,
watchos, webos, windows ce, windows me, windows mobile, windows phone, windows rt, windows server,
windows vista, windows xp, xubuntu
"""
_KNOWN: Final = PRODUCT_NAMES.union(
    name for names in (_BROWSERS, _SYSTEMS) for name in " ".join(names.split()).split(", ")
)
# "Windows 10", "iOS 18.1", "Windows 11 Pro", "Ubuntu 24.04 LTS"
_VERSION: Final = re.compile(
    r"[ /_-]+v?[0-9]{1,4}(?:[._][0-9]{1,6}){0,4}(?: (?:pro|home|enterprise|education|lts))?$"
)


def is_known_product(name: str) -> bool:
    """Tell whether a browser or a system has a name of its maker's, with a version or without."""
    bare = " ".join(name.casefold().split())
    return bare in _KNOWN or _VERSION.sub("", bare) in _KNOWN
