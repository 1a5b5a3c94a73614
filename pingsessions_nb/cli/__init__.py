"""The command line: the library said again, a verb each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version

from pingsessions_nb.cli.hunt_command import add_hunt
from pingsessions_nb.cli.lab_command import add_lab
from pingsessions_nb.cli.record_command import add_record
from pingsessions_nb.cli.report_command import add_report
from pingsessions_nb.cli.sandbox_command import add_sandbox
from pingsessions_nb.errors import PingSessionsError
from pingsessions_nb.wording import visible


def parser() -> argparse.ArgumentParser:
    """Return the parser of ``pingsessions``, with a subparser for each verb."""
    top = argparse.ArgumentParser(
        prog="pingsessions",
        description="What has this PingOne user been doing, from where, on what, and is it them?",
    )
    top.add_argument(
        "--version", action="version", version=f"pingsessions {version('pingsessions_nb')}"
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    for add in (add_lab, add_record, add_hunt, add_report, add_sandbox):
        add(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; errors of ours end in one sentence on stderr."""
    options, extra = parser().parse_known_args(arguments)
    if extra and options.verb != "lab":
        parser().error(visible(f"unrecognized arguments: {' '.join(extra)}"))
    try:
        return int(options.run(options, extra))
    except PingSessionsError as error:
        print(f"pingsessions {options.verb}: {visible(str(error))}", file=sys.stderr)
        return int(options.exit_code(error)) if "exit_code" in options else 1
    except KeyboardInterrupt:
        return 130
