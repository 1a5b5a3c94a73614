"""`pingsessions report`: its options as arguments of `ps.report`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pingsessions_nb.cli.shared_options import add_addresses, add_known_networks, told_networks
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.reporting.subject import Known, Origin
from pingsessions_nb.reporting.writing import report


def add_report(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb ``report`` and its options."""
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
    add_addresses(report)
    report.add_argument(
        "--output",
        type=Path,
        metavar="FILE_OR_FOLDER",
        help="ends in .html: one page about all; else a folder (named after the user, here)",
    )
    add_known_networks(report)
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
    report.add_argument(
        "--time-zone", default="UTC", metavar="NAME", help="whose clock it writes (%(default)s)"
    )
    report.add_argument("--pdf", action="store_true", help="print it as PDF, too, by Chromium")
    report.set_defaults(run=_run_report)


def _run_report(options: argparse.Namespace, _extra: Sequence[str]) -> int:
    print(write(options))
    return 0


def write(options: argparse.Namespace) -> Path:
    """Write the report that the command line asks for; return the page, or a folder's index.

    Raises
    ------
    PingSessionsError
        Where something is missing or wrong.
    """
    if (options.key_file or options.cities != "keep") and not options.redact:
        raise ConfigurationError("--key-file and --cities say how to redact: add --redact.")
    users: Any = options.user or None
    networks = told_networks(options.known_network)
    elsewhere = [options.region, options.api_url, options.auth_url]
    if any(elsewhere) and (options.demo or options.archive or options.history):
        msg = "--region, --api-url and --auth-url say where PingOne is, which is not asked here."
        raise ConfigurationError(msg)
    if options.demo:
        source, users = _demo(users)
    else:
        source = _source(options)
    if networks:
        known = source.history if isinstance(source, Known) else source
        networks = {**known.known_networks, **networks}
    return report(
        source,
        users[0] if users and len(users) == 1 else users,
        options.output,
        redact=options.redact,
        key=_key(options.key_file),
        cities=options.cities,
        pdf=options.pdf,
        time_zone=options.time_zone,
        known_networks=networks or None,
    )


def _source(options: argparse.Namespace) -> object:
    if options.archive:
        from pingsessions_nb.archive import Archive

        return Archive(options.archive)
    if options.history:
        from pingsessions_nb.history.saved_responses import read_history

        return Known(read_history(options.history), Origin("history", options.history))
    from pingsessions_nb.tenant import connect

    return connect(region=options.region, api_url=options.api_url, auth_url=options.auth_url)


def _demo(users: list[str] | None) -> tuple[Any, list[str]]:
    """Return everybody's history, so that one is compared with all, and who stands out most."""
    from pingsessions_nb.detectors import signals
    from pingsessions_nb.tenant import demo

    tenant = demo()
    history = tenant.history()
    return (
        Known(history, Origin("tenant", tenant.name)),
        users or signals(history)["user_id"].head(1).tolist(),
    )


def _key(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        msg = f"The key cannot be read from {path}: {error.strerror}."
        raise ConfigurationError(msg) from error
    if not key:
        msg = f"{path} holds no key. Put a long random text into it and keep it secret."
        raise ConfigurationError(msg)
    return key
