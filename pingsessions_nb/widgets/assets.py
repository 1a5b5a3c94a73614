"""Where the widgets' built front end is; its sources are in ``frontend/``."""

from pathlib import Path
from typing import Final

STATIC: Final = Path(__file__).parent / "static"
"""A module ``<name>.js`` and styles ``<name>.css`` for each ``frontend/src/<name>.ts``."""
