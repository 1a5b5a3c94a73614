"""A trait of ids: a tuple, set from whatever column or list holds them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import traitlets


class Ids(traitlets.Tuple):
    """A tuple of ids that also takes a list, a Series, an Index or an array of them."""

    _cast_types = (list, pd.Series, pd.Index, np.ndarray)  # type: ignore[assignment]
