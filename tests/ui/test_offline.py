"""That the tests are cut off from the network is itself tested; and what is drawn all the same."""

import io

import pytest
from PIL import Image


def test_the_page_is_cut_off(notebook, desk):
    book = notebook(["1"])
    book.page.evaluate("() => fetch('https://example.com/x').catch(() => 0)")
    assert desk.outside == ["https://example.com/x"]
    desk.outside.clear()


def test_the_kernel_is_cut_off(notebook, lab):
    book = notebook(["1"])
    with pytest.raises(AssertionError, match="only loopback"):
        book.run("import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=5)")
    assert "192.0.2.1" in lab.kernel_requests.read_text()
    lab.kernel_requests.write_text("")


def test_the_maps_land_is_drawn_without_asking_anybody(notebook, desk):
    book = notebook(
        [
            "import pingsessions_nb as ps\n"
            "tenant = ps.demo(users=20, seed=7)\n"
            "map = ps.LocationMap(tenant.history())\n"
            "map"
        ]
    )
    figure = book.locator(".ps-map .ps-figure")
    figure.locator(".scattergeo").first.wait_for(state="attached")
    book.wait_idle()
    land = figure.evaluate(
        "(el) => getComputedStyle(el.closest('.ps-widget')).getPropertyValue('--ps-land').trim()"
    )
    wanted = tuple(int(land[i : i + 2], 16) for i in (1, 3, 5))
    shot = Image.open(io.BytesIO(figure.screenshot())).convert("RGB")
    pixels = {color: count for count, color in shot.getcolors(1 << 24)}
    near = sum(
        count
        for color, count in pixels.items()
        if max(abs(a - b) for a, b in zip(color, wanted, strict=True)) <= 3
    )
    assert near > 0.1 * shot.width * shot.height
    assert desk.outside == []
