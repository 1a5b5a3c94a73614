"""Files that are packed, cut short, or kept by other tools."""

import base64
import bz2
import gzip
import io
import json
import zipfile

import pytest

import pingsessions_nb as ps


def session(number):
    at = f"2026-02-{number % 28 + 1:02d}T10:00:00.000Z"
    return {"id": f"s{number}", "user": {"id": "u-3"}, "createdAt": at, "activeAt": at}


def page(*numbers):
    sessions = [session(number) for number in numbers]
    return json.dumps({"_embedded": {"sessions": sessions}, "size": len(sessions)})


def lines(count):
    return b"\n".join(json.dumps(session(number)).encode() for number in range(count))


def read(folder, name, content):
    (folder / name).write_bytes(content)
    return ps.read_history(folder / name)


@pytest.mark.parametrize("missing", [1, 8, 150])
def test_a_gzip_that_is_cut_keeps_its_whole_lines(missing, tmp_path):
    packed = gzip.compress(lines(500), mtime=0)
    history = read(tmp_path, "cut.ndjson.gz", packed[:-missing])
    assert 250 < len(history) < 500 + (missing < 9)
    (sentence,) = history.failures["error"]
    assert sentence.startswith("cut.ndjson.gz is cut short: ")


def test_a_damaged_gzip_keeps_what_comes_before(tmp_path):
    whole = b"\n".join(
        json.dumps(session(n) | {"x": f"{n * 7919 % 10007}"}).encode() for n in range(20_000)
    )
    packed = bytearray(gzip.compress(whole, mtime=0))
    packed[len(packed) * 3 // 4] ^= 0xFF
    history = read(tmp_path, "bad.ndjson.gz", bytes(packed))
    assert 1000 < len(history) < 20_000
    assert any("is damaged" in each or "not JSON" in each for each in history.failures["error"])


def test_a_page_that_is_cut_is_said_to_be_once(tmp_path):
    (tmp_path / "whole.json").write_text(page(1))
    (tmp_path / "cut.json.gz").write_bytes(gzip.compress(page(*range(300)).encode())[:-40])
    history = ps.read_history(tmp_path)
    assert [each.partition(":")[0] for each in history.failures["error"]] == [
        "cut.json.gz is cut short"
    ]


def test_gzip_after_gzip_is_read_whole(tmp_path):
    packed = gzip.compress(page(1).encode() + b"\n") + gzip.compress(page(2).encode()) + b"\0" * 512
    history = read(tmp_path, "appended.json.gz", packed)
    assert len(history) == 2
    assert history.failures.empty


def zipped(**files):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("mail.zip", zipped(**{"a.json": page(1)}), "is a zip file: unpack it"),
        ("empty.zip", zipped(), "is a zip file: unpack it"),
        ("download.json", zipped(**{"a.json": page(1)}), "is a zip file: unpack it"),
        ("t.csv", b"session_id,user_id\n1,2\n", "is a table (CSV)"),
        ("t.xlsx", zipped(**{"xl/workbook.xml": "<x/>"}), "is an Excel workbook"),
        ("t.tar.gz", gzip.compress(b"x", mtime=0), "is a tar archive: unpack it"),
        ("t.json.bz2", bz2.compress(page(1).encode()), "is packed by bzip2: unpack it"),
    ],
)
def test_what_is_not_read_is_called_by_its_name(name, content, words, tmp_path):
    with pytest.raises(ps.MalformedResponse) as error:
        read(tmp_path, name, content)
    assert str(error.value).startswith(f"{name} {words}")
    (tmp_path / "good.json").write_text(page(1))
    history = ps.read_history(tmp_path)
    assert len(history) == 1
    assert words in history.failures["error"].item()


def har(*entries):
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}}, indent=2)


def entry(text, path="x.css", **content):
    url = f"https://api.pingone.eu/v1/environments/e/{path}"
    return {"request": {"url": url}, "response": {"content": {"text": text, **content}}}


def test_a_har_file_is_read(tmp_path):
    encoded = base64.b64encode(page(3).encode()).decode()
    kept = har(
        entry("body { color: red }"),
        entry(page(1, 2), "users/u-3/sessions"),
        entry(encoded, "users/u-3/sessions", encoding="base64"),
        entry('{"_embedded": {"populations": []}}', "populations"),
        entry("", "users?limit=5"),
        {"response": None},
    )
    history = read(tmp_path, "console.har", kept.encode())
    assert sorted(history.sessions["session_id"]) == ["s1", "s2", "s3"]
    assert history.failures["error"].tolist() == [
        "console.har has an answer 3 which is a page of populations, not of sessions or users.",
        "console.har has an answer 4 which a HAR file holds without its body: keep bodies, too.",
    ]
    assert len(ps.sessions_frame(har(entry(page(7, 8))))) == 2


SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def collection(*items):
    return json.dumps({"info": {"name": "PingOne", "schema": SCHEMA}, "item": list(items)})


def test_a_postman_collection_is_read(tmp_path):
    url = {"raw": "{{apiPath}}/environments/{{envID}}/users/{{userID}}/sessions"}
    token = {"code": 200, "body": '{"access_token": "t", "expires_in": 3600}'}
    kept = collection(
        {"name": "Token", "response": [token]},
        {
            "name": "Sessions",
            "item": [
                {"name": "a", "response": [{"body": page(1), "originalRequest": {"url": url}}]},
                {"name": "b", "response": [{"body": None, "originalRequest": {"url": url}}]},
            ],
        },
        {"name": "c", "response": [{"body": page(2)}], "item": "odd"},
    )
    history = read(tmp_path, "mine.json", kept.encode())
    assert sorted(history.sessions["session_id"]) == ["s1", "s2"]
    assert history.failures["error"].tolist() == [
        "mine.json has an answer 2 which a Postman collection holds without its body: keep bodies, "
        "too."
    ]


@pytest.mark.parametrize(
    ("kept", "words"), [(har(), "is a HAR file in which"), (collection(), "is a Postman coll")]
)
def test_a_recording_without_pages_is_called_by_its_name(kept, words, tmp_path):
    with pytest.raises(ps.MalformedResponse, match=words):
        read(tmp_path, "kept.json", kept.encode())
    with pytest.raises(ps.MalformedResponse, match=words):
        ps.History.from_responses(kept)


@pytest.mark.parametrize("path", ["", "  ", None, 7, "a\0b"])
@pytest.mark.parametrize(
    "use",
    [
        ps.read_history,
        ps.History.load,
        ps.History.from_responses([]).save,
        ps.Archive,
    ],
    ids=["read_history", "load", "save", "Archive"],
)
def test_an_empty_path_is_not_the_folder_that_one_is_in(use, path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.json").write_text(page(1))
    with pytest.raises(ps.ConfigurationError, match=r"^path"):
        use(path)
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]
