"""Traits that are instants and zones: checked in Python, milliseconds on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pandas as pd
import traitlets

from pingsessions_nb.arguments import given_zone
from pingsessions_nb.errors import ConfigurationError


class TimeZone(traitlets.Unicode[str, str]):
    """The IANA name of a time zone, such as ``Europe/Paris``."""

    def validate(self, obj: object, value: object) -> str:
        """Refuse a name that the time zone database does not hold."""
        name: str = super().validate(obj, value)
        try:
            given_zone(name)
        except ConfigurationError as error:
            raise traitlets.TraitError(str(error)) from None
        return name


class TimeRange(traitlets.TraitType[tuple[pd.Timestamp, pd.Timestamp] | None, Any]):
    """None, or two instants in order, held as UTC `pandas.Timestamp`."""

    default_value = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.tag(to_json=_to_milliseconds, from_json=_from_milliseconds)

    def validate(
        self,
        obj: object,  # noqa: ARG002
        value: Iterable[Any] | None,
    ) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """Take anything that pandas reads as an instant; a naive one is UTC."""
        if value is None:
            return None
        try:
            start, end = (_instant(part) for part in value)
        except (TypeError, ValueError):
            msg = f"time_range is None or two instants (start, end), not {value!r}."
            raise traitlets.TraitError(msg) from None
        if not start <= end:
            msg = f"time_range starts after its end: {start} to {end}."
            raise traitlets.TraitError(msg)
        return start, end


def _instant(value: str | datetime) -> pd.Timestamp:
    stamp = pd.Timestamp(value)
    if not isinstance(stamp, pd.Timestamp):
        raise TypeError
    return stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")


def _to_milliseconds(
    value: tuple[pd.Timestamp, pd.Timestamp] | None, _: object
) -> list[float] | None:
    return None if value is None else [stamp.timestamp() * 1000 for stamp in value]


def _from_milliseconds(value: list[float] | None, _: object) -> object:
    return None if value is None else tuple(pd.Timestamp(ms, unit="ms", tz="UTC") for ms in value)
