"""Binder gets what notebooks and Voilà need, as locked, and nothing that only tests do."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent


def pins(path: Path) -> dict[tuple[str, str], set[str]]:
    """The hashes of each package and version."""
    blocks = re.split(r"(?m)^(?=\w)", path.read_text(encoding="utf-8"))
    found = (re.match(r"([\w.-]+)==(\S+)", block) for block in blocks)
    return {(pin[1], pin[2]): set(re.findall(r"sha256:\w+", pin.string)) for pin in found if pin}


def test_binder_has_what_is_locked_and_needed_and_no_more():
    listed, locked = pins(ROOT / "binder/requirements.txt"), pins(ROOT / "requirements.lock")
    assert listed.items() <= locked.items()
    assert all(listed.values())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["archive"], *extras["voila"]]
    needed = {Requirement(text).name for text in wanted}
    names = {name for name, _ in listed}
    assert needed <= names
    assert not names & {"playwright", "mypy", "ruff", "pytest", "hypothesis", "distributed"}
