"""What a browser on a system sends as its ``User-Agent``, whatever a parser calls the two."""

from __future__ import annotations

import functools

_Software = tuple[str, str | None]
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


@functools.lru_cache(maxsize=4_096)
def user_agent(
    browser: _Software | None, system: _Software | None, device: str | None
) -> str | None:
    """Return the header of a browser on a system; None where either is not known.

    Parameters
    ----------
    browser, system : pair of name and version, or None
    device : str or None
        The kind, such as ``iPad``.
    """
    if browser is None or system is None:
        return None
    name = device.lower() if device and system[0] == "iOS" else system[0].lower()
    platform = _PLATFORMS.get(name, system[0]).format(
        version=(system[1] or "").replace(".", "_" if system[0] == "iOS" else "."), device=device
    )
    engine = browser[0].strip().lower()
    version = browser[1] or ""
    if engine == "firefox":
        platform = f"{platform.replace('10_15_7', '10.15')}; rv:{version}"
    sent = _ENGINES.get(engine, browser[0]).format(major=version.partition(".")[0], version=version)
    return f"Mozilla/5.0 ({platform}) {sent}"
