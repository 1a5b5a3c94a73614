"""`read_history`: saved responses of every form, and what is in their place."""

import gzip
import json
import os

import pandas as pd
import pytest

import pingsessions_nb as ps


def session(number, user="u"):
    created = f"2026-01-{number:02d}T00:00:00.000Z"
    return {"id": f"s{number}", "user": {"id": user}, "createdAt": created, "activeAt": created}


def page(*numbers):
    return {"_embedded": {"sessions": [session(number) for number in numbers]}}


USERS = {"_embedded": {"users": [{"id": "u", "username": "ann"}]}}
PAGES = [page(4, 3), page(2, 1)]
ERROR = {"id": "c-1", "code": "ACCESS_FAILED", "message": "The request could not be completed."}


def lines(values):
    return "\n".join(json.dumps(value) for value in values)


def ids(history):
    return history.sessions["session_id"].tolist()


FORMS = {
    "page.json": json.dumps(page(4, 3, 2, 1)),
    "pretty.json": json.dumps(page(4, 3, 2, 1), indent=4),
    "windows.json": "\ufeff" + json.dumps(page(4, 3, 2, 1), indent=4).replace("\n", "\r\n"),
    "list.json": json.dumps(PAGES),
    "appended.json": "".join(json.dumps(one, indent=2) + "\n" for one in PAGES),
    "sessions.json": json.dumps([session(n) for n in (4, 3, 2, 1)]),
    "pages.ndjson": lines(PAGES) + "\n",
    "sessions.jsonl": lines([session(n) for n in (4, 3, 2, 1)]) + "\n\n",
    "mixed.ndjson": lines([page(4, 3), session(2), [session(1)], USERS]),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gz"])
def test_every_form_gives_the_same_history(form, zipped, tmp_path):
    content = FORMS[form].encode()
    file = tmp_path / (form + ".gz" if zipped else form)
    file.write_bytes(gzip.compress(content) if zipped else content)
    history = ps.read_history(file)
    assert ids(history) == ["s4", "s3", "s2", "s1"]
    assert history.failures.empty
    assert history.label("u") == ("ann" if form.startswith("mixed") else "u")


def test_utf_16_as_windows_redirects_it_is_read(tmp_path):
    file = tmp_path / "page.json"
    file.write_text(json.dumps(page(1)), encoding="utf-16")
    assert ids(ps.read_history(str(file))) == ["s1"]


def test_a_folder_is_read_whole_and_each_session_once(tmp_path):
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "a.json").write_text(json.dumps(page(1)))
    (tmp_path / "b" / "d.ndjson").write_text(lines([page(2), page(1)]))
    (tmp_path / "b" / "c" / "users.json.gz").write_bytes(gzip.compress(json.dumps(USERS).encode()))
    (tmp_path / "notes.txt").write_text("not a response")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "e.json").write_text("nonsense")
    history = ps.read_history(tmp_path)
    assert ids(history) == ["s2", "s1"]
    assert history.users["username"].tolist() == ["ann"]
    assert history.failures.empty


def test_what_is_broken_is_listed_and_costs_nothing_else(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(page(1)))
    (tmp_path / "b.json").write_text('{\n  "_embedded": {\n')
    (tmp_path / "c.json").write_text(json.dumps(ERROR))
    (tmp_path / "d.ndjson").write_text(lines([page(2)]) + '\n{"half": \n' + lines([page(3), {}]))
    (tmp_path / "e.json.gz").write_bytes(gzip.compress(b"{}")[:-4])
    history = ps.read_history(tmp_path)
    assert ids(history) == ["s3", "s2", "s1"]
    sentences = history.failures["error"].tolist()
    expected = [
        ("b.json is not JSON: ", "line 3, column 1."),
        ("c.json is an error of PingOne's", "ACCESS_FAILED: The request could not"),
        ("d.ndjson has a line 2 which is not JSON: ", "line 2, column "),
        ("d.ndjson has a line 4 which has no _embedded", ""),
        ("e.json.gz is cut short: ", ""),
    ]
    assert len(sentences) == len(expected)
    for sentence, (start, part) in zip(sentences, expected, strict=True):
        assert sentence.startswith(start)
        assert part in sentence
    assert history.failures["code"].dropna().tolist() == ["ACCESS_FAILED"]
    assert {name: str(dtype) for name, dtype in history.failures.dtypes.items()} == {
        "user_id": "str",
        "error": "str",
        "status": "Int64",
        "code": "str",
    }
    assert "5 could not be read" in history._repr_html_()


def test_a_sentence_is_unicode_whatever_the_file_and_its_name_hold(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(page(1)))
    (tmp_path / "b.json").write_text(r'{"code": "\ud800", "message": "\udfff"}')
    (tmp_path / "c.json").write_text(r'{"_embedded": {"\ud800": []}}')
    (tmp_path / os.fsdecode(b"d\xff.json")).write_text("{")
    history = ps.read_history(tmp_path)
    assert ids(history) == ["s1"]
    found = history.failures["error"].tolist()
    assert [error[:7] for error in found] == ["b.json ", "c.json ", "d\\udcff"]
    assert history.failures["code"].tolist()[0] == "\\ud800"
    assert ids(ps.History.load(history.save(tmp_path / "kept"))) == ["s1"]


def test_a_first_line_that_is_cut_off_costs_only_itself(tmp_path):
    file = tmp_path / "rotated.ndjson"
    file.write_text(lines([page(9), page(2), page(1)])[20:])
    history = ps.read_history(file)
    assert ids(history) == ["s2", "s1"]
    (sentence,) = history.failures["error"]
    assert sentence.startswith("rotated.ndjson has a line 1 which is not JSON: ")


@pytest.mark.parametrize("kind", ["users", "sessions"])
def test_an_empty_page_is_read_beside_a_broken_one(kind, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"_embedded": {kind: []}, "x": "\ud800"}))
    (tmp_path / "b.json").write_text("{")
    history = ps.read_history(tmp_path)
    assert len(history.failures) == 1
    assert history.sessions.empty


def test_an_archive_is_known_for_one(tmp_path):
    folder = tmp_path / "archive"
    ps.Archive(folder).record(ps.History.from_responses([USERS, page(1)]))
    with pytest.raises(ps.ConfigurationError, match=r"is an archive: ps\.Archive\('.*'\)\.history"):
        ps.read_history(folder)
    (tmp_path / "a.json").write_text(json.dumps(page(1)))
    assert ps.read_history(tmp_path).failures.empty  # the archive's own JSON is no response


def test_if_nothing_can_be_read_that_is_an_error(tmp_path):
    file = tmp_path / "b.json"
    file.write_text(json.dumps(ERROR))
    with pytest.raises(ps.MalformedResponse, match=r"^b\.json is an error of PingOne") as error:
        ps.read_history(file)
    assert error.value.code == "ACCESS_FAILED"
    (tmp_path / "c.json").write_text("[")
    with pytest.raises(ps.MalformedResponse, match=r"\(1 more could not be read\.\)"):
        ps.read_history(tmp_path)


def test_nothing_to_read_says_what_to_do(tmp_path):
    with pytest.raises(ps.ConfigurationError, match="There is no file or folder"):
        ps.read_history(tmp_path / "missing")
    with pytest.raises(ps.ConfigurationError, match=r"they end in \.json"):
        ps.read_history(tmp_path)


def test_an_empty_page_is_a_history_of_nothing(tmp_path):
    file = tmp_path / "empty.json"
    file.write_text('{"_embedded": {"sessions": []}, "count": 0, "size": 0}')
    history = ps.read_history(file)
    assert history.sessions.empty
    pd.testing.assert_frame_equal(history.sessions, ps.sessions_frame([]))
