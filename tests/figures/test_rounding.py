"""Figures hold what a person could tell apart, so that a saved one is the same everywhere."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

import pingsessions_nb as ps
from pingsessions_nb.figures.rounding import DECIMALS, rounded


def numbers(node):
    """Every floating-point number in a figure's JSON."""
    if isinstance(node, dict):
        node = list(node.values())
    if isinstance(node, list):
        return [number for each in node for number in numbers(each)]
    return [node] if isinstance(node, float) else []


def as_json(figure):
    figure = go.Figure(figure)
    for trace in figure.data:  # plotly would pack arrays as base64
        for name in ("x", "y", "lat", "lon", "base", "customdata"):
            value = getattr(trace, name, None)
            if isinstance(value, np.ndarray):
                read = value.dtype == np.float32  # land, from a file: the same everywhere
                trace[name] = [str(number) for number in value] if read else value.tolist()
    return json.loads(figure.to_json())


@pytest.mark.parametrize("draw", [ps.timeline_figure, ps.map_figure])
def test_no_number_of_a_figure_has_more_digits_than_can_be_seen(draw, everybody):
    found = numbers(as_json(draw(everybody, signals=ps.signals(everybody))))
    assert [number for number in found if number != round(number, DECIMALS)] == []


def test_a_last_digit_changes_nothing():
    turn = np.linspace(0, 6, 50)
    here = go.Scatter(x=np.sin(turn), y=[1 / 3, None, 2], marker={"size": np.exp(turn)})
    there = go.Scatter(
        x=np.nextafter(np.sin(turn), 9),
        y=[np.nextafter(1 / 3, 9), None, 2],
        marker={"size": np.nextafter(np.exp(turn), 999)},
    )
    layout = {"shapes": [{"type": "line", "x0": -1e-9, "x1": 0.1 + 0.2}]}
    once = rounded(go.Figure(here, layout=layout))
    assert once.to_json() == rounded(go.Figure(there, layout=layout)).to_json()
    shape = once.layout.shapes[0]
    assert (shape.type, str(shape.x0), shape.x1) == ("line", "0.0", 0.3)


def test_what_is_no_number_stays():
    figure = go.Figure(go.Bar(x=["a", None], y=np.array([1, 2]), text=["one", "two"]))
    before = figure.to_json()
    assert rounded(figure).to_json() == before
