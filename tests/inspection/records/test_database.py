"""Opening: what is refused, what is set, what the database itself keeps; and the migrations."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from crackxai import RecordsError
from crackxai.inspection.records import database as database_module
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.chain import START, canonical, digest, entry_hash
from crackxai.inspection.records.contents import to_content
from crackxai.inspection.records.database import open_database
from crackxai.inspection.records.facts import Imported
from crackxai.inspection.records.place import place_of
from crackxai.inspection.records.records import open_records
from crackxai.inspection.records.schema import bring_up_to_date, migrations
from crackxai.inspection.records.tables import TABLES, Base
from tests.inspection.records.facts import BRIDGE, PHOTO, begun, of_every_kind
from tests.inspection.records.logins import come

REVISIONS = [each.revision for each in reversed(list(migrations().walk_revisions()))]


def test_sqlite_is_set_for_many_readers_and_a_writer(tmp_path):
    with (
        open_records(tmp_path / "new" / "folder" / "records.sqlite") as records,
        records.database.reading() as connection,
    ):
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "recursive_triggers", "secure_delete")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]
    assert found == ["wal", 1, 1, 30_000, 1, 1]  # synchronous: 1 is NORMAL


def test_the_models_are_what_the_migrations_make(records):
    with records.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == REVISIONS[-1] == migrations().get_current_head()


@pytest.mark.parametrize("revision", REVISIONS)
def test_from_every_earlier_revision(place, revision):
    """Tables as they once were are brought up to date, and take rows; opened again, nothing changes."""
    older = open_database(place_of(place))
    bring_up_to_date(older, revision)
    older.close()
    with open_records(place) as records:
        inspection = begun(records)
    with open_records(place, create=False) as records:
        assert records.inspection(inspection).said == BRIDGE
        assert audit(records.database).rows == 3


@pytest.mark.parametrize("revision", REVISIONS)
def test_rows_of_every_earlier_revision_stay_as_they_were(place, revision):
    """Written in plain SQL, as the program of that time had the columns; they fit, and their guards are there."""
    older, content = open_database(place_of(place)), canonical(to_content(BRIDGE))
    bring_up_to_date(older, revision)
    facts = (1, "inspection", "ab" * 16, "2026-01-01T00:00:00.000000+00:00", digest(content), START)
    entry = dict(zip(("n", "k", "i", "w", "c", "p"), facts, strict=True)) | {"h": entry_hash(*facts), "t": content}
    with older.writing() as connection:
        connection.execute(text("INSERT INTO entry VALUES (:n, :k, :i, :w, :c, :p, :h)"), entry)
        connection.execute(text("INSERT INTO inspection (number, inspection, content) VALUES (:n, :i, :t)"), entry)
    older.close()
    with open_records(place) as records:
        (row,) = records.inspections()
        assert (row.said, row.hash, row.account) == (BRIDGE, entry["h"], None)
        found = audit(records.database)
        assert (found.fits, found.rows, found.unguarded) == (True, 1, ())
        assert "append-only" in _refused(records, "UPDATE inspection SET account = 'x'")


def test_a_migration_that_fails_leaves_nothing_and_can_be_done_again(place, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("alembic.op.execute", lambda _: 1 / 0)  # after all tables, before what guards them
        with pytest.raises(ZeroDivisionError):
            open_records(place)
    database = open_database(place_of(place))
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    with open_records(place) as records:
        begun(records)
        assert "append-only" in _refused(records, "DELETE FROM entry")


def test_two_that_open_a_new_one_at_once(place):
    errors = []

    def open_it() -> None:
        try:
            with open_records(place) as records:
                records.add_inspection(BRIDGE)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert errors == []
    with open_records(place) as records:
        found = audit(records.database)
    assert (found.fits, found.rows, found.inspections) == (True, 4, 4)


def test_records_of_a_newer_version_are_refused(place):
    with open_records(place) as records, records.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(RecordsError, match=r"tables of up to 0004.*newer version \(tables of 0999\).*Update CrackXAI"):
        open_records(place)
    with pytest.raises(RecordsError, match="newer"):
        open_records(place, create=False)


def test_another_programs_database_is_refused_and_untouched(tmp_path):
    file = tmp_path / "places.sqlite"
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE bookmarks (title TEXT)")
        connection.commit()
    before = file.read_bytes()
    with pytest.raises(RecordsError, match=r"places\.sqlite: .*received another program's"):
        open_records(file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["places.sqlite"]


def test_another_programs_postgresql_is_refused(postgresql_server):
    from tests.inspection.records import postgresql

    with postgresql.database(postgresql_server) as url:
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE bookmarks (title TEXT)")
        with pytest.raises(RecordsError, match="another program's"):
            open_records(url)


@pytest.mark.parametrize("content", [b"Dear Ada, ", b"SQLite format 3"])
def test_another_file_is_refused_and_untouched(tmp_path, content):
    file = tmp_path / "letter.txt"
    file.write_bytes(content)
    with pytest.raises(RecordsError, match=r"letter\.txt: .*another or a damaged file\. Nothing was written"):
        open_records(file)
    assert file.read_bytes() == content


def test_a_damaged_file_is_refused_and_untouched(tmp_path):
    file = tmp_path / "records.sqlite"
    with open_records(file) as records:
        begun(records)
    whole = file.read_bytes()
    damaged = whole[:100] + b"\xff" * (len(whole) - 100)
    file.write_bytes(damaged)
    with pytest.raises(RecordsError, match=r"the records are damaged .*Put back a copy"):
        open_records(file)
    assert file.read_bytes() == damaged


def test_damage_further_in_is_found_by_the_audit(tmp_path):
    """In an index, which no question of the walk needs."""
    file = tmp_path / "records.sqlite"
    with open_records(file) as records:
        begun(records)
        with records.database.engine.connect() as connection:
            page, size = (
                connection.execute(text(question)).scalar_one()
                for question in (
                    "SELECT rootpage FROM sqlite_master WHERE name = 'ix_photo_sha256'",
                    "PRAGMA page_size",
                )
            )
    with file.open("r+b") as opened:
        opened.seek((page - 1) * size)
        opened.write(b"\xff" * size)
    with open_records(file) as records, pytest.raises(RecordsError, match="damaged"):
        audit(records.database)


def test_nothing_is_made_where_records_are_only_read(tmp_path):
    with pytest.raises(RecordsError, match="found no file"):
        open_records(tmp_path / "absent.sqlite", create=False)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordsError, match="no folder can be made"):
        open_records(tmp_path / "file" / "records.sqlite")
    with pytest.raises(RecordsError, match="cannot be read"):
        open_records(tmp_path)


@pytest.fixture
def unprivileged(tmp_path):
    """Rights count for the superuser too, for the time of a test."""
    if not hasattr(os, "geteuid"):
        pytest.skip("no rights as POSIX has them")
    everybodys = Path(tempfile.gettempdir())
    for folder in (tmp_path, *tmp_path.parents):
        if everybodys in folder.parents:
            folder.chmod(0o755)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


def test_a_place_that_cannot_be_written(tmp_path, unprivileged):
    with _as_owner():
        folder = tmp_path / "closed"
        folder.mkdir()
        with open_records(folder / "there.sqlite") as records:
            begun(records)
        folder.chmod(0o555)
        (folder / "there.sqlite").chmod(0o444)
    try:
        with pytest.raises(RecordsError, match=r"cannot be written .*Check the folder and its rights"):
            open_records(folder / "new.sqlite")
        with pytest.raises(RecordsError, match="cannot be written"), open_records(folder / "there.sqlite") as records:
            records.add_inspection(BRIDGE)
    finally:
        with _as_owner():
            folder.chmod(0o755)


@contextlib.contextmanager
def _as_owner():
    user = os.geteuid()
    if os.getuid() == 0:
        os.seteuid(0)
    yield
    if os.getuid() == 0:
        os.seteuid(user)


def test_a_writer_that_waits_too_long(tmp_path, monkeypatch):
    with open_records(tmp_path / "records.sqlite") as records:
        monkeypatch.setattr(database_module, "PRAGMAS", ("busy_timeout = 50",))
        other = sqlite3.connect(tmp_path / "records.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordsError, match="another program has been writing"):
            records.add_inspection(BRIDGE)
        other.execute("ROLLBACK")
        other.close()
        assert records.add_inspection(BRIDGE).number == 1


def test_a_server_that_is_not_there():
    pytest.importorskip("psycopg")
    with pytest.raises(RecordsError, match="the database refused") as caught:
        open_records("postgresql://ada:secret@/name?host=/nowhere")
    assert "secret" not in str(caught.value)
    assert "ada:***@" in str(caught.value)


def test_postgresql_without_its_package(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(RecordsError, match=r"the package psycopg.*pip install"):
        open_records("postgresql://ada@/name?host=/nowhere")


TABLE_NAMES = ["entry", *(table.__tablename__ for table in TABLES.values())]


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_the_database_lets_no_row_be_changed_or_removed(records, table, tmp_path):
    inspection = of_every_kind(records)
    with open_records(tmp_path / "other.sqlite") as other:
        there = begun(other)
        covers = other.covered(there)
        records.import_inspection(other.given(there), Imported("", there, "CrackXAI", "2026-01-01", 3, covers))
    with pytest.raises(RecordsError):
        come(records, "ada", "viewer").add_inspection(BRIDGE)  # a login, a role and a refusal
    column = "hash" if table == "entry" else "content"
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"UPDATE {table} SET number = number + 100",
        f"DELETE FROM {table}",
        *([f"TRUNCATE {table} CASCADE"] if records.database.engine.dialect.name == "postgresql" else []),
    ):
        assert "append-only" in _refused(records, statement), statement
    assert audit(records.database).rows == 17
    assert audit(records.database).fits
    assert records.inspection(inspection).said == BRIDGE


def test_the_database_lets_no_row_be_replaced_or_put_between(records):
    begun(records)
    replace = "INSERT OR REPLACE INTO" if records.database.engine.dialect.name == "sqlite" else "INSERT INTO"
    for row in (
        "2, 'photo', 'i', 't', 'c', 'p', 'h'",
        "9, 'photo', 'i', 't', 'c', 'p', 'h'",
        "4, 'photo', 'i', 't', 'c', 'not the last hash', 'h'",
        "0, 'photo', 'i', 't', 'c', 'p', 'h'",
    ):
        columns = "number, kind, inspection, written_at, content_sha256, previous, hash"
        assert "append-only" in _refused(records, f"{replace} entry ({columns}) VALUES ({row})"), row
    assert _refused(records, f"{replace} photo (number, inspection, content, sha256) VALUES (2, 'i', 'c', 's')")
    assert audit(records.database).rows == 3


def test_no_content_goes_before_the_row_of_its_deletion(records):
    first, second = begun(records), records.add_inspection(BRIDGE).inspection
    records.delete_inspection(second, "a test")
    assert "append-only" in _refused(records, f"DELETE FROM judgement WHERE inspection = '{first}'")
    assert "append-only" in _refused(records, "DELETE FROM deletion")
    assert records.judgements(first, PHOTO)


def _refused(records, statement: str) -> str:
    """What the database says; on a connection of its own, as another program has it."""
    engine = records.database.engine
    with engine.connect() as connection, pytest.raises(DBAPIError) as caught, connection.begin():
        connection.execute(text(statement))
    return str(caught.value.orig)


def test_a_copy_of_the_folder_is_whole(tmp_path):
    """Closed records are one file: WAL and its index are gone."""
    with open_records(tmp_path / "records.sqlite") as records:
        begun(records)
    assert [path.name for path in Path(tmp_path).iterdir()] == ["records.sqlite"]
