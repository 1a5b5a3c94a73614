from pathlib import Path

import pytest

from pingsessions_nb.cli.lab_command import QUICKSTART, bring_notebooks, notebooks
from pingsessions_nb.errors import ConfigurationError


def test_the_curated_notebooks_are_brought_once_and_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    made = bring_notebooks(folder)
    assert {path.name for path in made} == {path.name for path in notebooks().glob("*.ipynb")}
    (folder / QUICKSTART).write_text("my own notes", encoding="utf-8")
    assert bring_notebooks(folder) == []
    assert (folder / QUICKSTART).read_text(encoding="utf-8") == "my own notes"


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    occupied = tmp_path / "notes.txt"
    occupied.write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"notes\.txt.*another folder"):
        bring_notebooks(occupied)
