"""One task on each part of an archive: here, on a Dask cluster, or through a Spark session.

A worker reads its part itself, so that neither engine need know the tables. What it returns is what
it would return here.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import pandas as pd

from pingsessions_nb.errors import ArchiveError, ConfigurationError

if TYPE_CHECKING:
    from distributed import Client
    from pyspark.sql.connect.session import SparkSession

    Engine: TypeAlias = Client | SparkSession

Part = TypeVar("Part")
Found = TypeVar("Found")
_PIECE: Final = 1 << 20  # bytes of a row: Spark's messages are bounded
_LONGEST_REASON: Final = 500


def on_each(
    parts: Sequence[Part], client: Engine | None, task: Callable[..., Found], *args: object
) -> list[Found]:
    """Return what a task returns of each part, in their order.

    Without a client the work is done here; else by its workers, which need pingsessions_nb, and
    find the task by its module and name. Parts are small. Where the client is neither Dask's nor
    Spark's, that is a `ConfigurationError`; where Spark's workers failed, an `ArchiveError`.
    """
    if client is None:
        return [task(part, *args) for part in parts]
    engine: Any = client
    if hasattr(engine, "scatter") and hasattr(engine, "submit"):
        return _on_dask(parts, engine, task, args)
    if hasattr(engine, "range") and hasattr(engine, "createDataFrame"):
        return _on_spark(parts, engine, task, args)
    msg = (
        f"client is a {type(client).__name__}, but should be a dask.distributed Client or a "
        "SparkSession."
    )
    raise ConfigurationError(msg)


def _on_dask(
    parts: Sequence[Part], client: Client, task: Callable[..., Found], args: tuple[object, ...]
) -> list[Found]:
    # Named by content, equal arguments of two calls would be freed with those of the first.
    shared = client.scatter(list(args), broadcast=True, hash=False) if args else []
    running = [client.submit(task, part, *shared, pure=False) for part in parts]
    found: list[Found] = client.gather(running)
    return found


def _on_spark(
    parts: Sequence[Part], spark: SparkSession, task: Callable[..., Found], args: tuple[object, ...]
) -> list[Found]:
    from pyspark.errors import PySparkException

    work = partial(_pieces, pickle.dumps((task, list(parts), args)))
    numbers = spark.range(0, len(parts), 1, len(parts))
    try:
        answered = numbers.mapInPandas(work, "part long, piece long, bytes binary").toPandas()
    except PySparkException as error:
        reason = " ".join(str(error).split())[-_LONGEST_REASON:]
    else:
        answered = answered.sort_values(["part", "piece"])
        joined = answered.groupby("part")["bytes"].agg(b"".join)
        # From workers that the session's owner runs, and that read what its owner reads.
        return [pickle.loads(joined[number]) for number in range(len(parts))]  # noqa: S301
    msg = f"Spark could not work through the archive: {reason}. Its workers need pingsessions_nb, "
    raise ArchiveError(f"{msg}and reach the archive at the same address.")


def _pieces(work: bytes, frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Do the work on the parts whose numbers come, on one of Spark's workers."""
    task, parts, args = pickle.loads(work)  # noqa: S301 - of the session that asks
    for frame in frames:
        for number in frame["id"].tolist():
            told = pickle.dumps(task(parts[number], *args), protocol=5)
            pieces = [told[at : at + _PIECE] for at in range(0, len(told), _PIECE)]
            for piece, some in enumerate(pieces):
                yield pd.DataFrame({"part": [number], "piece": [piece], "bytes": [some]})
