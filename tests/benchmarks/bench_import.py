"""What ``import pingsessions_nb`` costs beside ``import pandas``; run it as a program."""

import statistics
import subprocess
import sys
import time

PEERS = {
    "python": "pass",
    "pandas": "import pandas",
    "pingsessions_nb": "import pingsessions_nb",
    "pingsessions_nb, pandas": "import pingsessions_nb, pandas",
}
ROUNDS = 9


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main() -> None:
    times: dict[str, list[float]] = {name: [] for name in PEERS}
    for _ in range(ROUNDS):
        for name, statement in PEERS.items():
            times[name].append(seconds(statement))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, median in medians.items():
        print(f"{name:26} {median * 1000:7.0f} ms   {median / medians['pandas']:.2f} of pandas")


if __name__ == "__main__":
    main()
