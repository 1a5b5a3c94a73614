"""Devices and their browsers, which upgrade as time goes by, and what they say of themselves."""

from __future__ import annotations

import functools
import random
from bisect import bisect_right
from datetime import date
from typing import NamedTuple

from pingsessions_nb.sandbox.geography import DAY


class Software(NamedTuple):
    """Name and version of a browser or an operating system; the version may be unknown."""

    name: str
    version: str | None


class Device(NamedTuple):
    """A browser on an operating system on a kind of device, and how late its owner upgrades."""

    browser: str
    system: str
    kind: str
    lag_days: int = 0

    @property
    def mobile(self) -> bool:
        """Whether it leaves the house in a pocket."""
        return self.kind != "Other"


DESKTOPS = (
    Device("Chrome", "Windows", "Other"),
    Device("Edge", "Windows", "Other"),
    Device("Firefox", "Windows", "Other"),
    Device("Chrome", "Mac OS X", "Other"),
    Device("Safari", "Mac OS X", "Other"),
    Device("Firefox", "Mac OS X", "Other"),
)
FREE_DESKTOPS = (Device("Chrome", "Linux", "Other"), Device("Firefox", "Ubuntu", "Other"))
MOBILES = (
    Device("Mobile Safari", "iOS", "iPhone"),
    Device("Mobile Safari", "iOS", "iPad"),
    Device("Chrome Mobile", "Android", "Pixel 8"),
    Device("Samsung Internet", "Android", "Samsung SM-S921B"),
)
NEW_LAPTOP = Device("Chrome", "Chrome OS", "Other", 3)


def _day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


# First day and version of each release; Chrome's and Firefox's come every four weeks.
_FOUR_WEEKLY = {
    "Chrome": (_day("2025-09-30"), 141, "{major}.0.{build}", 7390, 54),
    "Chrome Mobile": (_day("2025-09-30"), 141, "{major}.0.{build}", 7390, 54),
    "Chrome Mobile WebView": (_day("2025-09-30"), 141, "{major}.0.{build}", 7390, 54),
    "Edge": (_day("2025-10-03"), 141, "{major}.0.{build}", 3537, 49),
    "Firefox": (_day("2025-10-14"), 144, "{major}.0", 0, 0),
}
_APPLE = (
    (0, "18.1"),
    (_day("2025-01-27"), "18.3"),
    (_day("2025-03-31"), "18.4"),
    (_day("2025-05-12"), "18.5"),
    (_day("2025-07-29"), "18.6"),
    (_day("2025-09-15"), "26.0"),
    (_day("2025-11-03"), "26.1"),
    (_day("2025-12-12"), "26.2"),
)
_DATED = {
    "Safari": _APPLE,
    "Mobile Safari": _APPLE,
    "Mobile Safari UI/WKWebView": _APPLE,
    "iOS": _APPLE,
    "Samsung Internet": ((0, "27.0"), (_day("2025-04-03"), "28.0"), (_day("2025-10-28"), "29.0")),
    "Android": ((0, "14"), (_day("2024-10-15"), "15"), (_day("2025-08-12"), "16")),
    "Chrome OS": ((0, "16328.65.0"), (_day("2025-10-07"), "16404.45.0")),
    # What these call themselves has not changed for years.
    "Windows": ((0, "10"),),
    "Mac OS X": ((0, "10.15.7"),),
    "Linux": ((0, None),),
    "Ubuntu": ((0, None),),
}
_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko)"
_PLATFORMS = {
    "windows": "Windows NT 10.0; Win64; x64",
    "mac os x": "Macintosh; Intel Mac OS X 10_15_7",
    "macos": "Macintosh; Intel Mac OS X 10_15_7",
    "linux": "X11; Linux x86_64",
    "ubuntu": "X11; Ubuntu; Linux x86_64",
    "chrome os": "X11; CrOS x86_64 {version}",
    "android": "Linux; Android {version}; {device}",
    "iphone": "iPhone; CPU iPhone OS {version} like Mac OS X",
    "ipad": "iPad; CPU OS {version} like Mac OS X",
}
_CHROME = _BLINK + " Chrome/{major}.0.0.0"
_ENGINES = {
    "chrome": _CHROME + " Safari/537.36",
    "chrome mobile": _CHROME + " Mobile Safari/537.36",
    "chrome mobile webview": _BLINK + " Version/4.0 Chrome/{major}.0.0.0 Mobile Safari/537.36",
    "edge": _CHROME + " Safari/537.36 Edg/{major}.0.0.0",
    "microsoft edge": _CHROME + " Safari/537.36 Edg/{major}.0.0.0",
    "samsung internet": _BLINK + " SamsungBrowser/{version} Chrome/136.0.0.0 Mobile Safari/537.36",
    "firefox": "Gecko/20100101 Firefox/{version}",
    "safari": _WEBKIT + " Version/{version} Safari/605.1.15",
    "mobile safari": _WEBKIT + " Version/{version} Mobile/15E148 Safari/604.1",
    "safari mobile": _WEBKIT + " Version/{version} Mobile/15E148 Safari/604.1",
    "mobile safari ui/wkwebview": _WEBKIT + " Mobile/15E148",
}


def version(name: str, day: int) -> str | None:
    """Return the version of a browser or system that is current on a day counted from 1970."""
    if name in _FOUR_WEEKLY:
        first, major, form, build, step = _FOUR_WEEKLY[name]
        later = (day - first) // 28
        return form.format(major=major + later, build=build + step * later)
    releases = _DATED[name]
    return releases[bisect_right(releases, day, key=lambda release: release[0]) - 1][1]


def seen(device: Device, at: int) -> tuple[Software, Software]:
    """Return the browser and the system that a device shows at a time in ms."""
    day = at // DAY - device.lag_days
    browser, system = (Software(n, version(n, day)) for n in (device.browser, device.system))
    return browser, system


def own_devices(draw: random.Random, count: int, free: bool) -> tuple[Device, ...]:
    """Return one to three devices of a person: a computer, a phone or tablet, and one more.

    The computer may run Linux only if ``free``.
    """
    computers = DESKTOPS + FREE_DESKTOPS if free and draw.random() < 0.2 else DESKTOPS
    owned = [draw.choice(computers), draw.choice(MOBILES), draw.choice(DESKTOPS)][:count]
    distinct = dict.fromkeys(owned)
    return tuple(device._replace(lag_days=draw.randrange(1, 20)) for device in distinct)


@functools.lru_cache(maxsize=4_096)
def user_agent(browser: Software | None, system: Software | None, device: str | None) -> str | None:
    """Return the ``User-Agent`` of a browser on a system and a kind of device, such as ``iPad``.

    None where browser or system is not known. Parsers may call them whatever they like.
    """
    if browser is None or system is None:
        return None
    name = device.lower() if device and system.name == "iOS" else system.name.lower()
    platform = _PLATFORMS.get(name, system.name).format(
        version=(system.version or "").replace(".", "_" if system.name == "iOS" else "."),
        device=device,
    )
    engine = browser.name.strip().lower()
    version = browser.version or ""
    if engine == "firefox":
        platform = f"{platform.replace('10_15_7', '10.15')}; rv:{version}"
    sent = _ENGINES.get(engine, browser.name).format(
        major=version.partition(".")[0], version=version
    )
    return f"Mozilla/5.0 ({platform}) {sent}"
