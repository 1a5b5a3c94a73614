"""Execute the curated notebooks and strip what must not be committed; or check that it was done.

``python .ci/notebooks.py``           execute all, in place
``python .ci/notebooks.py --check``   only check; a sentence for each thing that is wrong

What is stripped: widget state and widget views (megabytes of JavaScript, random ids), execution
times, everything written to stderr. What is kept: text, tables and figures.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LIMIT_BYTES = 200_000
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def stripped(notebook: NotebookNode) -> NotebookNode:
    """Drop what is random, heavy or private to the machine that ran the notebook."""
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    for cell in notebook.cells:
        cell.metadata = NotebookNode(
            {key: value for key, value in cell.metadata.items() if key == "tags"}
        )
        if cell.cell_type != "code":
            continue
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if "metadata" in output:
                output.metadata = NotebookNode()
    return notebook


def faults(path: Path) -> list[str]:
    """Say what keeps the notebook at `path` from being committed, a sentence each."""
    found = []
    notebook = nbformat.read(path, as_version=4)
    if path.stat().st_size > LIMIT_BYTES:
        found.append(f"{path.name} has {path.stat().st_size:,} bytes; {LIMIT_BYTES:,} are allowed.")
    if "widgets" in notebook.metadata:
        found.append(f"{path.name} carries widget state.")
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code" and cell.source and cell.execution_count is None:
            found.append(f"{path.name}: cell {number} was not executed.")
        if any(WIDGET_VIEW in output.get("data", {}) for output in cell.get("outputs", [])):
            found.append(f"{path.name}: cell {number} carries a widget view.")
    return found


def main() -> int:
    """Run the command line; the exit code is 1 where a check failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, only check")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all in notebooks/")
    arguments = parser.parse_args()
    found: list[str] = []
    for path in arguments.notebooks or sorted(NOTEBOOKS.glob("*.ipynb")):
        if not arguments.check:
            notebook = nbformat.read(path, as_version=4)
            client = NotebookClient(
                notebook, timeout=300, resources={"metadata": {"path": path.parent}}
            )
            client.execute()
            nbformat.write(stripped(notebook), path)
        found += faults(path)
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
