"""The one reader of numbers that users give."""

from __future__ import annotations

import contextlib
import math
import numbers

from pingsessions_nb.errors import ConfigurationError


def given_number(
    name: str,
    number: object,
    least: float,
    most: float,
    *,
    unit: str = "",
    whole: bool = False,
) -> float:
    """Read a number within bounds, an int if `whole`.

    Raises
    ------
    ConfigurationError
        Where it is none, or out of bounds; `name` says of what. True and False are none.
    """
    read = math.nan
    if isinstance(number, numbers.Real) and not isinstance(number, bool):
        with contextlib.suppress(OverflowError):  # of a whole number that no float can hold
            read = float(number)
    if not least <= read <= most or (whole and read != int(read)):
        kind = f"{'a whole number' if whole else 'a number'}{unit and ' of '}{unit}"
        msg = f"{name} is {kind} from {least:,.4g} to {most:,.9g}, not {number!r}."
        raise ConfigurationError(msg)
    return int(read) if whole else read
