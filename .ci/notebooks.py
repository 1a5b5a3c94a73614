"""Execute the curated notebooks, picture and strip them; or check that it was done.

``python .ci/notebooks.py``           execute all, in place
``python .ci/notebooks.py --check``   only check; a sentence for each thing that is wrong

What is stripped: widget state and widget views (megabytes of JavaScript, random ids), execution
times, everything written to stderr. What is kept: text, tables and figures. What is added: a PNG
beside each figure and in the place of each widget, so that whoever has no JupyterLab sees them too.
"""

from __future__ import annotations

import argparse
import base64
import copy
import io
import json
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image
from tracked import tracked
from widget_pictures import Pictures, pictures_of_widgets

from pingsessions_nb.figures.png import png

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LIMIT_BYTES = 300_000
COLORS = 32  # of a picture: flat areas and text, a quarter of the bytes of all colours
FIGURE = "application/vnd.plotly.v1+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PNG = "image/png"


def executed(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run all cells in a new kernel, in `folder`."""
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": folder}})
    client.execute()
    return notebook


def pictured(notebook: NotebookNode, earlier: NotebookNode, widgets: Pictures) -> NotebookNode:
    """Put a PNG beside each figure and each widget.

    Where the earlier notebook shows the very same figure its picture stays, so that executing
    again changes no file. `widgets` has the pictures by the number of the cell.
    """
    kept = {
        _fingerprint(output): output.data[PNG]
        for output in _shown(earlier)
        if FIGURE in output.data and PNG in output.data
    }
    for number, cell in enumerate(notebook.cells):
        for output in _shown(NotebookNode(cells=[cell])):
            if FIGURE in output.data:
                fingerprint = _fingerprint(output)
                output.data[PNG] = kept.get(fingerprint) or _encoded(png(dict(output.data[FIGURE])))
            elif WIDGET_VIEW in output.data and number in widgets:
                output.data[PNG] = _encoded(widgets[number])
    return notebook


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
        for output in _shown(NotebookNode(cells=[cell])):
            if WIDGET_VIEW in output.data:
                found.append(f"{path.name}: cell {number} carries a widget view.")
            if FIGURE in output.data and PNG not in output.data:
                found.append(f"{path.name}: cell {number} has a figure without its PNG.")
    return found


def _shown(notebook: NotebookNode) -> list[NotebookNode]:
    """Give all outputs that have data: not printed lines, not errors."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return [output for output in outputs if "data" in output]


def _fingerprint(output: NotebookNode) -> str:
    """Give the figure's JSON in one spelling."""
    return json.dumps(output.data[FIGURE], sort_keys=True)


def _encoded(picture: bytes) -> str:
    """Encode a PNG of few colours, without the time or the program that made it."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.quantize(COLORS, method=Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def main() -> int:
    """Run the command line; the exit code is 1 where a check failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, only check")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all in notebooks/")
    arguments = parser.parse_args()
    paths = arguments.notebooks or [NOTEBOOKS / name for name in tracked(NOTEBOOKS, "*.ipynb")]
    if not paths:
        parser.error("outside a clone, name the notebooks")
    found: list[str] = []
    for path in paths:
        if not arguments.check:
            earlier = nbformat.read(path, as_version=4)
            notebook = executed(copy.deepcopy(earlier), path.parent)
            has_widgets = any(WIDGET_VIEW in output.data for output in _shown(notebook))
            widgets = pictures_of_widgets(path) if has_widgets else {}
            nbformat.write(stripped(pictured(notebook, earlier, widgets)), path)
        found += faults(path)
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
