"""`pingsessions hunt`: what the last recording brought that deserves an analyst; for cron.

Each case is told once: what was told is kept in the archive after it was written out, in one
commit. A run that is killed before that is told again by the next one, and nothing is lost.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from typing import Final

import pandas as pd

from pingsessions_nb.archive import Archive
from pingsessions_nb.cli.exit_codes import EXIT_CODES, UNEXPECTED, exit_code
from pingsessions_nb.cli.shared_options import add_known_networks, told_networks
from pingsessions_nb.errors import ArchiveError, PingSessionsError
from pingsessions_nb.reporting.case_formats import FORMATS
from pingsessions_nb.wording import SEVERITIES, counted

NOTHING_NEW: Final = 0
NEW_CASES: Final = 1
_MOST: Final = 1_000_000


def add_hunt(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb ``hunt`` and its options."""
    hunt = verbs.add_parser(
        "hunt",
        help="tell the cases that the last recording brought, each once; for cron",
        description="Tell the cases of an archive that are new, or graver or larger than when they "
        "were told, the most urgent first and each once: what was told is kept in the archive. The "
        "first time, what was there before the last recording counts as told. Exit codes: 0 "
        "nothing new; 1 new cases; else those of sysexits.h: 70 a fault of this program; 74 there "
        "is no archive, or it is damaged; 75 it cannot be reached for now; 78 a setting is wrong.",
    )
    hunt.add_argument("--archive", required=True, metavar="PATH", help="folder, or s3:// address")
    which = hunt.add_mutually_exclusive_group()
    which.add_argument(
        "--new", action="store_true", help="what nobody was told of yet (this is the default)"
    )
    which.add_argument(
        "--since",
        metavar="TIME",
        help="instead, what recordings since then brought, told or not, such as 2026-03-01; "
        "nothing of it counts as told",
    )
    hunt.add_argument(
        "--format",
        choices=tuple(FORMATS),
        default="text",
        help="ndjson: a line of JSON for each case; html: a page (%(default)s)",
    )
    hunt.add_argument(
        "--most",
        type=_number,
        metavar="N",
        help="the N most urgent; the others are new until they are told (all)",
    )
    hunt.add_argument(
        "--severity",
        choices=SEVERITIES,
        default="low",
        help="only cases at least so severe (%(default)s, which is all)",
    )
    add_known_networks(hunt)
    hunt.set_defaults(run=_run_hunt, exit_code=exit_code)


def _run_hunt(options: argparse.Namespace, _extra: Sequence[str]) -> int:
    try:
        return _hunt(options)
    except PingSessionsError:
        raise
    except OSError as error:  # whoever reads what is written has gone, or a disk is full
        print(f"pingsessions hunt: cannot write: {error.strerror}.", file=sys.stderr)
        return EXIT_CODES[ArchiveError]
    except Exception:  # Python's own exit code would mean new cases
        traceback.print_exc()
        return UNEXPECTED


def _hunt(options: argparse.Namespace) -> int:
    archive = Archive(options.archive)
    networks = told_networks(options.known_network)
    if networks:
        networks = {**archive.known_networks, **networks}
    if options.since is None:
        found = archive.new_cases(known_networks=networks or None)
    else:
        found = archive.cases(since=options.since, known_networks=networks or None)
    grave = SEVERITIES[: SEVERITIES.index(options.severity) + 1]
    found = found[found["severity"].isin(grave)].reset_index(drop=True)
    shown = found.head(options.most) if options.most else found
    write = FORMATS[options.format]
    sys.stdout.write(write(shown, f"Archive {options.archive}", pd.Timestamp.now("UTC")))
    sys.stdout.flush()
    if options.since is None:
        archive.keep_told(shown)
    if len(found) > len(shown):
        more = counted(len(found) - len(shown), "more case")
        print(f"pingsessions hunt: {more} not told; the next run tells of them.", file=sys.stderr)
    return NEW_CASES if len(shown) else NOTHING_NEW


def _number(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST:
        raise argparse.ArgumentTypeError(f"{text} is not 1 to {_MOST}")
    return number
