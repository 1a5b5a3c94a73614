"""Names of browsers and systems that name nobody: those that user-agent parsers know."""

from __future__ import annotations

import re
from typing import Final

_BROWSERS: Final = """
aloha browser, amazon silk, android, android webview, apple mail, applewebkit, arc, avast browser,
avast secure browser, avg secure browser, brave, brave browser, brave mobile, chrome, chrome
browser, chrome ios, chrome mobile, chrome mobile ios, chrome mobile webview, chrome webview,
chromium, coc coc, curl, duckduckgo, duckduckgo browser, duckduckgo mobile, ecosia, edg, edge,
edge android, edge chromium, edge ios, edge mobile, epiphany, epic, facebook, facebook messenger,
falkon, firefox, firefox esr, firefox focus, firefox for ios, firefox ios, firefox klar, firefox
mobile, gmail, google, google chrome, google search app, gsa, headlesschrome, headless chrome,
huawei browser, huaweibrowser, ie, ie mobile, in-app browser, instagram, internet explorer,
java, konqueror, librewolf, line, linkedin, linkedin app, maxthon, microsoft edge, microsoft edge
mobile, microsoft internet explorer, microsoft teams, miui browser, miuibrowser, mobile firefox,
mobile safari, mobile safari (in-app), mobile safari ui/wkwebview, mobile safari/wkwebview,
mozilla firefox, msedge, msie, netscape, node fetch, okhttp, opera, opera browser, opera coast,
opera gx, opera mini, opera mobile, opera neon, opera touch, opr, other, outlook, outlook mobile,
pale moon, phantomjs, pinterest, postmanruntime, puffin, python requests, python-requests, qq
browser, qqbrowser, qq browser mobile, safari, safari (in-app), safari ios, safari mobile, samsung
browser, samsung internet, samsung internet browser, samsungbrowser, seamonkey, silk, slack,
snapchat, sogou explorer, teams, thunderbird, tiktok, tor browser, twitter, uc browser, ucbrowser,
unknown, vivaldi, vivo browser, vivobrowser, waterfox, webview, wechat, wget, whale, whatsapp,
wkwebview, yandex browser, yandexbrowser
"""
_SYSTEMS: Final = """
aix, alpine linux, android, arch linux, blackberry, blackberry os, centos, chrome os, chromecast,
chromeos, chromium os, cros, darwin, debian, fedora, fire os, firefox os, freebsd, gentoo,
gnu/linux, harmonyos, hp-ux, ios, ipad os, ipados, iphone os, kaios, kubuntu, linux, linux mint,
linux x86_64, mac, mac os, mac os x, mac osx, macintosh, macos, macosx, mageia, mandriva, manjaro,
meego, microsoft windows, mint, netbsd, openbsd, opensuse, opensuse leap, oracle linux, os x,
other, playstation, pop os, raspbian, red hat, red hat enterprise linux, rhel, rocky linux, sailfish
os, slackware, solaris, suse, suse linux, symbian, symbian os, tizen, tvos, ubuntu, unix, unknown,
visionos, watchos, webos, win, win32, win64, windows, windows ce, windows me, windows mobile,
windows nt, windows phone, windows rt, windows server, windows vista, windows xp, xubuntu
"""
_KNOWN: Final = frozenset(
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
