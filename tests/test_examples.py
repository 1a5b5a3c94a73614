"""Every example in a docstring does what it says, and every public name has one."""

import doctest
import importlib
from pathlib import Path

import pytest

import pingsessions_nb as ps

ROOT = Path(ps.__file__).parent.parent
# Only these are imported: the scripts that built the places' data need what nobody installs.
SHOWING = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(Path(ps.__file__).parent.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
FLAGS = doctest.ELLIPSIS


@pytest.mark.parametrize("module", SHOWING)
def test_examples_do_what_they_say(module):
    outcome = doctest.testmod(importlib.import_module(module), optionflags=FLAGS)
    assert outcome.attempted > 0
    assert outcome.failed == 0, "see the captured output"


@pytest.mark.parametrize("name", ps.__all__)
def test_every_public_name_has_an_example(name):
    thing = getattr(ps, name)
    if isinstance(thing, type) and issubclass(thing, Exception):
        # Errors are caught, not called: their module shows how.
        thing = importlib.import_module(thing.__module__)
    assert ">>> " in (thing.__doc__ or "")
