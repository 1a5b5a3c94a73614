"""The command line: the library said again, a verb each."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pingsessions_nb
from pingsessions_nb.errors import ConfigurationError, PingSessionsError

_MOST_DAYS: Final = 36500


def parser() -> argparse.ArgumentParser:
    """Return the parser of ``pingsessions``, with a subparser for each verb."""
    top = argparse.ArgumentParser(
        prog="pingsessions",
        description="What has this PingOne user been doing, from where, on what, and is it them?",
    )
    top.add_argument(
        "--version", action="version", version=f"pingsessions {pingsessions_nb.__version__}"
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_lab(verbs)
    _add_record(verbs)
    _add_report(verbs)
    _add_sandbox(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; errors of ours end in one sentence on stderr and exit code 1."""
    options, extra = parser().parse_known_args(arguments)
    if extra and options.verb != "lab":
        parser().error(f"unrecognized arguments: {' '.join(extra)}")
    try:
        return int(options.run(options, extra))
    except PingSessionsError as error:
        print(f"pingsessions {options.verb}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        msg = f"{number} is less than 1"
        raise argparse.ArgumentTypeError(msg)
    return number


def _days(text: str) -> float:
    number = float(text)
    if not 0 <= number <= _MOST_DAYS:
        msg = f"{text} is not 0 to {_MOST_DAYS}"
        raise argparse.ArgumentTypeError(msg)
    return number


def _add_lab(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    lab = verbs.add_parser(
        "lab",
        help="open JupyterLab on the curated notebooks",
        description="Bring the curated notebooks into FOLDER (existing files are kept) and open "
        "JupyterLab on the quickstart, without news or pop-ups. Unknown arguments, such as "
        "--no-browser or --port=8889, go to JupyterLab.",
    )
    lab.add_argument("folder", nargs="?", type=Path, default=Path("pingsessions-notebooks"))
    lab.set_defaults(run=_lab)


def _lab(options: argparse.Namespace, extra: Sequence[str]) -> int:
    from pingsessions_nb.lab import launch

    return launch(options.folder, extra)


def _add_addresses(verb: argparse.ArgumentParser) -> None:
    """Add what says where PingOne is, for whoever is not simply in a region."""
    verb.add_argument("--region", help="region, if not in PINGONE_REGION_CODE")
    verb.add_argument("--api-url", help="address of the API, for a gateway or the sandbox")
    verb.add_argument("--auth-url", help="address of the token endpoint, for a custom domain")


def _add_record(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    record = verbs.add_parser(
        "record",
        help="read the tenant into an archive; for cron",
        description="Read the tenant that PINGONE_* names, or some of its users, and merge what it "
        "shows into the archive, which is made if it is not there. Prints one line of JSON with "
        "what changed. A run that was killed is gone on with by the next one. Exit codes are those "
        "of sysexits.h: 0 all is recorded; 75 not all could be read, the next run tries again; 67 "
        "no such user; 74 the archive is damaged; 76 an answer that is not PingOne's; 77 not "
        "permitted; 78 a setting is wrong.",
    )
    record.add_argument("--archive", required=True, metavar="PATH", help="folder, or s3:// address")
    record.add_argument(
        "--users", nargs="+", default=[], metavar="USER", help="ids, usernames, e-mails (everybody)"
    )
    record.add_argument("--demo", action="store_true", help="record the demo tenant")
    _add_addresses(record)
    record.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="what a killed run left (beside the archive)",
    )
    record.add_argument(
        "--keep-days",
        type=_days,
        default=30,
        help="days that snapshots stay readable when small files are joined (%(default)s)",
    )
    record.set_defaults(run=_record)


def _record(options: argparse.Namespace, _extra: Sequence[str]) -> int:
    from pingsessions_nb.recording import Job, record

    return record(
        Job(
            archive=options.archive,
            users=tuple(options.users),
            demonstration=options.demo,
            region=options.region,
            api_url=options.api_url,
            auth_url=options.auth_url,
            checkpoint=options.checkpoint,
            keep_days=options.keep_days,
        )
    )


def _add_report(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = verbs.add_parser(
        "report",
        help="write what users did as a page that opens anywhere, offline",
        description="Write a self-contained page about a user's sessions: who, when, where, on "
        "what, what stands out and why. Several users become a folder with an index. PingOne is "
        "connected to as PINGONE_* environment variables say.",
    )
    report.add_argument(
        "user",
        nargs="*",
        metavar="USER",
        help="id, username or e-mail; without one, everybody (with --demo, whoever stands out)",
    )
    source = report.add_mutually_exclusive_group()
    source.add_argument("--archive", metavar="PATH", help="tell what an archive has, not PingOne")
    source.add_argument("--history", metavar="PATH", help="tell what saved responses have")
    source.add_argument("--demo", action="store_true", help="tell of the demo tenant")
    _add_addresses(report)
    report.add_argument(
        "--output",
        type=Path,
        metavar="FILE_OR_FOLDER",
        help="ends in .html: one page about all; else a folder (named after the user, here)",
    )
    report.add_argument(
        "--known-network",
        action="append",
        default=[],
        metavar="NAME=RANGE",
        help="an office or VPN, such as VPN=198.51.100.0/28, that says nothing of where users are",
    )
    report.add_argument("--redact", action="store_true", help="name nobody")
    report.add_argument(
        "--key-file", type=Path, metavar="FILE", help="makes the same pseudonyms each time"
    )
    report.add_argument(
        "--cities",
        choices=("keep", "state", "country"),
        default="keep",
        help="how precisely a redacted report tells places (%(default)s)",
    )
    report.add_argument("--pdf", action="store_true", help="print it as PDF, too, by Chromium")
    report.set_defaults(run=_report)


def _report(options: argparse.Namespace, _extra: Sequence[str]) -> int:
    from pingsessions_nb.reporting.command import write

    print(write(options))
    return 0


def _add_sandbox(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    sandbox = verbs.add_parser(
        "sandbox",
        help="run a PingOne-compatible server over a synthetic tenant",
        description="Serve a synthetic tenant on this machine as PingOne's API would. It prints "
        "the address and the credentials to connect with.",
    )
    sandbox.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    sandbox.add_argument("--port", type=int, default=8640, help="0 picks a free one (%(default)s)")
    sandbox.add_argument(
        "--users", type=_at_least_one, default=200, help="people in it (%(default)s)"
    )
    sandbox.add_argument("--seed", type=int, default=7, help="same seed, same tenant (%(default)s)")
    sandbox.add_argument("--rate", type=float, help="requests a second before 429 (no limit)")
    sandbox.add_argument(
        "--latency-ms", type=float, default=0, help="added to each answer (%(default)s)"
    )
    sandbox.add_argument(
        "--faults",
        default="",
        metavar="KIND=P,...",
        help="answers to spoil, such as 429=0.05,5xx=0.02,drop=0.01,truncate=0.01,bad_json=0.005",
    )
    sandbox.add_argument(
        "--token-seconds", type=float, default=3600, help="how long a token lives (%(default)s)"
    )
    sandbox.add_argument(
        "--population",
        action="append",
        metavar="NAME",
        help="confine the role to this population, such as Stores; may be repeated (all)",
    )
    sandbox.set_defaults(run=_sandbox)


def _sandbox(options: argparse.Namespace, _extra: Sequence[str]) -> int:
    from pingsessions_nb.sandbox.server import run

    try:
        run(
            host=options.host,
            port=options.port,
            users=options.users,
            seed=options.seed,
            rate=options.rate,
            latency_ms=options.latency_ms,
            faults=options.faults,
            token_seconds=options.token_seconds,
            populations=options.population,
        )
    except OSError as error:
        reason = error.strerror or error
        msg = f"cannot listen on {options.host}, port {options.port}: {reason}. Try --port 0."
    except (ValueError, OverflowError) as error:
        msg = f"{error}. See pingsessions sandbox --help."
    else:
        return 0
    raise ConfigurationError(msg)
