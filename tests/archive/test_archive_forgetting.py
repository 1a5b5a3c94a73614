"""`Archive.forget`: rows, files and bytes are gone."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from deltalake import CommitProperties, Transaction
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction

import pingsessions_nb as ps
from pingsessions_nb.archive.tables import ConflictError, Tables

PROGRAM = Path(__file__).with_name("recorder_process.py")


@pytest.fixture
def whole() -> ps.History:
    return ps.demo(users=20, seed=5).history(progress=False)


def needles(history: ps.History, user_id: str) -> set[bytes]:
    """What names a user or their sessions and nobody else."""
    user = history.users.set_index("user_id").loc[user_id]
    texts = {user_id, user["username"], user["email"]}
    texts |= set(history.for_users(user_id).sessions["session_id"])
    return {text.encode() for text in texts}


def found_on_disk(folder: Path, wanted: set[bytes]) -> dict[str, bytes]:
    """Search every file for texts, Parquet files decoded as well: they are compressed."""
    import pyarrow.parquet as pq

    hits = {}
    for file in Path(folder).rglob("*"):
        if not file.is_file():
            continue
        data = file.read_bytes()
        if ".parquet" in file.name:
            data += repr(pq.read_table(file).to_pylist()).encode()
        hits |= {str(file): text for text in wanted if text in data}
    return hits


def test_nothing_of_a_user_is_left_on_the_disk(archive, whole, facts):
    archive.record(whole.between(until="2025-11-01"))
    archive.record(whole)
    user_id = whole.sessions["user_id"].iloc[5]
    wanted = needles(whole, user_id)
    theirs = whole.for_users(user_id)
    assert len(found_on_disk(archive.path, wanted)) >= 3
    erased = archive.forget(theirs.users["username"].iloc[0])
    assert erased == (1, len(theirs.sessions), len(theirs.locations))
    assert found_on_disk(archive.path, wanted) == {}
    others = [each for each in whole.user_ids if each != user_id]
    assert facts(archive.history()) == facts(whole.for_users(others))
    with pytest.raises(ps.ArchiveError, match="no snapshot as of 1"):
        archive.history(as_of=1)
    assert archive.snapshots()["action"].tolist() == ["forget"]
    assert archive.forget(user_id) == (0, 0, 0)
    archive.record(whole)
    assert facts(archive.history()) == facts(whole)


def test_what_a_killed_recorder_left_goes_too(archive, whole, tmp_path):
    """Files that no commit names are the hardest to find: nothing but the folder knows them."""
    archive.record(whole)
    user_id = whole.sessions["user_id"].iloc[5]
    wanted = needles(whole, user_id)
    for file in [*Path(archive.path).rglob("bucket=*/**/*.parquet")]:
        shutil.copy(file, file.with_name("left-behind.parquet"))
        shutil.copy(file, file.with_name("left-behind.parquet#1"))
    archive.forget(user_id)
    assert found_on_disk(archive.path, wanted) == {}


@pytest.mark.parametrize("name", ["bucket=0/month/archive", "ours (1)/archive"])
def test_where_the_archive_lies_does_not_matter(whole, facts, tmp_path, name):
    archive = ps.Archive(tmp_path / name, buckets=2)
    archive.record(whole.between(until="2025-11-01"))
    archive.record(whole)
    stranger = tmp_path / name / "users" / ".DS_Store"
    stranger.write_text("no data of ours")
    archive.compact()
    first, *others = whole.user_ids
    archive.forget(first)
    assert facts(archive.history()) == facts(whole.for_users(others))
    assert found_on_disk(archive.path, needles(whole, first)) == {}
    assert stranger.exists()


def test_a_recorder_between_rows_and_files_is_refused(archive, whole, monkeypatch):
    """It begins when the rows are gone, writes, and commits when unused files are deleted."""
    archive.record(whole)
    folder = Path(archive.path) / "users"
    begun = []
    rewrite = Tables.rewrite

    def rewrite_then_begin(self, table, rows, where):
        rewrite(self, table, rows, where)
        if table.table_uri.endswith("users/"):
            begun.append(self.open("users"))
            shutil.copy(next(folder.glob("bucket=0/*.parquet")), folder / pending)

    pending = "bucket=0/pending.parquet"
    monkeypatch.setattr(Tables, "rewrite", rewrite_then_begin)
    archive.forget(whole.user_ids[0])
    (recorder,) = begun
    adds = [AddAction(pending, 1, {"bucket": "0"}, 0, data_change=True, stats="{}")]
    mark = CommitProperties(app_transactions=[Transaction("pingsessions", recorder.version() + 1)])
    with pytest.raises(CommitFailedError):
        recorder.create_write_transaction(
            adds, "append", recorder.schema(), ["bucket"], commit_properties=mark
        )


def test_nobody_is_erased_by_a_blank_name(archive):
    people = [{"id": "1", "username": "ann", "email": ""}, {"id": "2", "email": ""}]
    archive.record(ps.History.from_responses([{"_embedded": {"users": people}}]))
    for blank in ("", " ", None):
        with pytest.raises(ps.ConfigurationError, match="to forget"):
            archive.forget(blank)
    assert len(archive.history().users) == 2
    assert len(archive.history([""]).users) == 0


@pytest.mark.parametrize("table", ["users", "sessions", "locations"])
def test_forgetting_that_was_killed_is_finished_by_name(archive, whole, monkeypatch, table):
    first, *others = whole.user_ids
    archive.record(whole.for_users([first, *others[1:]]))
    rewrite = Tables.rewrite

    def rewrite_and_die(self, opened, rows, where):
        rewrite(self, opened, rows, where)
        if opened.table_uri.endswith(f"{table}/"):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Tables, "rewrite", rewrite_and_die)
        with pytest.raises(KeyboardInterrupt):
            archive.forget(first)
    archive.record(whole.for_users(others))
    archive.forget(whole.label(first))
    assert found_on_disk(archive.path, needles(whole, first)) == {}


def test_joining_files_that_began_before_is_refused(archive, whole):
    """What it has written may have been deleted with what nothing needs."""
    for part in (whole.user_ids[::2], whole.user_ids[1::2]):
        archive.record(whole.for_users(list(part)))
    tables = Tables(archive.path, {})
    begun = tables.open("users")
    archive.forget("nobody")
    with pytest.raises(ConflictError):
        tables.join_files(begun)
    archive.compact()


def test_forgetting_while_another_records_leaves_a_whole_archive(archive, whole, facts, tmp_path):
    ids = list(whole.user_ids)
    folders = [str(whole.for_users(ids[at::4]).save(tmp_path / f"part-{at}")) for at in (1, 2, 3)]
    archive.record(whole.for_users(ids[::4]))
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), archive.path, *folders], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        for user_id in ids[::4]:
            archive.forget(user_id)
        process.wait(timeout=120)
    assert process.returncode != -signal.SIGKILL
    assert process.returncode == 0
    left = [each for at in (1, 2, 3) for each in ids[at::4]]
    assert facts(archive.history()) == facts(whole.for_users(left))
