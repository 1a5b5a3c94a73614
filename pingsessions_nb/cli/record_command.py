"""`pingsessions record`: one run of a scheduled job that reads a tenant into an archive.

Nothing is printed but a line of JSON with what changed; trouble is a sentence on stderr and an
exit code of ``sysexits.h``, so that a scheduler can tell what to try again from what to mend.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from pingsessions_nb.archive import Archive
from pingsessions_nb.archive.incremental import SWEEP, UPDATE
from pingsessions_nb.cli.exit_codes import COMPLETE, EXIT_CODES, INCOMPLETE, INTERRUPTED, exit_code
from pingsessions_nb.cli.shared_options import add_addresses
from pingsessions_nb.errors import ConfigurationError, NotFound
from pingsessions_nb.history import History
from pingsessions_nb.tenant import Tenant, connect, demo
from pingsessions_nb.wording import visible

_STALE: Final = 12 * 3600  # seconds: what an older checkpoint holds is no longer news
_MOST_A_READING_TAKES: Final = pd.Timedelta(days=1)
_TIDY_AFTER: Final = 30  # recordings
_GONE: Final = 404  # a user deleted while others were read, which is normal
_MOST_TOLD: Final = 5
_MOST_DAYS: Final = 36500


def add_record(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb ``record`` and its options."""
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
    add_addresses(record)
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
    record.add_argument(
        "--full-every",
        type=_days,
        default=7,
        metavar="DAYS",
        help="days after which everybody is read again; in between, whoever signed on since or had "
        "a session that may still live (%(default)s)",
    )
    record.set_defaults(run=_record, exit_code=exit_code)


def _days(text: str) -> float:
    number = float(text)
    if not 0 <= number <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text} is not 0 to {_MOST_DAYS}")
    return number


def _record(options: argparse.Namespace, _extra: Sequence[str]) -> int:
    begun = time.monotonic()
    archive = Archive(options.archive)
    resume = options.checkpoint or _beside(options)
    with contextlib.suppress(OSError):  # none there; what cannot be read is told below
        if time.time() - resume.stat().st_mtime > _STALE:
            resume.unlink()
    began = pd.Timestamp.now("UTC")
    if resume.exists():  # it may have begun long before
        began -= _MOST_A_READING_TAKES
    with _connected(options) as tenant, warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        history, asked, action = _read(options, tenant, archive, resume)
    if any(str(warning.message).startswith("Interrupted") for warning in said):
        print(
            f"pingsessions record: interrupted; the next run goes on from {resume}.",
            file=sys.stderr,
        )
        return INTERRUPTED
    gone = (history.failures["status"] == _GONE).fillna(False)
    unread = history.failures[~gone]
    # Whoever could not be read stays as they were recorded, and so due.
    known = ~history.users["user_id"].isin(history.failures["user_id"])
    history.users = history.users[known].reset_index(drop=True)
    partial = action is None or len(unread)
    changes = (
        archive.record(history)
        if partial
        else archive.record(history, seen_at=began, action=action)
    )
    resume.unlink(missing_ok=True)
    told = {
        "archive": options.archive,
        "read": action or "users",
        "users": len(history.user_ids),
        "users_asked": asked,
        "sessions": len(history),
        **changes,
        "users_gone": int(gone.sum()) if partial else changes.users_gone,
        "users_unread": len(unread),
        "seconds": round(time.monotonic() - begun, 3),
    }
    print(json.dumps(told), flush=True)
    _tidy(archive, options.keep_days)
    named = history.failures[gone] if options.users else unread
    for error in pd.concat([unread, named])["error"].drop_duplicates().head(_MOST_TOLD):
        print(f"pingsessions record: {visible(str(error))}", file=sys.stderr)
    if len(unread):
        return INCOMPLETE
    return EXIT_CODES[NotFound] if len(named) else COMPLETE


def _read(
    options: argparse.Namespace, tenant: Tenant, archive: Archive, resume: Path
) -> tuple[History, int, str | None]:
    """Read who is named; else everybody, or whoever can have news.

    Return with it how many users' sessions were asked for, and what `Archive.record` is to call it.
    """
    if options.users or archive.sweep_is_due(options.full_every):
        history = tenant.history(list(options.users) or None, checkpoint=resume, progress=False)
        return history, len(history.user_ids), None if options.users else SWEEP
    listed = tenant.users()
    due = archive.due(listed)
    try:
        history = tenant.history(due, checkpoint=resume, progress=False)
    except ConfigurationError:  # it was of others: since then, more have signed on
        resume.unlink(missing_ok=True)
        history = tenant.history(due, checkpoint=resume, progress=False)
    history.users = listed
    return history, len(due), UPDATE


def _connected(options: argparse.Namespace) -> Tenant:
    if options.demo:
        return demo()
    return connect(region=options.region, api_url=options.api_url, auth_url=options.auth_url)


def _tidy(archive: Archive, keep_days: float) -> None:
    actions = archive.snapshots()["action"].tolist()
    since = actions[::-1].index("compact") if "compact" in actions else len(actions)
    if since >= _TIDY_AFTER:
        archive.compact(keep_days)


def _beside(options: argparse.Namespace) -> Path:
    """Return the checkpoint's default place: beside a folder, else in the user's cache.

    Its name tells apart what is read, so that one job does not trip over what another left.
    """
    environment = os.environ.get("PINGONE_ENVIRONMENT_ID")
    asked = (tuple(options.users), options.demo, options.region, options.api_url)
    read = repr((options.archive, *asked, environment))
    name = f"{hashlib.sha256(read.encode()).hexdigest()[:12]}.checkpoint"
    if "://" not in options.archive:
        return Path(f"{options.archive.rstrip('/')}.{name}")
    cache = Path.home() / ".cache" / "pingsessions"
    try:
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        msg = f"The folder {cache} cannot be made: {error.strerror}. Give --checkpoint FILE."
        raise ConfigurationError(msg) from None
    return cache / name
