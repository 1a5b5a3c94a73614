"""`report`: a history told to somebody else, as one file, or a folder of them with an index."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pingsessions_nb.arguments import given_zone
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.history import History, HistoryLike, Source
from pingsessions_nb.history.redaction_note import Cities
from pingsessions_nb.redaction import redact
from pingsessions_nb.reporting.composing import index_page, report_page
from pingsessions_nb.reporting.packed_plotly import SHARED_FILE, shared_script
from pingsessions_nb.reporting.printing import find_browser, print_pdf
from pingsessions_nb.reporting.subject import Known, Subject, must_know, read_source

if TYPE_CHECKING:
    from pingsessions_nb.archive import Archive
    from pingsessions_nb.scoring import RiskModel
    from pingsessions_nb.tenant.user_lookup import Users

_PAGES = (".html", ".htm")
_NOT_IN_NAMES = re.compile(r"[^\w.@+-]+")


def report(
    source: Source | Known,
    user: Users | None = None,
    path: str | os.PathLike[str] | None = None,
    redact: bool = False,
    *,
    key: str | bytes | None = None,
    cities: Cities = "keep",
    pdf: bool = False,
    time_zone: str = "UTC",
    fit: HistoryLike | RiskModel | None = None,
    progress: bool = True,
    **thresholds: Any,
) -> Path:
    """Write a report that opens in any browser, from disk, without a network.

    It says who, when, where and on what; what was found and how sure that is; with a timeline and
    a map, live and linked with the table of sessions, and where all of it comes from. A page alone
    holds all that it needs; the pages of a folder share the ``plotly.js`` beside them.

    Parameters
    ----------
    source : Tenant, Archive or History
    user : str, list of str, DataFrame or None
        An id, username or e-mail address; several; a frame with ``user_id``; None for everybody.
    path : path, optional
        A name that ends in ``.html``: one page about all of them. Any other: a folder, with a page
        for each user and an ``index.html`` if they are several. Without one, a page named after
        the user, or the folder ``session-reports``, here. It is replaced if it exists.
    redact : bool
        Whether to put pseudonyms for names: see `ps.redact`. Signals and risk are the originals'.
    key, cities
        As for `ps.redact`.
    pdf : bool
        Whether to print each page as PDF, too, beside it; this needs Chromium, Chrome or Edge.
    time_zone : str
        IANA name of the zone in which times are written, in the text and in the pictures.
    fit : History, Archive or RiskModel, optional
        The population that the risk of a few users is measured against: see `ps.risk`.
    progress : bool
        Whether many users show a progress bar.
    **thresholds
        As for `ps.signals`, such as ``known_networks``.

    Returns
    -------
    Path
        The page, or the index of the folder.

    Raises
    ------
    NotFound
        There is no such user.
    ConfigurationError
        There are no sessions to report, the path cannot be written, a threshold, the time zone or
        the source is of no use, or a PDF is wanted and there is nothing to print it with.
    ApiError, ArchiveError
        The source cannot be read.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pingsessions_nb as ps
    >>> path = pathlib.Path(tempfile.mkdtemp(), "ariel.html")
    >>> ps.report(ps.demo(users=20, seed=7), "ariel.friedman", path=path, redact=True).name
    'ariel.html'
    >>> "ariel.friedman" in path.read_text(encoding="utf-8")
    False
    """
    given_zone(time_zone)
    browser = find_browser() if pdf else None
    if user is not None and not isinstance(user, str) and not hasattr(user, "columns"):
        user = list(user)
    history, origin = read_source(source, user, progress=progress)
    if user is not None:
        must_know(history, user, origin)
    whole = cast("Archive", source) if user is not None and origin.kind == "archive" else None
    subject = Subject.of(history, origin, thresholds, fit, everybody=whole)
    if user is not None:
        subject = subject.for_users(user)
    if subject.history.sessions.empty:
        whose = f"{user} has" if isinstance(user, str) else "These users have"
        msg = f"{whose} no sessions in this {origin.kind}, so there is nothing to report."
        raise ConfigurationError(msg)
    if redact:
        subject = subject.redacted(_redacted(subject.history, key, cities))
    page, folder = _destination(subject, path)
    if page is not None:
        pages = [_write(page, report_page(subject, time_zone=time_zone))]
    else:
        pages = _write_folder(subject, folder, time_zone, progress=progress)
    if browser is not None:
        for each in pages:
            print_pdf(browser, each)
    return pages[-1]


def _redacted(history: History, key: str | bytes | None, cities: Cities) -> History:
    return redact(history, key, cities=cities)


def _destination(subject: Subject, path: str | os.PathLike[str] | None) -> tuple[Path | None, Path]:
    """Return the one page to write, or None, and the folder for pages."""
    several = len(subject.history.user_ids) > 1
    if path is None:
        folder = Path("session-reports") if several else Path()
        return (None if several else folder / _file_name(subject, "session-report-")), folder
    chosen = Path(path).expanduser()
    if chosen.suffix.casefold() in _PAGES:
        return chosen, chosen.parent
    if chosen.suffix.casefold() == ".pdf":
        msg = f"A report is a page of HTML: write {chosen.with_suffix('.html')} with pdf=True."
        raise ConfigurationError(msg)
    return (None if several else chosen / _file_name(subject, "session-report-")), chosen


def _file_name(subject: Subject, beginning: str = "") -> str:
    label = subject.history.label(subject.history.user_ids[0])
    return f"{beginning}{_NOT_IN_NAMES.sub('-', label).strip('.-')[:80] or 'user'}.html"


def _write_folder(subject: Subject, folder: Path, time_zone: str, *, progress: bool) -> list[Path]:
    """Write a page for each user who has sessions, then the index, which is the last.

    Plotly, of 2 MB, is there once, for all of them.
    """
    from tqdm.auto import tqdm

    _write(folder / SHARED_FILE, shared_script())
    users = subject.history.sessions["user_id"].dropna().unique().tolist()
    files: dict[str, str] = {}
    taken = {"index.html"}
    pages = []
    for user_id in tqdm(users, desc="Reports", unit="user", disable=not progress):
        one = subject.for_users([user_id])
        name = first = _file_name(one)
        number = 1
        while name.casefold() in taken:  # people may share a name, whole or shortened
            number += 1
            name = f"{first.removesuffix('.html')}-{number}.html"
        taken.add(name.casefold())
        files[user_id] = name
        pages.append(_write(folder / name, report_page(one, time_zone=time_zone, shares=True)))
    index = index_page(subject, files, time_zone=time_zone)
    return [*pages, _write(folder / "index.html", index)]


def _write(path: Path, text: str) -> Path:
    """Write a file, all or nothing; it holds personal data and is readable by its owner alone."""
    with _in_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    return path


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        msg = f"The report cannot be written to {path}: {why}. Give another path."
        raise ConfigurationError(msg) from error
