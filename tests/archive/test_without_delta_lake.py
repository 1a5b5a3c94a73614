"""Delta Lake is an extra: what needs no archive works without it, and what does says so."""

import subprocess
import sys

import pytest

WITHOUT = "import sys; sys.modules['deltalake'] = None\n"  # importing it fails
SENTENCE = 'An archive needs one more package: pip install "pingsessions_nb[archive]".'

INVESTIGATION = """
import pathlib
import pingsessions_nb as ps

try:
    import deltalake
except ImportError:
    print("no deltalake")
for name in ps.__all__:
    getattr(ps, name)
tenant = ps.demo(users=20, seed=7)
history = tenant.history(None)
assert not isinstance(history, ps.Archive)
assert len(ps.signals(history)) and len(ps.cases(history)) and len(ps.risk(history))
assert pathlib.Path(ps.report(history, path="everybody.html")).stat().st_size
explorer = ps.explore(tenant)
assert isinstance(explorer, ps.SessionExplorer)
assert isinstance(explorer.timeline, ps.SessionTimeline)
explorer.close()
ps.explore(history).close()
try:
    ps.Archive("archive")
except ps.ConfigurationError as error:
    print(error)
assert not pathlib.Path("archive").exists()
"""


def run(script, folder):
    command = [sys.executable, "-c", WITHOUT + script]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def test_an_investigation_needs_no_delta_lake(tmp_path):
    done = run(INVESTIGATION, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["no deltalake", SENTENCE]


@pytest.mark.parametrize(
    "arguments",
    [("record", "--demo"), ("hunt",), ("report", "matteo.yilmaz")],
    ids=lambda arguments: arguments[0],
)
def test_the_command_line_says_what_is_missing(arguments, tmp_path):
    told = [*arguments, "--archive", "archive"]
    done = run(f"from pingsessions_nb.cli import main; sys.exit(main({told}))", tmp_path)
    assert done.stderr == f"pingsessions {arguments[0]}: {SENTENCE}\n"
    assert done.returncode == (1 if arguments[0] == "report" else 78)
    assert list(tmp_path.iterdir()) == []
