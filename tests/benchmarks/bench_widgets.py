"""How soon a timeline is seen and how soon it zooms, beside what people use today.

    python tests/benchmarks/bench_widgets.py [--sizes 1000 10000 100000 1000000] [--repeat 3]
                                             [--msticpy-python VENV/bin/python] [--pictures FOLDER]

The same sessions go to `SessionTimeline`, to `plotly.express.timeline`, to one ``scattergl`` line
trace for each colour, and to msticpy's ``display_timeline_duration`` (a bar for each session),
which has an environment of its own. From a million sessions on, ours alone.

First paint is the kernel's part, from the Python call to the bytes of the message, and the
browser's, from fetching these over loopback to the second animation frame after the drawing ended.
Each one's JavaScript is loaded beforehand. A zoom step narrows time to 64%: by a wheel event on
ours, which zooms lanes too, and by setting the axis' range on the others, until the second
animation frame. Chromium is headless and renders in software. Ends with status 1 where a target is
missed.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gc
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
from bench_signals import made
from playwright.sync_api import Error, sync_playwright

HERE = Path(__file__).parent
FACTOR = 0.64
STEPS = 8  # in, and as many out
PATIENCE_S = 240
SLOW_S = 20  # what took longer is not repeated, and zooms in only twice
OURS_ALONE = 1_000_000
WAYS = {
    "SessionTimeline": "ours",
    "px.timeline": "plotly",
    "scattergl lines": "plotly",
    "msticpy": "bokeh",
}

MSTICPY = """
import contextlib, io, json, sys, time
import pandas as pd
from bokeh.embed import json_item
with contextlib.redirect_stdout(io.StringIO()):
    from msticpy.vis.timeline_duration import display_timeline_duration
sessions = pd.read_csv(sys.argv[1], parse_dates=["created_at", "active_at"])
start = time.perf_counter()
with contextlib.redirect_stdout(io.StringIO()):
    plot = display_timeline_duration(
        sessions, group_by="session_id", time_column="created_at", end_time_column="active_at",
        hide=True, width=1200, height=460,
    )
message = json.dumps(json_item(plot))
took = time.perf_counter() - start
open(sys.argv[2], "w").write(message)
print(took)
"""


def ours(history, to):
    """Make the message of a `SessionTimeline`; seconds."""
    from ipywidgets.widgets.widget import _remove_buffers

    import pingsessions_nb as ps

    start = time.perf_counter()
    widget = ps.SessionTimeline(history)
    state, paths, buffers = _remove_buffers(widget.get_state())
    body = json.dumps(
        {"state": _plain(state), "paths": paths, "lengths": [len(b) for b in buffers]}
    )
    content = b"".join(buffers)
    took = time.perf_counter() - start
    widget.close()
    to.with_suffix(".json").write_text(body)
    to.with_suffix(".bin").write_bytes(content)
    return took


def _plain(state):
    return {
        name: value
        for name, value in state.items()
        if name.startswith("_data") or not name.startswith("_")
        if name not in ("layout", "tabbable", "tooltip")
    }


def px_timeline(history, to):
    """Make the JSON of `plotly.express.timeline`; seconds."""
    import plotly.express as px

    start = time.perf_counter()
    figure = px.timeline(
        history.sessions, x_start="created_at", x_end="active_at", y="user_id", color="browser_name"
    )
    body = figure.to_json()
    took = time.perf_counter() - start
    to.with_suffix(".json").write_text(body)
    return took


def scattergl(history, to):
    """Make the JSON of one line trace for each browser, with gaps between sessions; seconds."""
    import plotly.graph_objects as go

    start = time.perf_counter()
    sessions = history.sessions
    users = sessions["user_id"].factorize()[0].astype(float)
    figure = go.Figure()
    for browser, rows in sessions.groupby("browser_name", sort=False).indices.items():
        x = np.full((len(rows), 3), np.datetime64("NaT"), "datetime64[us]")
        y = np.full((len(rows), 3), np.nan)
        for place, name in enumerate(("created_at", "active_at")):
            x[:, place] = sessions[name].to_numpy("datetime64[us]")[rows]
            y[:, place] = users[rows]
        figure.add_scattergl(x=x.ravel(), y=y.ravel(), mode="lines", name=browser, line_width=4)
    body = figure.to_json()
    took = time.perf_counter() - start
    to.with_suffix(".json").write_text(body)
    return took


def msticpy(history, to, python):
    """Make the JSON of msticpy's timeline of durations in its own environment; seconds."""
    frame = to.with_suffix(".csv")
    columns = ["session_id", "user_id", "created_at", "active_at", "browser_name"]
    history.sessions[columns].to_csv(frame, index=False)
    command = [python, "-W", "ignore", "-c", MSTICPY, frame, to.with_suffix(".json")]
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    answer = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=4 * PATIENCE_S, env=without
    )
    return float(answer.stdout.split()[-1])


@contextlib.contextmanager
def served(folder):
    """Serve a folder on loopback; yield its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=folder)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def prepare(folder, python):
    """Put the page and each way's JavaScript where they are served."""
    import plotly

    from pingsessions_nb.widgets.assets import script, style
    from pingsessions_nb.widgets.timeline import TIMELINE_SCRIPTS, TIMELINE_STYLES

    shutil.copy(HERE / "bench_widgets.html", folder / "index.html")
    (folder / "ours.js").write_text(script(*TIMELINE_SCRIPTS))
    (folder / "ours.css").write_text(style(*TIMELINE_STYLES))
    shutil.copy(
        Path(plotly.__file__).parent / "package_data" / "plotly.min.js", folder / "plotly.js"
    )
    if python:
        where = "import bokeh, pathlib; print(pathlib.Path(bokeh.__file__).parent)"
        answer = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True)
        static = Path(answer.stdout.strip()) / "server" / "static" / "js"
        shutil.copy(static / "bokeh.min.js", folder / "bokeh.js")


def drawn(browser, url, kind, name, picture):
    """First paint and zoom steps in a fresh page, in milliseconds; None for what took too long."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(PATIENCE_S * 1000)
    try:
        page.goto(url)
        page.wait_for_function("() => window.ready")
        page.evaluate("kind => load(kind)", kind)
        first = _within(page, "name => first(name)", name)
        if first is None:
            return None, []
        if picture:
            with contextlib.suppress(Error):
                page.screenshot(path=picture, timeout=PATIENCE_S * 1000)
        many = STEPS if first < SLOW_S * 1000 else 2
        steps = []
        for factor in [FACTOR] * many + [1 / FACTOR] * many:
            steps.append(_within(page, "factor => zoom(factor)", factor))
            if steps[-1] is None:
                break
            if sum(steps) > PATIENCE_S * 500:
                break
        return first, steps
    finally:
        page.close()


def _within(page, code, argument):
    """Evaluate, giving up after a while: a page that hangs must not end the run."""
    limited = (
        f"async (argument) => Promise.race([({code})(argument),"
        f" new Promise((done) => setTimeout(() => done(null), {PATIENCE_S * 1000}))])"
    )
    return page.evaluate(limited, argument)


def run(options):
    makers = {"SessionTimeline": ours, "px.timeline": px_timeline, "scattergl lines": scattergl}
    if options.msticpy_python:
        makers["msticpy"] = functools.partial(msticpy, python=options.msticpy_python)
    results = {}
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        folder = Path(home)
        prepare(folder, options.msticpy_python)
        arguments = [
            "--disable-gpu",
            "--enable-unsafe-swiftshader",
            "--js-flags=--max-old-space-size=4096",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=arguments,
        )
        with served(folder) as url:
            for size in options.sizes:
                history = made(size)
                for turn in range(options.repeat):
                    for name, make in makers.items():
                        if size >= OURS_ALONE and name != "SessionTimeline":
                            continue
                        key = (size, name)
                        runs = results.setdefault(key, [])
                        if runs and (runs[0]["first"] is None or runs[0]["first"] > SLOW_S * 1000):
                            continue
                        gc.collect()
                        kernel = 1000 * make(history, folder / "message")
                        bytes_ = sum(p.stat().st_size for p in folder.glob("message.[jb]*"))
                        picture = (
                            options.pictures
                            and turn == 0
                            and (options.pictures / f"{name.replace(' ', '-')}-{size}.png")
                        )
                        first, steps = drawn(browser, url, WAYS[name], "message", picture or None)
                        for old in folder.glob("message.*"):
                            old.unlink()
                        runs.append(
                            {
                                "kernel": kernel,
                                "first": first,
                                "steps": steps,
                                "bytes": bytes_,
                                "load": os.getloadavg()[0],
                            }
                        )
                        print(
                            f"  {size:>9,} {name:16} {_line(runs[-1])}", file=sys.stderr, flush=True
                        )
        browser.close()
    return results


def _line(one):
    steps = [step for step in one["steps"] if step is not None]
    zoom = f"zoom {statistics.median(steps):.0f} ms" if steps else "no zoom"
    first = "none" if one["first"] is None else f"{one['first']:.0f} ms"
    return f"kernel {one['kernel']:.0f} ms, browser {first}, {zoom}, load {one['load']:.1f}"


def table(results):
    """Medians over the runs, a row for each size and way; milliseconds and megabytes."""
    rows = []
    for (size, name), runs in results.items():
        seen = [one["first"] for one in runs if one["first"] is not None]
        steps = [step for one in runs for step in one["steps"] if step is not None]
        kernel = statistics.median(one["kernel"] for one in runs)
        browser = statistics.median(seen) if seen else np.inf
        rows.append(
            {
                "sessions": size,
                "way": name,
                "kernel": kernel,
                "browser": browser,
                "paint": kernel + browser,
                "zoom": statistics.median(steps) if steps else np.inf,
                "longest": max(steps, default=np.inf),
                "MB": runs[0]["bytes"] / 1e6,
                "runs": len(runs),
                "load": max(one["load"] for one in runs),
            }
        )
    found = pd.DataFrame(rows).set_index(["sessions", "way"])
    ours = found.xs("SessionTimeline", level="way")
    for column in ("paint", "zoom"):
        found[f"{column} ratio"] = found[column].div(ours[column], level="sessions")
    return found


def missed(found):
    """Sentences on the targets that were not met."""
    faults = []
    ours = "SessionTimeline"
    if (100_000, ours) in found.index:
        at = found.loc[100_000]
        most = max(1500, at["paint"].drop(ours).min() / 3)
        if at["paint"][ours] > most:
            faults.append(f"first paint at 100,000: {at['paint'][ours]:.0f} ms > {most:.0f} ms")
        if at["zoom"][ours] > 150:
            faults.append(f"zoom step at 100,000: {at['zoom'][ours]:.0f} ms > 150 ms")
    if (OURS_ALONE, ours) in found.index and (step := found["zoom"][OURS_ALONE, ours]) > 300:
        faults.append(f"zoom step at 1,000,000: {step:.0f} ms > 300 ms")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--msticpy-python", help="an interpreter that has msticpy")
    parser.add_argument("--pictures", type=Path, help="a folder for a screenshot of each")
    options = parser.parse_args()
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
    found = table(run(options))
    print("Milliseconds and megabytes, medians of the runs; ratios to SessionTimeline.\n")
    print(found.to_string(float_format="{:,.1f}".format))
    faults = missed(found)
    print("\n" + "\n".join(f"MISSED {fault}" for fault in faults) if faults else "\nTargets met.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
