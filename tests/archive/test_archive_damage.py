"""What is not an archive, or no longer a whole one: a sentence that says what to do."""

import shutil
from pathlib import Path

import pytest

import pingsessions_nb as ps


@pytest.fixture
def recorded(archive) -> ps.Archive:
    archive.record(ps.demo(users=10, seed=2).history(progress=False))
    return archive


def test_a_folder_of_something_else(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ps.ArchiveError, match=r"not an archive.*notes\.txt.*new folder"):
        ps.Archive(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file(tmp_path):
    file = tmp_path / "archive"
    file.write_text("mine")
    with pytest.raises(ps.ArchiveError, match="is a file"):
        ps.Archive(file)


def test_another_delta_table(tmp_path):
    import pyarrow as pa
    from deltalake import write_deltalake

    write_deltalake(tmp_path / "snapshots", pa.table({"a": [1]}))
    with pytest.raises(ps.ArchiveError, match="later version"):
        ps.Archive(tmp_path)


def test_nothing_recorded_yet(tmp_path):
    archive = ps.Archive(tmp_path / "new")
    for ask in (
        archive.history,
        archive.snapshots,
        archive.signals,
        lambda: archive.sql("SELECT 1"),
    ):
        with pytest.raises(ps.ArchiveError, match=r"no archive at .*new yet.*record\(\)"):
            ask()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("path", ["", "/"])
def test_a_path_that_names_no_folder(path):
    with pytest.raises(ps.ConfigurationError, match="folder for the archive alone"):
        ps.Archive(path)


def test_a_path_that_would_be_read_as_another(tmp_path):
    (tmp_path / "a b").mkdir()
    with pytest.raises(ps.ConfigurationError, match="without it"):
        ps.Archive(tmp_path / "a%20b")
    assert ps.Archive(tmp_path / "100%").path.endswith("100%")


@pytest.mark.parametrize("half", ["users", "snapshots"])
def test_a_recorder_killed_while_making_the_archive(tmp_path, half):
    log = tmp_path / half / "_delta_log"
    log.mkdir(parents=True)
    (log / "_commit_8b5e.json.tmp").write_text("{")
    archive = ps.Archive(tmp_path)
    assert archive.record(ps.demo(users=2, seed=2).history(progress=False)).users_added == 2


def test_a_table_of_snapshots_without_its_log(recorded):
    shutil.rmtree(Path(recorded.path) / "snapshots" / "_delta_log")
    with pytest.raises(ps.ArchiveError, match="holds snapshots"):
        ps.Archive(recorded.path)


def test_a_store_that_does_not_answer():
    options = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
        "max_retries": "0",
    }
    with pytest.raises(ps.ArchiveError, match="try again later") as caught:
        ps.Archive("s3://nobody/archive", storage_options=options)
    assert str(caught.value).isprintable()
    assert "backup" not in str(caught.value)
    assert "wJalrXUtnFEMI" not in str(caught.value)


@pytest.mark.parametrize("days", [-1, float("nan"), float("inf")])
def test_days_that_cannot_be_kept(recorded, days):
    with pytest.raises(ps.ConfigurationError, match="keep_days is"):
        recorded.compact(days)


def test_a_number_of_buckets_that_cannot_be(tmp_path):
    with pytest.raises(ps.ConfigurationError, match="buckets is a whole number from 1 to 4,096"):
        ps.Archive(tmp_path, buckets=0)


def test_an_archive_keeps_its_number_of_buckets(recorded):
    assert recorded.buckets == 2
    assert ps.Archive(recorded.path, buckets=9).buckets == 2


@pytest.mark.parametrize("damage", ["missing", "cut", "empty", "noise"])
@pytest.mark.parametrize("where", ["sessions/bucket=*/month=*/*.parquet", "users/_delta_log/*"])
def test_a_damaged_file(recorded, damage, where):
    for file in Path(recorded.path).glob(where):
        data = file.read_bytes()
        if damage == "missing":
            file.unlink()
        else:
            file.write_bytes(
                {"cut": data[: len(data) // 2], "empty": b"", "noise": b"\x00\xff" * 500}[damage]
            )
    again = ps.Archive(recorded.path)
    with pytest.raises(ps.ArchiveError, match="restore it from a backup") as caught:
        again.history()
    assert recorded.path in str(caught.value)
    with pytest.raises(ps.ArchiveError):
        again.record(ps.demo(users=12, seed=2).history(progress=False))


def test_a_read_only_folder_is_told(recorded, monkeypatch):
    """A folder that may not be written is one that another file stands in the way of."""
    blocked = Path(recorded.path).parent / "blocked"
    blocked.write_text("")
    archive = ps.Archive(blocked / "archive")
    with pytest.raises(ps.ArchiveError, match="cannot be made"):
        archive.record(ps.demo(users=2, seed=2).history(progress=False))


def test_credentials_are_shown_nowhere(tmp_path):
    secret = "wJalrXUtnFEMI"
    archive = ps.Archive(tmp_path / "a", storage_options={"AWS_SECRET_ACCESS_KEY": secret})
    assert secret not in repr(archive)
    archive.record(ps.demo(users=2, seed=2).history(progress=False))
    assert not any(secret in repr(part) for part in archive._parts(None))
    assert not any(
        secret.encode() in file.read_bytes()
        for file in Path(archive.path).rglob("*")
        if file.is_file()
    )
