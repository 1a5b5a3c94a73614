"""The process that answers `Archive.sql`: run as a script, so that it starts in little time.

The engine reads a query by recursion, and one that is nested too deeply ends the process that it
runs in. Here that is not the kernel. A question comes as a line of JSON. The answer is a line of
JSON, and where that tells no error, a stream of Arrow's.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from deltalake import DeltaTable

_STACK = 512 << 20  # reserved, not used: enough for 50,000 texts in one condition
_MOST_OPEN = 12  # tables: three of each snapshot
_OF_A_FILE = re.compile("Parquet error|Object Store error")


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer questions until there are no more; whoever asked is gone then."""
    import pyarrow as pa
    from deltalake import DeltaTable, QueryBuilder

    opened: dict[str, DeltaTable] = {}

    def table(uri: str, version: int, options: dict[str, str]) -> DeltaTable:
        key = json.dumps([uri, version, options])
        if key not in opened:
            if len(opened) >= _MOST_OPEN:
                opened.clear()
            opened[key] = DeltaTable(uri, version, storage_options=options)
        return opened[key]

    for line in questions:
        question = json.loads(line)
        engine = QueryBuilder()
        in_query = False
        try:
            for name, uri, version in question["tables"]:
                engine.register(name, table(uri, version, question["options"]))
            in_query = True
            rows = pa.table(engine.execute(question["query"]).read_all())
        except BaseException as error:  # a panic of Rust's is no Exception
            # While it runs, a bare Exception: of what the query asks for, or of a file.
            of_file = type(error) is Exception and _OF_A_FILE.search(str(error))
            of_query = in_query and isinstance(error, Exception) and not of_file
            told = {"reason": str(error).strip(), "of_query": bool(of_query)}
            answers.write(json.dumps(told).encode() + b"\n")
        else:
            answers.write(b"{}\n")
            with pa.ipc.new_stream(answers, rows.schema) as stream:
                stream.write_table(rows)
        answers.flush()


def end_with_whoever_asks() -> None:
    """Leave a process behind that ends this one as soon as nobody holds the questions' other end.

    The engine does not let go of the interpreter while it computes, so that no thread here would
    see that the kernel was killed: a query without end would go on for ever.
    """
    if not hasattr(os, "fork"):
        return
    engine = os.getpid()
    if os.fork():
        return
    os.close(1)
    os.close(2)
    ended = select.poll()
    ended.register(0, 0)  # asks for no event: that the other end is closed is told all the same
    ended.poll()
    if os.getppid() == engine:
        os.kill(engine, signal.SIGKILL)
    os._exit(0)


def main() -> None:
    """Answer on what was standard output; whatever else would write there writes to errors."""
    end_with_whoever_asks()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    work = threading.Thread(target=serve, args=(sys.stdin.buffer, answers))
    threading.stack_size(_STACK)
    work.start()
    work.join()


if __name__ == "__main__":
    main()
