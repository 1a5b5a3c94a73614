"""Reading an archive: users, times, SQL, snapshots and time travel."""

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from deltalake import DeltaTable

import pingsessions_nb as ps


@pytest.fixture(scope="module")
def whole() -> ps.History:
    return ps.demo(users=30, seed=3).history(progress=False)


@pytest.fixture(scope="module")
def recorded(whole, tmp_path_factory) -> ps.Archive:
    archive = ps.Archive(tmp_path_factory.mktemp("reading") / "archive", buckets=3)
    archive.record(whole)
    return archive


def test_users_are_found_by_id_name_or_mail_in_the_order_asked_for(whole, recorded):
    some = whole.users.iloc[[20, 3, 11]]
    asked = [some["user_id"].iloc[0], some["username"].iloc[1].upper(), some["email"].iloc[2]]
    found = recorded.history(asked)
    assert found.users["user_id"].tolist() == some["user_id"].tolist()
    expected = whole.for_users(some)
    assert set(found.sessions["session_id"]) == set(expected.sessions["session_id"])
    assert len(found.locations) == len(expected.locations)
    assert found.sessions["user_id"].unique().tolist() == some["user_id"].tolist()
    for _, sessions in found.sessions.groupby("user_id"):
        assert sessions["created_at"].is_monotonic_decreasing
    for _, locations in found.locations.groupby("user_id"):
        assert locations["at"].is_monotonic_increasing


def test_names_of_any_script_are_found_in_any_case(archive):
    people = [
        {"id": "1", "username": "Straße", "email": "ÉLOÏSE@example.org"},
        {"id": "2", "username": "Sigma-ΟΔΟΣ"},
    ]
    archive.record(ps.History.from_responses([{"_embedded": {"users": people}}]))
    for name in ("straße", "STRASSE", "éloïse@EXAMPLE.org"):
        assert archive.history(name).users["user_id"].tolist() == ["1"]
    assert archive.history("sigma-οδος").users["user_id"].tolist() == ["2"]


def test_many_users_are_read_as_one_by_one(whole, recorded):
    ids = [f"nobody-{n}" for n in range(200)] + whole.users["user_id"].tolist()
    singly = [recorded.history(each).sessions for each in ids[200:]]
    expected = pd.concat(singly, ignore_index=True)
    for name in ("lastSignOn.authenticators", "lastSignOn.withAuthenticator"):
        expected[name] = expected[name].where(expected[name].notna(), None)  # pandas has NaN
    pd.testing.assert_frame_equal(recorded.history(ids).sessions, expected)


def test_figures_and_redaction_take_an_archive_for_its_history(recorded):
    whole = recorded.history()
    for make in (ps.timeline_figure, ps.map_figure):
        assert make(recorded).to_json() == make(whole).to_json()
    assert len(ps.redact(recorded)) == len(whole)
    for make in (ps.timeline_figure, ps.map_figure, ps.redact):
        with pytest.raises(ps.ConfigurationError, match=r"A history is needed, .* type DataFrame"):
            make(whole.sessions)


def test_somebody_unknown_or_hostile_adds_nothing(recorded):
    found = recorded.history(["x' OR '1'='1", "nobody", "", None, float("nan")])
    assert len(found) == 0
    assert found.failures["user_id"].tolist()[:2] == ["x' OR '1'='1", "nobody"]


@pytest.mark.parametrize(
    ("since", "until"),
    [("2025-11-01", None), (None, "2025-10-20"), ("2025-11-01T08:00Z", "2025-11-03")],
)
def test_a_time_span_is_that_of_a_history(whole, recorded, facts, since, until):
    assert facts(recorded.history(since=since, until=until)) == facts(whole.between(since, until))


def test_a_time_that_is_none_is_refused(recorded):
    with pytest.raises(ps.ConfigurationError, match="until='soon'"):
        recorded.history(until="soon")


def test_sql_answers_like_the_frames(whole, recorded):
    found = recorded.sql(
        """
        -- where from, and how often
        SELECT country, count(*) AS n FROM locations JOIN sessions USING (session_id)
        WHERE at < '2025-11-10T00:00:00Z' GROUP BY country ORDER BY n DESC, country
        """
    )
    before = whole.locations[whole.locations["at"] < pd.Timestamp("2025-11-10", tz="UTC")]
    assert dict(zip(found["country"].fillna("-"), found["n"], strict=True)) == (
        before["country"].fillna("-").value_counts().to_dict()
    )
    assert recorded.sql("SELECT max(at) AS t FROM locations")["t"].iloc[0] == (
        whole.locations["at"].max()
    )


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE sessions",
        "CREATE TABLE x AS SELECT 1",
        "COPY sessions TO '{folder}/stolen.csv'",
        "/* SELECT */ COPY sessions TO '{folder}/stolen.csv'",
        "/* /* */ SELECT */ COPY (SELECT * FROM sessions) TO '{folder}/stolen.csv' STORED AS CSV",
        "EXPLAIN ANALYZE COPY sessions TO '{folder}/stolen.csv'",
        "EXPLAIN (ANALYZE) COPY (SELECT * FROM sessions) TO '{folder}/stolen.csv' STORED AS CSV",
        "EXPLAIN EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/stolen.csv' STORED AS CSV",
        "DELETE FROM sessions",
        "SET datafusion.execution.batch_size = 1",
        "SELECT 1; SELECT 2",
        "SELECT nothing FROM nowhere",
        "SELECT 1 / 0",
        "SELECT CAST(city AS INT) FROM locations",
        "SELECT * FROM '/etc/passwd'",
        "",
    ],
)
def test_sql_only_reads_and_says_what_is_wrong(recorded, tmp_path, statement):
    before = recorded.snapshots()
    with pytest.raises(ps.ConfigurationError, match="quer"):
        recorded.sql(statement.format(folder=tmp_path))
    assert not list(tmp_path.iterdir())
    pd.testing.assert_frame_equal(recorded.snapshots(), before)


def test_sql_answers_with_lists_and_fields_too(recorded):
    found = recorded.sql(
        """
        SELECT user_id, array_agg(city ORDER BY at) AS cities, struct(min(city) AS a) AS s,
            map(['--', '/*'], [min(city), 'x']) AS m, count(*) AS n
        FROM locations WHERE city IS NOT NULL GROUP BY user_id ORDER BY user_id
        """
    )
    locations = recorded.history(found["user_id"].iloc[0]).locations.dropna(subset="city")
    assert list(found["cities"].iloc[0]) == locations["city"].tolist()
    assert found["s"].iloc[0] == {"a": locations["city"].min()}
    assert found["m"].iloc[0] == [("--", locations["city"].min()), ("/*", "x")]
    assert len(recorded.sql("EXPLAIN ANALYZE /* how? */ SELECT 1")) > 0


def test_sql_over_a_damaged_file_says_so(whole, archive):
    archive.record(whole)
    for file in Path(archive.path).glob("locations/bucket=*/month=*/*.parquet"):
        file.unlink()
    with pytest.raises(ps.ArchiveError, match="restore it from a backup"):
        archive.sql("SELECT max(city) FROM locations")


def parts(whole: ps.History) -> list[ps.History]:
    ids = whole.users["user_id"]
    return [whole.for_users(ids.iloc[at::3].tolist()) for at in range(3)]


def test_each_recording_is_a_snapshot_to_travel_to(whole, archive, facts):
    states = []
    for part in parts(whole):
        archive.record(part)
        states.append(facts(archive.history()))
    snapshots = archive.snapshots()
    assert snapshots["action"].tolist() == ["record"] * 3
    assert snapshots["sessions_added"].tolist() == [len(part) for part in parts(whole)]
    for row, state in zip(snapshots.itertuples(), states, strict=True):
        assert facts(archive.history(as_of=row.snapshot)) == state
        assert facts(archive.history(as_of=row.recorded_at)) == state
        assert facts(archive.history(as_of=snapshots["snapshot"].iloc[row.Index])) == state
        count = archive.sql("SELECT count(*) AS n FROM sessions", as_of=row.snapshot)
        assert count["n"].iloc[0] == sum(1 for key in state if key[0] == "session")
    assert len(archive.signals(as_of=1)) == len(ps.signals(parts(whole)[0]))
    for wrong in (99, "2001-01-01"):
        with pytest.raises(ps.ArchiveError, match="1 to 3"):
            archive.history(as_of=wrong)
    with pytest.raises(ps.ConfigurationError, match="as_of='then'"):
        archive.history(as_of="then")


def test_compacting_keeps_what_is_read_and_the_snapshots_asked_for(whole, archive, facts):
    for part in parts(whole):
        archive.record(part)
    before = facts(archive.history())
    files = active_files(archive)
    archive.compact(keep_days=1)
    assert facts(archive.history()) == before
    assert facts(archive.history(as_of=2)) != before
    assert archive.snapshots()["action"].tolist() == ["record"] * 3 + ["compact"]
    assert not archive.record(whole)
    archive.compact(keep_days=0)
    assert archive.snapshots()["action"].tolist() == ["compact"]
    assert facts(archive.history()) == before
    assert active_files(archive) < files


def test_compacting_deletes_what_killed_recorders_left(whole, archive, facts):
    for part in parts(whole):
        archive.record(part)
    states = [facts(archive.history(as_of=number)) for number in (1, 2, 3)]
    left = []
    for file in Path(archive.path).rglob("bucket=*/**/*.parquet"):
        left.append(file.with_name("left-behind.parquet"))
        shutil.copy(file, left[-1])
        os.utime(left[-1], (0, 0))
    archive.compact()
    assert not [file for file in left if file.exists()]
    assert [facts(archive.history(as_of=number)) for number in (1, 2, 3)] == states


def active_files(archive: ps.Archive) -> int:
    return sum(
        len(DeltaTable(f"{archive.path}/{name}").file_uris())
        for name in ("users", "sessions", "locations")
    )


def test_widgets_take_an_archive_wherever_they_take_a_history(whole, recorded):
    for widget in (ps.SessionTimeline, ps.LocationMap, ps.SessionTable, ps.SignalList):
        shown = widget(recorded)
        assert len(shown.history) == len(whole)
        shown.history = None
        shown.history = recorded
        assert len(shown.history) == len(whole)


def test_other_engines_read_the_tables(whole, recorded):
    """pyarrow reads the Parquet files that the log names, without Delta's own engine."""
    table = DeltaTable(f"{recorded.path}/sessions").to_pyarrow_table(columns=["session_id"])
    assert set(table["session_id"].to_pylist()) == set(whole.sessions["session_id"])
