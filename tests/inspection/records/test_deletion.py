"""Deleting an inspection: what goes, what stays, and that the chain holds."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
from sqlalchemy import text

from crackxai import RecordsError
from crackxai.inspection.records import deletion as deletion_module
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.records import open_records
from crackxai.inspection.records.tables import GOING
from tests.inspection.records.facts import BRIDGE, WALL, begun, signed


@pytest.fixture
def picture(tmp_path):
    """A file, and what is recorded of it."""
    path = tmp_path / "Wall.JPG"
    path.write_bytes(b"a photo")
    sha256 = hashlib.sha256(b"a photo").hexdigest()
    return dataclasses.replace(WALL, path=str(path), sha256=sha256)


def test_it_says_what_goes_and_leaves_a_last_row(records, person):
    kept = begun(records)
    inspection, _ = signed(records)
    going = records.what_goes(inspection)
    assert going.went == {"inspection": 1, "photo": 1, "judgement": 1, "decision": 1, "sign-off": 1}
    assert (going.rows, going.copies) == (5, ())
    person.name = "grace"
    row = records.delete_inspection(inspection, "the customer asked", going)
    said = row.said
    assert (said.who, said.reason, said.rows, said.covers) == ("grace", "the customer asked", 5, going.covers)
    assert said.went == going.went

    assert [each.inspection for each in records.inspections()] == [kept]
    for table in GOING:
        with records.database.reading() as connection:
            left = connection.execute(text(f"SELECT count(*) FROM {table.__tablename__} WHERE inspection = :i"),
                                      {"i": inspection}).scalar_one()  # fmt: skip
        assert left == 0
    found = audit(records.database)
    assert (found.fits, found.rows, found.inspections, found.deleted, found.sign_offs) == (True, 9, 1, 1, ())


def test_nothing_of_it_is_left_in_sqlites_file(tmp_path):
    with open_records(tmp_path / "records.sqlite") as records:
        begun(records)
        inspection = records.add_inspection(dataclasses.replace(BRIDGE, inspector="Zenobia Quartz")).inspection
        records.delete_inspection(inspection, "a test")
        with records.database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    assert b"Zenobia" not in (tmp_path / "records.sqlite").read_bytes()


def test_what_is_deleted_takes_no_more_rows(records):
    inspection = begun(records)
    records.delete_inspection(inspection, "a test")
    for write in (
        lambda: records.edit_inspection(inspection, BRIDGE),
        lambda: records.add_photo(inspection, WALL),
        lambda: records.sign_off(inspection),
        lambda: records.delete_inspection(inspection, "again"),
        lambda: records.inspection(inspection),
    ):
        with pytest.raises(RecordsError, match=r"which was deleted \(row 4\)"):
            write()
    begun(records)
    assert audit(records.database).rows == 7


def test_what_was_not_looked_at_is_not_deleted(records):
    inspection = begun(records)
    seen = records.what_goes(inspection)
    records.edit_inspection(inspection, BRIDGE)
    with pytest.raises(RecordsError, match="written to since"):
        records.delete_inspection(inspection, "a test", seen)
    assert records.photos(inspection)


def test_a_deletion_stands_alone(records):
    inspection = begun(records)
    with records.together(), pytest.raises(RecordsError, match="on its own"):
        records.delete_inspection(inspection, "a test")


def test_a_copy_of_the_photo_goes_with_the_last_inspection_that_has_it(records, picture, tmp_path):
    first, second = (records.add_inspection(BRIDGE).inspection for _ in range(2))
    stored = records.add_photo(first, picture, copy=True).said.stored
    assert stored == f"{picture.sha256[:2]}/{picture.sha256}.jpg"
    assert records.store.path(stored).read_bytes() == b"a photo"
    assert records.add_photo(second, picture, copy=True).said.stored == stored
    (tmp_path / "store" / stored[:2] / "notes.txt").write_text("not ours")

    assert records.what_goes(first).copies == ()
    records.delete_inspection(first, "a test")
    assert records.store.names() == {stored}
    assert records.what_goes(second).copies == (stored,)
    records.delete_inspection(second, "a test")
    assert records.store.names() == set()
    assert (tmp_path / "Wall.JPG").exists()
    assert (tmp_path / "store" / stored[:2] / "notes.txt").exists()


def test_copies_that_a_killed_deletion_left_go_with_the_next(records, picture, monkeypatch):
    first, second = (records.add_inspection(BRIDGE).inspection for _ in range(2))
    stored = records.add_photo(first, picture, copy=True).said.stored
    with monkeypatch.context() as patched:
        patched.setattr(deletion_module, "remove_copies", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            records.delete_inspection(first, "a test")
    assert records.store.names() == {stored}
    records.delete_inspection(second, "a test")
    assert records.store.names() == set()


def test_a_copy_that_no_deletion_named_stays(records, picture):
    """It may be all that is left of newer records, where an older copy of the database was put back."""
    inspection = records.add_inspection(BRIDGE).inspection
    stored = records.store.keep(records.store.folder.parent / "Wall.JPG", picture.sha256)
    records.delete_inspection(inspection, "a test")
    assert records.store.names() == {stored}


def test_a_photo_that_is_not_the_judged_one_is_not_copied(records, picture, tmp_path):
    inspection = records.add_inspection(BRIDGE).inspection
    (tmp_path / "Wall.JPG").write_bytes(b"another photo")
    with pytest.raises(RecordsError, match="It was changed since"):
        records.add_photo(inspection, picture, copy=True)
    (tmp_path / "Wall.JPG").unlink()
    with pytest.raises(RecordsError, match="cannot be read"):
        records.add_photo(inspection, picture, copy=True)
    with pytest.raises(RecordsError, match="a path to copy"):
        records.add_photo(inspection, dataclasses.replace(picture, path=None), copy=True)
    assert audit(records.database).rows == 1
    with pytest.raises(RecordsError, match="the name of a stored copy"):
        records.store.path("../../etc/passwd")


def test_without_a_store_nothing_is_copied(postgresql_server, picture):
    from tests.inspection.records import postgresql

    with postgresql.database(postgresql_server) as url, open_records(url) as records:
        inspection = records.add_inspection(BRIDGE).inspection
        with pytest.raises(RecordsError, match="a folder for copies of photos"):
            records.add_photo(inspection, picture, copy=True)
        assert records.add_photo(inspection, picture).said.stored is None
        records.delete_inspection(inspection, "a test")
