"""The template answers for anybody, not only for whom it was written about."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from pingsessions_nb.cli.lab_command import notebooks


@pytest.mark.parametrize(
    ("user", "findings"),
    [("maeve.thornton", 3), ("710d6278-ccce-4a91-bdb9-ac7a4a0e60d5", 0)],
    ids=["between two sessions", "nothing found"],
)
def test_the_template_runs_for_anybody_and_writes_a_report(
    user: str, findings: int, tmp_path: Path
) -> None:
    notebook = nbformat.read(notebooks() / "02-investigate-a-user.ipynb", as_version=4)
    given = next(
        n for n, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])
    )
    values = f"user = {user!r}\nreport = 'page.html'"
    notebook.cells.insert(given + 1, nbformat.v4.new_code_cell(values))  # as papermill does
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    said = "".join(str(cell.get("outputs", "")) for cell in notebook.cells)
    assert f"{findings} findings in" in said
    assert f'Findings <span class="count">{findings}<' in (tmp_path / "page.html").read_text()
