"""The gazetteer in memory: places by row, and names to rows. Read once, on first use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pingsessions_nb.places.index import NO_PLACE, unpack
from pingsessions_nb.places.sphere import distance_km

DATA = Path(__file__).with_name("data")
SIZES = 2.0
"""Steps of size in which a place's people double."""
NOWHERE = -1
"""The row of no place."""

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Gazetteer:
    """Countries, states, other areas and cities by row, in this order, and the names of them.

    Attributes
    ----------
    names : pyarrow.StringArray
        English names, by row; ``""`` of a hamlet, which is called as the words call it.
    latitude, longitude : ndarray of float64
        Degrees, to two decimals.
    radius_km : ndarray of float64
    people : ndarray of float64
        How many live there, to a tenth or so.
    parent : ndarray of int64
        The row of the area that a place lies in: of a city's county, state or country, of a
        county's state or country, of a state's country; of itself for a country.
    codes : tuple of str
        ISO 3166-1 alpha-2 codes of the countries, by row.
    states_end : int
        The first row that is a smaller or former area.
    areas_end : int
        The first row that is a city.
    prints, ranked : ndarray of int64
        Fingerprints of names in order, and the row that each leads to; the rows of one fingerprint
        come best first.
    """

    names: pa.StringArray
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    radius_km: NDArray[np.float64]
    people: NDArray[np.float64]
    parent: Rows
    codes: tuple[str, ...]
    states_end: int
    areas_end: int
    prints: Rows
    ranked: Rows

    def candidates(self, prints: Rows) -> tuple[Rows, Rows]:
        """Return where the places of each fingerprint begin and end in `ranked`."""
        begin = np.searchsorted(self.prints, prints, side="left")
        end = np.searchsorted(self.prints, prints, side="right")
        return begin, np.where(prints == NO_PLACE, begin, end)

    def best(self, prints: Rows) -> Rows:
        """Return the row of the best place of each fingerprint, `NOWHERE` where there is none."""
        begin, end = self.candidates(prints)
        found = begin < end
        return np.where(found, self.ranked[np.where(found, begin, 0)], NOWHERE)

    def all_of(self, prints: Rows) -> Rows:
        """Return the distinct rows of all places of some fingerprints."""
        spans = zip(*self.candidates(prints), strict=True)
        return np.unique(np.concatenate([self.ranked[a:b] for a, b in spans] or [self.ranked[:0]]))

    def country_of(self, rows: Rows) -> Rows:
        """Return the row of each place's country."""
        return self.parent[self.parent[self.parent[rows]]]

    def state_of(self, rows: Rows) -> Rows:
        """Return the row of each place's state, or of its country where it has none."""
        above = np.where(rows < self.states_end, rows, self.parent[rows])
        return np.where(above < self.states_end, above, self.parent[above])

    def apart_km(self, one: Rows, other: Rows) -> NDArray[np.float64]:
        """Return the distances between the middles of places."""
        return distance_km(
            self.latitude[one], self.longitude[one], self.latitude[other], self.longitude[other]
        )

    def is_country(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell which rows are countries."""
        return np.asarray((rows != NOWHERE) & (rows < len(self.codes)))


@cache
def gazetteer() -> Gazetteer:
    """Return the gazetteer, read from the package's data on the first call."""
    places = _read("places.arrow")
    names = _read("names.arrow")
    about = places.schema.metadata
    codes = tuple(about[b"countries"].decode().split())
    return Gazetteer(
        names=places.column("name"),
        latitude=places.column("lat").to_numpy() / 100.0,
        longitude=places.column("lon").to_numpy() / 100.0,
        radius_km=places.column("radius_km").to_numpy().astype(np.float64),
        parent=places.column("parent").to_numpy().astype(np.int64),
        codes=codes,
        people=(np.exp2(np.arange(256) / SIZES) - 1)[places.column("size").to_numpy()],
        states_end=len(codes) + int(about[b"states"]),
        areas_end=len(codes) + int(about[b"areas"]),
        prints=np.cumsum(unpack(names.column(f"step{i}").to_numpy() for i in range(4))),
        ranked=unpack(names.column(f"row{i}").to_numpy() for i in range(3)),
    )


def _read(name: str) -> pa.RecordBatch:
    # One thread: starting a pool costs more than it saves on two megabytes.
    options = pa.ipc.IpcReadOptions(use_threads=False)
    with pa.OSFile(str(DATA / name)) as source, pa.ipc.open_file(source, options=options) as file:
        return file.get_batch(0)
