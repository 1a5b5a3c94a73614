"""Browsers, systems and devices under other names are no news; what is another thing stays one."""

import pytest
from made_history import history, session, usual

import pingsessions_nb as ps

MAC = ("Safari", "26.0", "Mac OS X", "10.15.7", "Mac")
PHONE = ("Mobile Safari", "18.1", "iOS", "18.1", "iPhone")
ANDROID = ("Chrome Mobile", "141.0", "Android", "15", "Samsung SM-S921B")
EDGE = ("Edge", "141.0", "Windows", "10", "Other")

RENAMES = [
    (MAC, ("Safari", "26.1", "OS X", "15", "Desktop")),
    (MAC, ("safari", "26.1", "macOS 15.1", None, "Other")),
    (EDGE, ("Microsoft Edge", "142.0", "WINDOWS 11", None, "PC")),
    (EDGE, ("MSEdge", "142.0", " Microsoft  Windows ", "10", "Computer")),
    (PHONE, ("Mobile Safari UI/WKWebView", None, "iOS", "18.1", "iPhone")),
    (PHONE, ("Instagram", "300", "iPhone OS 18.2", None, "iPhone 15 Pro")),
    (PHONE, ("Safari", "18.1", "iOS", "18.1", "iPhone14,5")),
    (ANDROID, ("Chrome", "142.0", "Android 16", None, "SM-S921B")),
    (ANDROID, ("Chrome Mobile WebView", "141.0", "Android", "15", "K")),
    (ANDROID, ("Android WebView", "141.0", "Android", "15", "Generic Smartphone")),
]
NEWS = [
    (MAC, ("Safari", "18.1", "iOS", "18.1", "iPhone")),
    (PHONE, ("Instagram", "300", "Android", "15", "Pixel 9")),
    (EDGE, ("HeadlessChrome", "141.0", "Windows", "10", "Other")),
    (EDGE, ("Edge", "141.0", "Windows Phone", None, "Other")),
    (ANDROID, ("Chrome Mobile", "141.0", "Android", "15", "Pixel 8")),
    (PHONE, ("Mobile Safari", "18.1", "iOS", "18.1", "iPad")),
]


def found_after(before, after):
    return ps.signals(history(*usual(device=before), session(0, device=after)), kinds="new_device")


@pytest.mark.parametrize(("before", "after"), RENAMES)
def test_another_name_is_no_new_device(before, after):
    assert found_after(before, after).empty


@pytest.mark.parametrize(("before", "after"), NEWS)
def test_another_thing_is(before, after):
    assert len(found_after(before, after)) == 1
