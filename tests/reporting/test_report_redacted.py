"""A redacted report is searched for everything that it must not hold, in every form."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from collections.abc import Iterator

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.known_networks import KnownNetworks
from pingsessions_nb.places import country_labels

KEY = "c4d18e6a0b7f93521e8d"


def forms(text: str) -> Iterator[str]:
    """The file; without HTML's and JSON's escapes; and what is in its base64, as text."""
    yield text
    yield html.unescape(text)
    data = re.search(r'id="ps-data">(.*?)</script>', text, re.DOTALL).group(1)
    yield json.dumps(json.loads(gzip.decompress(base64.b64decode(data))), ensure_ascii=False)
    blobs = [
        base64.b64decode(found)
        for found in re.findall(r"[A-Za-z0-9+/]{8,}={0,2}", text)
        if len(found) % 4 == 0
    ]
    assert sum(map(len, blobs)) > 300_000
    for blob in blobs:
        for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
            yield blob.decode(encoding, errors="ignore")


def secrets_of(history: ps.History) -> set[str]:
    users, sessions, locations = history.users, history.sessions, history.locations
    columns = [
        *(users[name] for name in ("user_id", "username", "email", "population_id")),
        *(users[name] for name in ("name.formatted", "last_sign_on_ip", "population_name")),
        *(sessions["session_id"], sessions["user_id"], sessions["environment_id"]),
        *(sessions["last_sign_on_ip"], locations["remote_ip"], locations["session_id"]),
    ]
    found = set(pd.concat(columns).dropna())
    return {one for one in found if "xx" not in one}  # masked addresses stay masked


def people_of(history: ps.History) -> set[str]:
    """Given and family names, but for those that are also places' or this page's own words."""
    names = history.users[["given_name", "family_name"]].stack().dropna().unique()
    words = " ".join(history.locations["place"].dropna().unique())
    words += " ".join(country_labels("50m")["name"])
    return {name for name in names if len(name) > 4 and name not in words}


def leaks(text: str, history: ps.History) -> list[str]:
    secrets, people = secrets_of(history), people_of(history)
    assert len(secrets) > 500
    assert len(people) > 30
    names = re.compile(rf"\b(?:{'|'.join(map(re.escape, people))})\b")
    found = []
    for form in forms(text):
        found += [one for one in secrets if one in form]
        found += names.findall(form)
    return found


@pytest.fixture(scope="module")
def networks(tenant):
    return tenant.known_networks


def test_the_search_finds_what_is_there(everybody, tmp_path):
    found = set(leaks(ps.report(everybody, None, tmp_path / "all.html").read_text(), everybody))
    assert set(everybody.sessions["session_id"]) <= found
    assert set(everybody.users["username"]) <= found
    one = everybody.users.loc[everybody.users["family_name"].isin(people_of(everybody))].iloc[0]
    text = ps.report(everybody, one["user_id"], tmp_path / "one.html").read_text()
    assert {one["family_name"], one["email"]} <= set(leaks(text, everybody))


@pytest.mark.parametrize("cities", ["keep", pytest.param("country", marks=pytest.mark.slow)])
def test_nothing_of_the_original_is_left(opened, everybody, networks, tmp_path, cities):
    path = ps.report(
        everybody, None, tmp_path / "all.html", redact=True, cities=cities, known_networks=networks
    )
    text = path.read_text()
    assert leaks(text, everybody) == []
    assert not any(str(network) in text for network in KnownNetworks(networks).named.values())
    assert not any(name in text for name in networks)
    if cities == "country":
        cities_told = [place.split(",")[0] for place in everybody.locations["place"].dropna()]
        told = opened(path).page.inner_text("main")
        places = {"Tacoma", "Phoenix", "Chicago"} & set(cities_told)
        assert places
        assert not any(place in told for place in places)


def test_findings_are_those_of_the_original(opened, everybody, networks, traveller, tmp_path):
    options = {"known_networks": networks}
    plain = opened(ps.report(everybody, traveller, tmp_path / "plain.html", **options))
    path = ps.report(
        everybody,
        traveller,
        tmp_path / "redacted.html",
        True,
        key=KEY,
        **options,
    )
    redacted = opened(path)
    assert leaks(path.read_text(), everybody) == []
    titles = [
        report.page.locator("#findings strong").all_inner_texts() for report in (plain, redacted)
    ]
    assert titles[0] == titles[1] != []
    scores = [report.page.locator("#risk strong").all_inner_texts() for report in (plain, redacted)]
    assert scores[0] == scores[1]
    about = redacted.page.inner_text("#about")
    assert "pseudonyms made with a key" in about
    assert "cut to their network" in about
    assert "redacted" in redacted.page.locator(".eyebrow").inner_text()
    redacted.page.locator("#findings a").first.click()
    assert len(redacted.chosen()) == 1


def test_a_case_of_many_names_nobody_but_whom_the_report_is_about(everybody, tmp_path):
    case = next(each for each in ps.cases(everybody)["user_ids"] if len(each) > 3)
    plain = ps.report(everybody, case[0], tmp_path / "plain.html").read_text()
    others = [everybody.label(each) for each in case[1:]]
    assert f"{everybody.label(case[0])} and {len(others)} other users, " in plain
    assert not any(name in plain for name in others)
    path = ps.report(everybody, case[0], tmp_path / "redacted.html", redact=True)
    assert leaks(path.read_text(), everybody) == []


def test_one_key_agrees_and_two_do_not(everybody, traveller, tmp_path):
    def ids(key: str) -> set[str]:
        path = ps.report(everybody, traveller, tmp_path / f"{key}.html", redact=True, key=key)
        return set(
            re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f-]{17}", path.read_text())
        )

    told = ids(KEY)
    assert len(told) > 10
    assert ids(KEY) == told
    assert ids(KEY[::-1]) & told == set()


def test_file_names_and_the_index_name_nobody(everybody, networks, tmp_path):
    some = list(everybody.user_ids[:3])
    index = ps.report(everybody, some, tmp_path / "reports", redact=True, progress=False)
    told = " ".join(path.name for path in index.parent.iterdir()) + index.read_text()
    users = everybody.for_users(some).users
    for name in ("user_id", "username", "email"):
        assert not any(one in told for one in users[name])
    assert told.count("user-") >= 6


def test_a_history_redacted_before_is_said_to_be(everybody, traveller, tmp_path):
    redacted = ps.redact(everybody, key=KEY)
    user = ps.redact(everybody.for_users(traveller), key=KEY).user_ids[0]
    text = ps.report(redacted, user, tmp_path / "one.html").read_text()
    assert leaks(text, everybody) == []
    assert "cut to their network" in text
