"""`pingsessions lab`: JupyterLab on the curated notebooks, from a clone or an installed wheel."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from pingsessions_nb.errors import ConfigurationError

QUICKSTART = "01-quickstart.ipynb"

# JupyterLab asks its project's site for news, and whether to do so; the analyst did not.
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}

# Ctrl-C, a service manager's or `docker stop`'s question, a closed terminal (not on Windows).
_ENDINGS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def add_lab(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb ``lab`` and its options."""
    lab = verbs.add_parser(
        "lab",
        help="open JupyterLab on the curated notebooks",
        description="Bring the curated notebooks into FOLDER (existing files are kept) and open "
        "JupyterLab on the quickstart, without news or pop-ups. Unknown arguments, such as "
        "--no-browser or --port=8889, go to JupyterLab.",
    )
    lab.add_argument("folder", nargs="?", type=Path, default=Path("pingsessions-notebooks"))
    lab.set_defaults(run=lambda options, extra: launch(options.folder, extra))


def notebooks() -> Path:
    """Return the folder of the curated notebooks: the wheel's, or else this clone's."""
    package = Path(__file__).parent.parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if (folder / QUICKSTART).is_file():
            return folder
    raise ConfigurationError(
        "The curated notebooks are missing from this installation of pingsessions_nb. "
        "Reinstall it: pip install --force-reinstall pingsessions_nb"
    )


def bring_notebooks(folder: Path) -> list[Path]:
    """Copy into `folder` the curated notebooks that are not there yet; never overwrite one.

    Return the copies made, in order of name.

    Raises
    ------
    ConfigurationError
        Where `folder` is a file or cannot be written.
    """
    source = notebooks()
    made = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(source.glob("*.ipynb")):
            copy = folder / notebook.name
            if not copy.exists():
                shutil.copyfile(notebook, copy)
                made.append(copy)
    except OSError as error:
        msg = f"The notebooks cannot be put into {folder}: {error.strerror}. Name another folder."
        raise ConfigurationError(msg) from error
    return made


def launch(folder: Path, extra: Sequence[str] = ()) -> int:
    """Open JupyterLab in `folder` on the quickstart, without news or pop-ups, until it is closed.

    The folder is made if absent. Further arguments, such as ``--no-browser`` or ``--port=8889``, go
    to ``jupyter lab``. Return its exit code; 0 where SIGINT (Ctrl-C), SIGTERM or SIGHUP ended it.
    """
    bring_notebooks(folder)
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--LabApp.default_url=/lab/tree/{QUICKSTART}",
        *extra,
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # Jupyter refuses root otherwise; containers are root
    with tempfile.TemporaryDirectory(prefix="pingsessions-lab-") as settings:
        page_config = Path(settings, "labconfig", "page_config.json")
        page_config.parent.mkdir()
        page_config.write_text(json.dumps(QUIET), encoding="utf-8")
        paths = [settings, *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
        environment = os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}
        return _served(command, environment)


def _served(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run JupyterLab until it ends, or we are asked to end: then it ends first, with its kernels.

    A service manager or a closed terminal asks this process alone, Ctrl-C the whole group. So
    the server has a group of its own and hears of it from here; asked again, it is not waited for.
    """
    servers: list[subprocess.Popen[bytes]] = []
    asked: list[int] = []

    def end(number: int, _frame: object) -> None:
        for server in servers:
            server.kill() if asked else server.terminate()
        asked.append(number)

    before = {number: signal.signal(number, end) for number in _ENDINGS}
    try:
        servers.append(subprocess.Popen(command, env=environment, process_group=0))  # noqa: S603
        if asked:  # while it was being started
            servers[0].terminate()
        code = servers[0].wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0 if asked else code
