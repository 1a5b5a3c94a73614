"""What is not an archive, or no longer a whole one: a sentence that says what to do."""

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


def test_a_number_of_buckets_that_cannot_be(tmp_path):
    with pytest.raises(ps.ConfigurationError, match="buckets is 0"):
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
