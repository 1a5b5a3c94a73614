"""Traits of ids: a tuple, set from whatever column or list holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import traitlets


class Ids(traitlets.Tuple):
    """A tuple of ids that also takes one id, a list, a Series, an Index or an array of them."""

    _cast_types = (list, pd.Series, pd.Index, np.ndarray)  # type: ignore[assignment]

    def validate(self, obj: object, value: Iterable[str] | None) -> tuple[Any, ...] | None:
        """Take one text for one id, not for its letters."""
        return super().validate(obj, (value,) if isinstance(value, str) else value)


class UserIds(Ids):
    """Ids of users; a frame of users stands for its column ``user_id``."""

    def validate(self, obj: object, value: Iterable[str] | None) -> tuple[Any, ...] | None:
        """Take the ids out of a frame."""
        if isinstance(value, pd.DataFrame) and "user_id" in value.columns:
            value = value["user_id"].dropna()
        return super().validate(obj, value)
