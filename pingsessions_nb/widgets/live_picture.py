"""LivePicture: what the timeline and the map are: a slim tool bar above a plotly figure.

A subclass says what to draw and what a click means; all else is here. It is this much::

    class SessionTimeline(LivePicture):
        kind, title = "timeline", "Timeline"
        view_paths = ("xaxis.range", "yaxis.range")   # layout that zoom and pan change

        color_by = traitlets.Enum(...)                # traits of its own: observe and `_redraw()`

        def _picture(self) -> Picture: ...            # of traits and view
        def _everything(self) -> dict[str, Any]: ...  # the relayout that Fit does
        def _sessions_at(self, part, point) -> Iterable[str]: ...    # a click there: `point` is
                                                      # its customdata, or else its number
        def _sessions_in(self, x, y) -> Iterable[str]: ...           # a box from x[0] to x[1] …
        def _words(self) -> str: ...                  # "10 sessions · 1 user", beside the title

`_picture` draws for `self.history`, `signals`, `selected`, `time_zone`, `theme` and whatever part
of the layout `self._seen` says is in sight. `_redraw()` calls it and carries over what differs,
once for many changes at a time (``with self._at_once():``); ``_redraw(fit=True)`` fits as well.
When zoom or pan changes the layout, `_view_changed` is called, the newest view only, and does
nothing unless a subclass redraws in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets
import traitlets

from pingsessions_nb.widgets.history_traits import HistoryTraits
from pingsessions_nb.widgets.live_figure import ONE_AT_A_TIME, LiveFigure
from pingsessions_nb.widgets.picture_bar import PictureBar
from pingsessions_nb.widgets.time_traits import TimeZone
from pingsessions_nb.wording import counted

if TYPE_CHECKING:
    from pingsessions_nb.figures.picture import Picture
    from pingsessions_nb.history import HistoryLike

NOTHING = "No sessions to show."
_SETTLE_S = 0.03  # a turn of the wheel is many steps: only where it ends is drawn


class LivePicture(HistoryTraits, ipywidgets.VBox):
    """A plotly figure of a history, linked; see this module's text for what a subclass says."""

    kind: ClassVar[str]
    title: ClassVar[str]
    colors: ClassVar[Sequence[tuple[str, str]]] = ()
    view_paths: ClassVar[tuple[str, ...]]
    unwanted: ClassVar[tuple[str, ...]] = ("lasso2d",)  # buttons of the mode bar

    time_zone = TimeZone("UTC")
    theme = traitlets.Enum(("light", "dark"), default_value="light")

    def __init__(self, history: HistoryLike | None = None, **traits: Any) -> None:
        self._depth, self._stale, self._unfitted = 1, True, True
        self._fitted = True  # nobody has taken another view since it was fitted
        self._going: dict[str, Any] = {}  # where the view is about to be
        self._timer: asyncio.TimerHandle | None = None
        self._size = (980, 360)
        self.figure = LiveFigure(f"sessions-{self.kind}", without=self.unwanted)
        self.bar = PictureBar(
            kind=self.kind, title=self.title, colors=[list(each) for each in self.colors]
        )
        super().__init__([self.bar, self.figure])
        for name in ("ps-picture", f"ps-{self.kind}"):
            self.add_class(name)
        self.figure.on_msg(self._take_message)
        self.figure.layout.on_change(self._take_view, *self.view_paths)
        for name in ("time_zone", "theme"):
            traitlets.link((self, name), (self.bar, name))
        self.bar.observe(self._show_change, "background")
        if self.colors:
            traitlets.link((self, "color_by"), (self.bar, "color_by"))
        self.history = history
        for name, value in traits.items():
            setattr(self, name, value)
        self._depth = 0
        with self.figure.hold_sync():  # one message, and a page that is opened later has it all
            self._redraw(fit=True)
            self.figure.send_whole()

    def _picture(self) -> Picture:
        raise NotImplementedError

    def _everything(self) -> dict[str, Any]:
        raise NotImplementedError

    def _opening(self) -> dict[str, Any]:
        """Return the relayout that a new history begins with: mostly all of it."""
        return self._everything()

    def _sessions_at(self, part: str, point: Any) -> Iterable[str]:  # noqa: ANN401
        raise NotImplementedError

    def _sessions_in(self, x: Sequence[Any], y: Sequence[Any]) -> Iterable[str]:
        raise NotImplementedError

    def _words(self) -> str:
        raise NotImplementedError

    def _nothing(self) -> str:
        """Say why there is nothing to draw, if there is not."""
        return "" if self.history is not None and len(self.history) else self.empty or NOTHING

    def _chosen_words(self) -> str:
        """Say beside the tools what is chosen."""
        return f"{counted(len(self.selected), 'session')} selected" if self.selected else ""

    def _clear(self) -> None:
        self.selected = ()

    def _view_changed(self) -> None:
        """Take up another view; ``self._seen`` has it."""

    def _size_changed(self) -> None:
        """Take up another size of the plot, in ``self._size``: width and height in pixels."""

    def _seen(self, path: str) -> Any:  # noqa: ANN401
        """Return what the layout says, now or in a moment, of one of `view_paths`."""
        return self._going.get(path, self.figure.layout[path])

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """Draw once, at the end, whatever changes meanwhile."""
        with ONE_AT_A_TIME:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._stale:
                    self._redraw()

    def _redraw(self, *, fit: bool = False) -> None:
        with ONE_AT_A_TIME:
            self._stale, self._unfitted = True, self._unfitted or fit
            if not self._depth:
                self._draw()

    def _draw(self) -> None:
        fit, self._stale, self._unfitted = self._unfitted, False, False
        nothing = self._nothing()
        with self.bar.hold_sync():
            self.bar.message = self.error or nothing
            self.bar.is_error = bool(self.error)
            self.bar.count = "" if nothing else self._words()
            self.bar.status = self._chosen_words()
            self.bar.clearable = "Clear" if self.bar.status else ""
        if nothing:
            return
        self.figure._fit = self._everything()
        self._going = self._opening() if fit else {}
        self._fitted = self._fitted or fit
        with self._unheard():
            picture = self._picture()
            if self.bar.background:
                picture.layout["paper_bgcolor"] = self.bar.background
                picture.layout["plot_bgcolor"] = self.bar.background
            self.figure.show_picture(picture, self._going)
        self._going = {}

    @contextmanager
    def _unheard(self) -> Iterator[None]:
        """While this changes the view, that is no news."""
        with ONE_AT_A_TIME:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1

    @traitlets.observe("history")
    def _show_history(self, _: Any) -> None:  # noqa: ANN401
        with self._at_once():
            self.selected = self._in_history(self.selected)
            self._redraw(fit=True)

    @traitlets.observe("signals", "selected", "time_zone", "theme", "error", "empty")
    def _show_change(self, _: Any) -> None:  # noqa: ANN401
        self._redraw()

    def _take_view(self, *_: Any) -> None:
        with ONE_AT_A_TIME:
            if self._depth:
                return
            self._fitted = False
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(_SETTLE_S, self._view_changed)
        except RuntimeError:  # a script: nothing else is going to happen meanwhile
            self._view_changed()

    def _take_message(self, _: Any, message: dict[str, Any], __: Any) -> None:  # noqa: ANN401
        with ONE_AT_A_TIME:
            self._act(message)

    def _act(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "listening":
            self.figure.send_whole()
        elif kind == "clear":
            self._clear()
        elif kind == "click":
            here = self._in_history(self._sessions_at(message["part"], message["point"]))
            self._choose(here, add=bool(message.get("add")))
        elif kind == "size":
            self._size = (int(message["width"]), int(message["height"]))
            self._size_changed()
        elif kind == "points":
            sets = (self._sessions_at(part, point) for part, point in message["points"])
            here = self._in_history(dict.fromkeys(one for ids in sets for one in ids))
            self.selected = (*self.selected, *here) if message.get("add") else here
        elif kind == "box":
            with self._at_once():
                here = self._in_history(self._sessions_in(message["x"], message["y"]))
                self.selected = (*self.selected, *here) if message.get("add") else here

    def _choose(self, here: tuple[str, ...], *, add: bool) -> None:
        """Select these; once more, and they are let go; ``add`` leaves the others as they are."""
        before = self.selected
        again = bool(here) and set(here) <= set(before)
        if add and again:
            self.selected = tuple(one for one in before if one not in here)
        elif add:
            self.selected = (*before, *here)
        elif here:
            self.selected = () if set(here) == set(before) else here

    def close(self) -> None:
        """Take the picture and its parts away."""
        if self._timer is not None:
            self._timer.cancel()
        self.bar.layout.close()
        for part in self.children:
            part.close()
        super().close()
