"""SessionExplorer: picker, filters, signals, timeline, map, table and details, all linked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ipywidgets
import pandas as pd
import traitlets
from traitlets import Bunch

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.history import History, Source, source_of
from pingsessions_nb.tenant import Tenant
from pingsessions_nb.widgets.arrivals import Newest, in_background
from pingsessions_nb.widgets.case_list import CaseList
from pingsessions_nb.widgets.details import SessionDetails
from pingsessions_nb.widgets.explorer_cases import CaseFinder, Everybody
from pingsessions_nb.widgets.explorer_ending import SessionEnding, with_ended
from pingsessions_nb.widgets.explorer_reading import Reading, look_through, read
from pingsessions_nb.widgets.explorer_report import ReportSaving
from pingsessions_nb.widgets.explorer_status import HIDDEN, INVITATION, ExplorerStatus, nothing_of
from pingsessions_nb.widgets.explorer_tools import ExplorerTools
from pingsessions_nb.widgets.filters import Filters
from pingsessions_nb.widgets.history_traits import HistoryTrait, chosen_sessions, sessions_of
from pingsessions_nb.widgets.ids_trait import Ids, UserIds
from pingsessions_nb.widgets.live_figure import ONE_AT_A_TIME
from pingsessions_nb.widgets.location_map import LocationMap
from pingsessions_nb.widgets.picker import UserPicker
from pingsessions_nb.widgets.session_timeline import SessionTimeline
from pingsessions_nb.widgets.signal_list import SignalList
from pingsessions_nb.widgets.table import SessionTable
from pingsessions_nb.widgets.time_traits import TimeZone
from pingsessions_nb.wording import counted

if TYPE_CHECKING:
    from pingsessions_nb.archive import Archive

_BARE = "ps-explorer-bare"  # without panels, as there is nothing to put on them


class SessionExplorer(ipywidgets.VBox):
    """Pick a case or users and see their sessions on a timeline, on a map and in a table.

    A history or an archive is searched for cases at once; a tenant when "Read all users" is
    pressed. A case fills the picker with its users and selects its sessions. Select a session
    anywhere and it lights up everywhere; filters narrow all of it down. Signals are listed and
    marked. "Save report" writes all that was read, whatever the filters hide, into the working
    directory.

    Parameters
    ----------
    source : Tenant, Archive or History
        Users are picked here, and sessions read.
    value : str, sequence of str or DataFrame
        Ids, usernames or e-mail addresses of the users to show at first.
    archive : Archive, optional
        What was recorded of the tenant. With it, a switch chooses whether sessions are read from
        PingOne or from the archive.

    Attributes
    ----------
    case_list, picker, filters, tools, signal_list, timeline, map, table, details : widgets
        The parts; most also work alone. ``case_list.cases`` is the frame of cases, None before
        they are found; ``case_list.selected`` the id of the chosen one.
    value : tuple of str
        Ids of the chosen users; both sides set it. Usernames, e-mail addresses and a frame of
        users may be set, too: they are looked up.
    source : Tenant, Archive or History
    read_from : {"live", "archive"}
        Where sessions are read from if there is a switch; both sides set it.
    history : History or None
        What was read of the chosen users; None before anybody is chosen. Set it to show another,
        or an archive to show all that it holds.
    filtered : History or None
        What passes the filters.
    selected : tuple of str
        Session ids; both sides set it.
    signals : DataFrame or None
        `ps.signals` of `history`, with its source's known networks; set it to mark others.
    time_zone : str
        IANA name of the zone in which times are written.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> explorer = ps.SessionExplorer(ps.demo(users=20, seed=7))
    >>> explorer.value = "june.larkin"
    >>> explorer.value
    ('710d6278-ccce-4a91-bdb9-ac7a4a0e60d5',)
    """

    value = UserIds()
    read_from = traitlets.Enum(("live", "archive"), default_value="live")
    history = HistoryTrait()
    filtered = HistoryTrait()
    selected = Ids()
    signals = traitlets.Any(None, allow_none=True)
    time_zone = TimeZone("UTC")

    def __init__(
        self,
        source: Source,
        value: str | Sequence[str] | pd.DataFrame = (),
        archive: Archive | None = None,
        **traits: Any,
    ) -> None:
        self.source = source_of(source)
        self._tenant = source if isinstance(source, Tenant) else None
        if archive is not None and self._tenant is None:
            msg = "An archive beside the source goes with a tenant; give it as the source alone."
            raise ConfigurationError(msg)
        self.archive = archive
        self.case_list = CaseList()
        self.picker = UserPicker(source)
        self.filters = Filters()
        self.tools = ExplorerTools(can_switch=archive is not None)
        self.status = ExplorerStatus()
        self.signal_list = SignalList()
        self.timeline = SessionTimeline()
        self.map = LocationMap()
        self.table = SessionTable()
        self.details = SessionDetails()
        self._views = (self.signal_list, self.timeline, self.map, self.table, self.details)
        self._reading, self._looking = Newest(), Newest()
        self._saving = ReportSaving(self.tools, lambda: (self.history, self.source.known_networks))
        self._found: Reading | None = None
        self._crowded: pd.DataFrame | None = None
        self._sharing = False
        self._depth = 0  # of changes that are shown together
        row = ipywidgets.Box([self.filters, self.tools])
        row.add_class("ps-explorer-row")
        panels = ipywidgets.Box(self._views)
        panels.add_class("ps-explorer-panels")
        super().__init__([self.case_list, self.picker, row, self.status, panels])
        self.add_class("ps-explorer")
        self._link()
        self._show_history(None)
        self._say(INVITATION)
        self._everybody = CaseFinder(source, archive, self.case_list, self._take_everybody)
        self.set_trait("value", value)
        for name, trait in traits.items():
            setattr(self, name, trait)

    def _link(self) -> None:
        traitlets.link((self, "value"), (self.picker, "value"))
        traitlets.link((self, "read_from"), (self.tools, "read_from"))
        traitlets.link((self.filters, "time_range"), (self.timeline, "time_range"))
        for part in (self.case_list, self.filters, *self._views):
            traitlets.link((self, "time_zone"), (part, "time_zone"))
        for view in self._views:
            view.observe(self._take_selection, "selected")
        self.case_list.observe(self._show_case, "selected")
        self.filters.observe(self._show_filtered, "filtered")
        self.status.on_msg(self._on_status_message)
        if self._tenant is not None and self._may_end:
            SessionEnding(self._tenant, self.details, self._show_ended)

    @traitlets.validate("value")
    def _check_value(self, proposal: Bunch) -> tuple[str, ...]:
        return self.picker.ids_of(proposal["value"])

    @traitlets.validate("read_from")
    def _check_read_from(self, proposal: Bunch) -> str:
        if proposal["value"] == "archive" and self.archive is None:
            msg = "There is no archive to read from; give one: ps.explore(tenant, archive=...)."
            raise traitlets.TraitError(msg)
        return str(proposal["value"])

    @property
    def _may_end(self) -> bool:
        return self._tenant is not None and self._tenant.allow_end_session

    @traitlets.observe("value", "read_from")
    def _read_chosen(self, change: Bunch) -> None:
        case = self.case_list.chosen
        if case and change["name"] == "value" and case["user_ids"] != self.value:
            self.case_list.selected = ""
        self.read()

    def _take_everybody(self, found: Everybody) -> None:
        """Judge what is shown once more, now that everybody is known."""
        self._crowded = found.crowded
        if found.users is not None:
            self.picker.learn(found.users)
        reading = self._found
        if reading and reading.history is self.history and reading.signals is self.signals:
            self._look_through(reading.history, found.crowded)

    def _show_case(self, _: object) -> None:
        case = self.case_list.chosen
        if case is None:
            return
        if self.archive is not None:  # where it was found, all its sessions are
            self.read_from = "archive" if self._everybody.is_archive else "live"
        if self.value != case["user_ids"]:
            self.value = case["user_ids"]
        elif not self._reading.waiting:
            self._select_case()

    def _select_case(self) -> None:
        """Select the sessions of the chosen case, as far as they are there."""
        case = self.case_list.chosen
        if case is not None:
            self.selected = sessions_of(self.history, case["session_ids"])

    def read(self, note: str = "") -> None:
        """Read the sessions of the chosen users again, without holding up the kernel.

        Parameters
        ----------
        note : str
            What to say once they are there.
        """
        if not self.value:
            self._reading.drop()
            self.history = None
            self._say(INVITATION)
            return
        self._say(f"Reading the sessions of {counted(len(self.value), 'user')} …", "busy")
        users = self.picker.rows(self.value)
        asked = list(self.value) if users is None else users
        switched = self.archive is not None and self.read_from == "archive"
        source = self.archive if switched else self.source
        reading = in_background(read, source, asked, self.source.known_networks, self._crowded)

        def take(reading: Reading) -> None:
            self._take_reading(reading, note)

        def fail(words: str) -> None:
            # What is shown was read for other users: no error may pass it off as these users'.
            self.history = None
            self._say(words, "error")

        self._reading.ask(reading, take, fail)

    def _take_reading(self, reading: Reading, note: str) -> None:
        history = reading.history
        self._found = reading
        with self._drawn_once():
            self.history = history
            self._select_case()
        self.picker.learn(history.users)
        if reading.crowded is not self._crowded:
            self._look_through(history, self._crowded)
        if reading.trouble:
            self._say(reading.trouble, "error")
        else:
            nothing = "" if len(history) else nothing_of(self.source, self.read_from)
            self._say(" ".join(filter(None, (note, nothing))))

    def _say(self, words: str, kind: str = "") -> None:
        """Say that work is under way beside the filters if they are shown: nothing jumps."""
        beside = kind == "busy" and not self._is_bare
        self.filters.note = words if beside else ""
        self.status.say("" if beside else words, kind)

    @traitlets.observe("history")
    def _show_history(self, _: object) -> None:
        history = self.history
        self._saving.drop()
        found = self._found is not None and self._found.history is history
        if not found:
            self._reading.drop()  # or what is on its way would take this one's place
            self.filters.note = ""
        # At once, so that no filter looks for old signals in a new history.
        with self._drawn_once(), self.filters.hold_trait_notifications():
            self.filters.history = history
            self.signals = self._found.signals if found and self._found else None
        with self._alone():
            self.details.history = history
        self.tools.can_save = not self._is_bare
        self.details.can_end = self._may_end and self.read_from == "live"
        if self._is_bare:
            self.add_class(_BARE)
        else:
            self.remove_class(_BARE)
            self.status.say("")
        if not (self._is_bare or found) and history is not None:
            self._look_through(history)

    def _look_through(self, history: History, crowded: pd.DataFrame | None = None) -> None:
        """Find the signals of a history that is shown."""

        def take(reading: Reading) -> None:
            self._found = reading
            self.signals = reading.signals
            if reading.fault:
                self._say(reading.fault, "error")

        looking = in_background(look_through, history, self.source.known_networks, crowded)
        self._looking.ask(looking, take, lambda words: self._say(words, "error"))

    @traitlets.observe("signals")
    def _show_signals(self, _: object) -> None:
        self._looking.drop()
        for part in (self.filters, self.timeline, self.map, self.details):
            part.signals = self.signals
        self._show_lists()

    def _show_filtered(self, _: object) -> None:
        shown = self.filters.filtered
        with self._drawn_once(), self._alone():
            for view, history in ((self.timeline, self.filters.timeless), (self.map, shown)):
                view.empty = "" if self._is_bare else HIDDEN
                view.history = history
        self.filtered = shown
        self._select(sessions_of(self.filters.timeless, self.selected))

    @property
    def _is_bare(self) -> bool:
        return self.history is None or not len(self.history)

    def _take_selection(self, change: Bunch) -> None:
        if not self._sharing:
            self._select(change["new"])

    def _select(self, session_ids: tuple[str, ...]) -> None:
        if session_ids == self.selected:
            self._share_selection(None)
        else:
            self.selected = session_ids

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Bunch) -> tuple[str, ...]:
        return chosen_sessions(self.history, proposal["value"])

    @traitlets.observe("selected")
    def _share_selection(self, _: object) -> None:
        with self._alone():
            for view in self._views:
                view.selected = sessions_of(view.history, self.selected)

    @contextmanager
    def _drawn_once(self) -> Iterator[None]:
        """Show each part once, at the end: signals, history and selection change together.

        The pictures first, as they take a browser longest, and meanwhile the lists are made.
        """
        with ONE_AT_A_TIME:
            self._depth += 1
            try:
                with self.map._at_once(), self.timeline._at_once():
                    yield
            finally:
                self._depth -= 1
                self._show_lists()

    def _show_lists(self) -> None:
        if self._depth:
            return
        for part in (self.signal_list, self.table):
            with part.hold_sync(), self._alone():
                part.empty = "" if self._is_bare else HIDDEN
                part.signals = None  # those of now say nothing of the history to come
                part.history = self.filters.filtered
                part.signals = self.signals
                part.selected = sessions_of(part.history, self.selected)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While this changes the parts, their changes are no news."""
        before, self._sharing = self._sharing, True
        try:
            yield
        finally:
            self._sharing = before

    def _show_ended(self, session_id: str, words: str) -> None:
        """Show a session as ended; PingOne no longer lists it when it is read again."""
        if self.history is not None and sessions_of(self.history, [session_id]):
            selected, history = self.selected, with_ended(self.history, session_id)
            self._found = Reading(history, self.signals, self._crowded)
            self.history = history
            self.selected = selected
        self._say(words)

    def close(self) -> None:
        """Take the explorer and its parts away, so that nothing holds what they showed."""
        if self.children:  # else it was never built
            for asked in (self._reading, self._looking, self._saving, self._everybody):
                asked.drop()
            inside = [part for box in self.children for part in getattr(box, "children", ())]
            for one in (*inside, *self.children):
                one.layout.close()
                one.close()
            self.layout.close()
        super().close()

    def _on_status_message(self, _: object, message: dict[str, Any], __: object) -> None:
        if message.get("type") == "again":
            self.read()

    def __repr__(self) -> str:
        sessions = 0 if self.history is None else len(self.history)
        return (
            f"SessionExplorer({counted(len(self.value), 'user')}, {counted(sessions, 'session')})"
        )
