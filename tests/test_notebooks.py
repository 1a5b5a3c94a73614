"""The curated notebooks: true, to be seen everywhere, and running for anybody."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

import pingsessions_nb as ps
from pingsessions_nb.cli.lab_command import notebooks

ROOT = Path(ps.__file__).parent.parent
TEMPLATE = notebooks() / "02-investigate-a-user.ipynb"
FIGURE = "application/vnd.plotly.v1+json"
NO_BROWSER = {"BROWSER_PATH": "/nowhere"}
CURATED = [*sorted(notebooks().glob("0*-*.ipynb")), notebooks() / "explorer.ipynb"]


def shown(notebook):
    """The data of every output that has any."""
    return [o["data"] for cell in notebook.cells for o in cell.get("outputs", []) if "data" in o]


def is_widget(data):
    return re.match(r"(Session\w+|LocationMap|UserPicker)\(", data.get("text/plain", ""))


def run(*command, **options):
    done = subprocess.run(
        [sys.executable, *command], check=False, capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def papermilled(folder, environment=None, **parameters):
    """The template as papermill leaves it, in `folder`."""
    given = [part for name, value in parameters.items() for part in ("-p", name, str(value))]
    quiet = ["--no-progress-bar", "--log-level", "ERROR", "--cwd", str(folder)]
    command = ["-m", "papermill", str(TEMPLATE), str(folder / "out.ipynb"), *quiet, *given]
    inherited = {name: value for name, value in os.environ.items() if name != "PLOTLY_RENDERER"}
    run(*command, env=inherited | (environment or {}))
    return nbformat.read(folder / "out.ipynb", as_version=4)


def pictures_in_html(path):
    """How many pictures a reader of the notebook's HTML sees without JupyterLab."""
    page, _ = HTMLExporter().from_filename(str(path))
    return len(re.findall(r'<img[^>]+src="data:image/png;base64,\S{1000,}"', page))


def test_the_notebooks_are_as_they_are_committed():
    run(str(ROOT / ".ci/notebooks.py"), "--check")


@pytest.mark.parametrize("path", CURATED, ids=lambda path: path.stem)
def test_html_shows_as_many_pictures_as_there_are_figures_and_widgets(path):
    notebook = nbformat.read(path, as_version=4)
    expected = sum(FIGURE in data or bool(is_widget(data)) for data in shown(notebook))
    assert expected > 0
    assert pictures_in_html(path) == expected


def test_papermill_leaves_a_picture_beside_each_figure(tmp_path):
    notebook = papermilled(tmp_path, user="maeve.thornton")
    figures = [data for data in shown(notebook) if FIGURE in data]
    assert len(figures) == 2
    for data in figures:
        assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert pictures_in_html(tmp_path / "out.ipynb") == 2


CELLS = [
    "import plotly.graph_objects as go",
    "from IPython.display import HTML, Image",
    "go.Figure(go.Scatter(y=[1, 2]), layout={'height': 300})",
    "go.Figure(go.Scatter(y=[2, 1]), layout={'height': 300})",
    "HTML('<p>twenty letters and more of them</p>')",
    "'twenty letters and more of them'",
    "'what stays as it is'",
]
CHANGED = {2: "image/png", 3: FIGURE, 4: "text/html", 5: "text/plain"}


def test_nbval_passes_over_the_png_and_nothing_else(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    path = tmp_path / "small.ipynb"
    nbformat.write(notebook, path)
    run(str(ROOT / ".ci/notebooks.py"), str(path))
    notebook = nbformat.read(path, as_version=4)
    for cell, mime in CHANGED.items():
        data = notebook.cells[cell].outputs[-1]["data"]
        if mime == FIGURE:
            data[mime]["layout"]["height"] = 1
        else:
            data[mime] = data[mime][:-20] + "A" * 20
    nbformat.write(notebook, path)
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(tmp_path)]
    command += ["-p", "no:cacheprovider", "-q", "-rA", "--nbval", str(path)]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    told = re.findall(r"^(PASSED|FAILED) \S+::Cell (\d+)", done.stdout, re.M)
    passed = {int(cell) for outcome, cell in told if outcome == "PASSED"}
    assert len(told) == len(CELLS), done.stdout
    assert passed == {0, 1, 2, 6}, done.stdout


def test_the_quickstart_counts_whom_it_shows():
    notebook = nbformat.read(notebooks() / "01-quickstart.ipynb", as_version=4)
    text = " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    figures = [data[FIGURE] for data in shown(notebook) if FIGURE in data]
    numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"]
    people = len(figures[0]["layout"]["yaxis"]["ticktext"])
    assert f"{numbers[people]} people of the demo tenant" in text.replace("\n", " ")


def test_the_template_says_who_is_shown_and_counts_their_findings():
    notebook = nbformat.read(TEMPLATE, as_version=4)
    said = "".join(o["text"] for c in notebook.cells for o in c.get("outputs", []) if "text" in o)
    findings = ps.signals(ps.demo().history(None))
    assert said.startswith(f"{findings['username'].eq('matteo.yilmaz').sum()} findings in 10 ")


@pytest.mark.parametrize(
    ("user", "findings"),
    [("maeve.thornton", 3), ("710d6278-ccce-4a91-bdb9-ac7a4a0e60d5", 0)],
    ids=["between two sessions", "nothing found"],
)
def test_the_template_runs_for_anybody_and_writes_a_report(user, findings, tmp_path):
    notebook = papermilled(tmp_path, NO_BROWSER, user=user, report="page.html")
    said = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
    assert f"{findings} findings in" in said
    assert said.count("without a PNG") == 1  # there is no browser to draw it, which is said once
    figures = [data for data in shown(notebook) if FIGURE in data]
    assert len(figures) == 2
    assert all("image/png" not in data for data in figures)
    assert f'Findings <span class="count">{findings}<' in (tmp_path / "page.html").read_text()


SOMEBODY_ELSE = [
    pytest.param("vidya.jain", id="no session"),
    pytest.param("kenta.ito", id="disabled", marks=pytest.mark.slow),
    pytest.param("lucas.booker", id="no e-mail address", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("user", SOMEBODY_ELSE)
def test_the_template_runs_for_whoever_is_unusual(user, tmp_path):
    notebook = papermilled(tmp_path, NO_BROWSER, user=user, report="page.html")
    sessions = len(ps.demo().history(user))
    assert f"findings in {sessions} sessions" in json.dumps(notebook.cells)
    assert (tmp_path / "page.html").exists() is (sessions > 0)


@pytest.mark.slow
def test_the_template_runs_for_everybody(tmp_path):
    for user in ps.demo().users()["username"]:
        (tmp_path / user).mkdir()
        papermilled(tmp_path / user, NO_BROWSER, user=user, report="page.html")


SETTINGS = [
    {"NPY_DISABLE_CPU_FEATURES": "X86_V4", "TZ": "Asia/Tokyo"},
    {"NPY_DISABLE_CPU_FEATURES": "X86_V4 X86_V3", "TZ": "Pacific/Chatham", "PYTHONHASHSEED": "1"},
    {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "2"},
    {"LC_ALL": "C", "TZ": "America/St_Johns"},
]
QUICK = [(notebooks() / "01-quickstart.ipynb", SETTINGS[0]), (TEMPLATE, SETTINGS[1])]
ALL = [(path, setting) for path in CURATED for setting in SETTINGS]


def same_there(path, setting, folder):
    """The notebook gives, strictly, what it gave here."""
    (folder / path.name).write_bytes(path.read_bytes())
    command = ["-W", "ignore", "-m", "pytest", "-c", os.devnull, "--rootdir", str(folder)]
    quiet = ["-p", "no:cacheprovider", "-q", "--nbval", path.name]
    run(*command, *quiet, cwd=folder, env=os.environ | setting)


@pytest.mark.parametrize(("path", "setting"), QUICK, ids=["quickstart", "template"])
def test_a_notebook_is_the_same_on_another_processor_and_in_another_zone(path, setting, tmp_path):
    same_there(path, setting, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "setting"), ALL, ids=[f"{p.stem}-{' '.join(s.values())}" for p, s in ALL]
)
def test_every_notebook_is_the_same_everywhere(path, setting, tmp_path):
    same_there(path, setting, tmp_path)
